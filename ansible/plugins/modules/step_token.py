#!/usr/bin/python
# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: step_token
short_description: A one-time token for the certificate of another host
version_added: 0.1.0
author: StepCaRenew contributors (@stepcarenew)
description:
  - Makes a token with C(New-StepToken) of the PowerShell module StepCaRenew. Run it on the controller (C(delegate_to)), which alone then needs
    the password of the provisioner.
  - The token is a secret until it is used. Give the task C(no_log).
  - Nothing is changed, neither on the host nor at the CA, so that the task is never changed.
options:
  subject:
    description: The common name of the certificate.
    type: str
    required: true
  san:
    description: The alternative names. The default is the subject.
    type: list
    elements: str
  provisioner:
    description: The name of a JWK provisioner. The default is the only one of the CA.
    type: str
  provisioner_password:
    description: The password of the provisioner.
    type: str
  provisioner_password_file:
    description: A file with the password of the provisioner.
    type: path
  valid_for:
    description: How long the token is valid, from C(10s) to C(1h).
    type: str
    default: 5m
  ca_url:
    description: The URL of the CA. The default is that of step's configuration.
    type: str
  root:
    description: The root certificate file of the CA.
    type: path
  context:
    description: The name of a step context.
    type: str
  step_path:
    description: The folder of step's configuration.
    type: path
  pwsh:
    description: The program of PowerShell 7. The default is the one on PATH.
    type: path
  module:
    description: The name or the folder of the PowerShell module.
    type: str
    default: StepCaRenew
attributes:
  check_mode:
    description: No token is made.
    support: full
"""

EXAMPLES = r"""
- name: Make a token
  stepcarenew.certificates.step_token:
    subject: web1.example.com
    provisioner_password: "{{ vault_provisioner_password }}"
  delegate_to: localhost
  no_log: true
  register: token
"""

RETURN = r"""
token:
  description: The token, a secret.
  type: str
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

BODY = r"""
    $result.token = New-StepToken @parameters | ConvertFrom-SecureString -AsPlainText
"""


def main():
    module = AnsibleModule(
        argument_spec=dict(
            pwsh.ARGUMENTS,
            subject=dict(type="str", required=True),
            san=dict(type="list", elements="str"),
            provisioner=dict(type="str"),
            provisioner_password=dict(type="str", no_log=True),
            provisioner_password_file=dict(type="path", no_log=False),
            valid_for=dict(type="str", default="5m"),
            ca_url=dict(type="str"),
            root=dict(type="path"),
            context=dict(type="str"),
            step_path=dict(type="path"),
        ),
        mutually_exclusive=[("provisioner_password", "provisioner_password_file")],
        supports_check_mode=True,
    )
    if module.check_mode:
        module.exit_json(changed=False)
    names = ["subject", "san", "provisioner", "provisioner_password_file", "valid_for", "ca_url", "root", "context", "step_path"]
    try:
        result = pwsh.invoke(module, BODY, pwsh.to_parameters(module.params, names), pwsh.to_parameters(module.params, ["provisioner_password"]))
    except pwsh.PwshError as error:
        pwsh.fail(module, error)
    module.exit_json(changed=False, token=result["token"])


if __name__ == "__main__":
    main()
