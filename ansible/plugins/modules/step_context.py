#!/usr/bin/python
# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: step_context
short_description: The trust of an account in a step-ca
version_added: 0.1.0
author: StepCaRenew contributors (@stepcarenew)
description:
  - Writes step's configuration with C(Initialize-StepContext) of the PowerShell module StepCaRenew, as C(step ca bootstrap) does. The root
    certificate is downloaded from the CA, and trusted only if it has the given fingerprint.
options:
  ca_url:
    description: The URL of the CA, with the host exactly as in the CA's dnsNames.
    type: str
    required: true
  fingerprint:
    description: The SHA-256 fingerprint of the root certificate. It is not secret, but its source must be one that you trust.
    type: str
    required: true
  context:
    description: The name of a step context.
    type: str
  step_path:
    description: The folder of step's configuration. The default is C(STEPPATH), or C(.step) in the home folder.
    type: path
  force:
    description: Replace the configuration of another CA.
    type: bool
    default: false
  pwsh:
    description: The program of PowerShell 7. The default is the one on PATH.
    type: path
  module:
    description: The name or the folder of the PowerShell module.
    type: str
    default: StepCaRenew
attributes:
  check_mode:
    description: The CA is asked, and nothing is written.
    support: full
"""

EXAMPLES = r"""
- name: Trust the CA
  stepcarenew.certificates.step_context:
    ca_url: https://ca.example.com
    fingerprint: 84a033e84196f73bd593fad7a63e509e57fd982f084359c4e8c5c864efc27d13
"""

RETURN = r"""
context:
  description: The properties of the result of Initialize-StepContext (C(ca_url), C(fingerprint), C(root_path), C(configuration_path), ...).
  type: dict
  returned: success, not in check mode
error_id:
  description: The stable id of the error.
  type: str
  returned: failure
remedy:
  description: What to do about it.
  type: str
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.stepcarenew.certificates.plugins.module_utils import pwsh

# In check mode the CA is asked whether it has the root. The configuration is in place if it leads to the same CA by the same root.
BODY = r"""
    $place = @{}
    foreach ($name in 'Context', 'StepPath') { if ($parameters[$name]) { $place[$name] = $parameters[$name] } }
    if ($task.apply) { $result.context = Initialize-StepContext @parameters }
    else {
        Initialize-StepContext @parameters -WhatIf
        $ca = try { Get-StepCa @place } catch { $null }
        $wanted = $parameters.Fingerprint -replace '[^0-9A-Fa-f]'
        $result.isInPlace = [bool] ($ca -and $ca.CaUrl.TrimEnd('/') -eq $parameters.CaUrl.TrimEnd('/') -and ($ca.Roots | Where-Object { $_.IsTrusted -and $_.Fingerprint -eq $wanted }))
    }
"""


def main():
    module = AnsibleModule(
        argument_spec=dict(
            pwsh.ARGUMENTS,
            ca_url=dict(type="str", required=True),
            fingerprint=dict(type="str", required=True),
            context=dict(type="str"),
            step_path=dict(type="path"),
            force=dict(type="bool", default=False),
        ),
        supports_check_mode=True,
    )
    parameters = pwsh.to_parameters(module.params, ["ca_url", "fingerprint", "context", "step_path"])
    if module.params["force"]:
        parameters["Force"] = True
    try:
        result = pwsh.invoke(module, BODY, parameters, apply=not module.check_mode)
    except pwsh.PwshError as error:
        if module.check_mode and error.is_not_installed():
            module.warn("%s The trust in the CA was not checked." % error.message)
            module.exit_json(changed=True)
        pwsh.fail(module, error)
    if module.check_mode:
        module.exit_json(changed=not result["isInPlace"])
    module.exit_json(changed=result["context"]["Changed"], context=pwsh.properties(result["context"]))


if __name__ == "__main__":
    main()
