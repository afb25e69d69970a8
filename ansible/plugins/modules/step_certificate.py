#!/usr/bin/python
# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: step_certificate
short_description: The certificate of a host from a step-ca
version_added: 0.1.0
author: StepCaRenew contributors (@stepcarenew)
description:
  - Requests the first certificate of a host with C(Request-StepCertificate) of the PowerShell module StepCaRenew. The key is made on the host.
  - A certificate in place is replaced only if it has expired, has another subject, other names or (if I(key_algorithm) is given) a key of
    another kind, or does not match its key. To renew it is not the work of this module but of the schedule that M(stepcarenew.certificates.step_renewal_task)
    registers.
  - This module is for Linux and macOS. On Windows, use the role enrol.
options:
  path:
    description: The certificate file. Its folder must exist.
    type: path
    required: true
  key_path:
    description: The key file. The default is the name of the certificate with C(.key).
    type: path
  subject:
    description: The common name. With a token, the default is its subject; otherwise it is required.
    type: str
  san:
    description: The alternative names. The default are those of the token, or the subject.
    type: list
    elements: str
  token:
    description: A one-time token. It is used only if a certificate is needed.
    type: str
  token_file:
    description: A file on the host with a one-time token.
    type: path
  provisioner:
    description: The name of a JWK provisioner. The default is the only one of the CA.
    type: str
  provisioner_password:
    description: The password of the provisioner.
    type: str
  provisioner_password_file:
    description: A file on the host with the password of the provisioner.
    type: path
  key_algorithm:
    description: The algorithm of the key. The default for a new key is C(EC-P256).
    type: str
    choices: [EC-P256, EC-P384, EC-P521, RSA-2048, RSA-3072, RSA-4096]
  not_before:
    description: The beginning of the validity, a duration from now or a date.
    type: str
  not_after:
    description: The end of the validity, a duration from its beginning or a date. It does not replace a certificate in place.
    type: str
  use_existing_key:
    description: Keep the key in place, and request a certificate for it.
    type: bool
    default: false
  key_password_file:
    description: A file on the host with the password of the key.
    type: path
  ca_url:
    description: The URL of the CA. The default is that of step's configuration, or of the token.
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
  force:
    description: Request a new certificate in any case. The task is then always changed.
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
    description: C(Request-StepCertificate -Plan) makes the checks; the CA is not asked. No authorization is needed.
    support: full
  diff_mode:
    description: The subject, the names, the key and the end of the validity before and after.
    support: full
"""

EXAMPLES = r"""
- name: The certificate of this host, by a token of the controller
  stepcarenew.certificates.step_certificate:
    path: /etc/ssl/mine/web.crt
    subject: web1.example.com
    san: [web1.example.com, www.example.com]
    token: "{{ token.token }}"

- name: By the password of a provisioner
  stepcarenew.certificates.step_certificate:
    path: /etc/ssl/mine/web.crt
    subject: web1.example.com
    provisioner: hosts
    provisioner_password: "{{ vault_provisioner_password }}"
"""

RETURN = r"""
status:
  description: What the module found, C(WouldRequest), C(WouldReplace) or C(Unchanged).
  type: str
  returned: success
reasons:
  description: The reasons to replace the certificate in place.
  type: list
  elements: str
  returned: success
changed_properties:
  description: What differs, of C(Subject), C(San), C(KeyAlgorithm), C(NotAfter) (it has expired) and C(Key).
  type: list
  elements: str
  returned: success
planned:
  description: The steps.
  type: list
  elements: str
  returned: success
certificate:
  description: The certificate in place, with the properties of Get-StepCertificate (C(serial_number), C(not_after), C(dns_names), ...).
  type: dict
  returned: when there is one
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
    if (Test-Path -LiteralPath $parameters.CertificatePath -PathType Leaf) { $result.before = Get-StepCertificate -LiteralPath $parameters.CertificatePath -ErrorAction Ignore }
    $result.plan = Request-StepCertificate @parameters -Plan -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($problems) { throw $problems[0] }
    if ($task.apply -and $result.plan.Status -ne 'Unchanged') {
        $given = $task.credential
        foreach ($name in @($task.credentialSecrets.Keys)) {
            $given[$name] = [securestring]::new()
            foreach ($character in $task.credentialSecrets[$name].ToCharArray()) { $given[$name].AppendChar($character) }
        }
        $result.after = Request-StepCertificate @parameters @given
    }
"""

REQUEST = ["subject", "san", "key_path", "key_algorithm", "not_before", "not_after", "key_password_file", "ca_url", "root", "context", "step_path"]
CREDENTIAL = ["token_file", "provisioner", "provisioner_password_file"]
CREDENTIAL_SECRETS = ["token", "provisioner_password"]


def describe(certificate):
    """The part of a certificate that a diff shows."""
    if not certificate:
        return {}
    names = []
    for kind in ("DnsNames", "IPAddresses", "EmailAddresses", "Uris"):
        names.extend(certificate.get(kind) or [])
    return dict(
        subject=certificate["Subject"], san=names, key_algorithm=certificate["KeyAlgorithm"], key_status=certificate["KeyStatus"],
        serial_number=certificate["SerialNumber"], not_after=certificate["NotAfter"])


def predict(plan, before, params):
    """What a diff shows of a certificate that is not issued yet."""
    key = params["key_algorithm"] or ("EC-P256" if not params["use_existing_key"] else "the key in place")
    return dict(
        subject="CN=%s" % plan["Subject"] if plan["Subject"] else before.get("subject"), san=plan["San"], key_algorithm=key.replace("EC-P", "EC P-").replace("RSA-", "RSA "),
        key_status="Matches", serial_number="(new)", not_after="(new)")


def run(module):
    params = module.params
    request = pwsh.to_parameters(params, REQUEST)
    request.update(CertificatePath=params["path"])
    request.update({"Force" if params["force"] else "IfNeeded": True})
    if params["use_existing_key"]:
        request["UseExistingKey"] = True
    has_token = params["token"] or params["token_file"]
    credential = pwsh.without_none(pwsh.to_parameters(params, CREDENTIAL))
    secrets = pwsh.without_none(pwsh.to_parameters(params, CREDENTIAL_SECRETS))
    if not has_token and not params["subject"]:
        raise pwsh.PwshError("CertificateNameInvalid", "No subject was given for the certificate.", "Give its common name as subject, or a token.")
    # The names of a token are those of the plan.
    planned = dict(request)
    planned_secrets = {}
    if has_token:
        planned.update(pwsh.without_none(dict(TokenFile=params["token_file"])))
        planned_secrets = pwsh.without_none(dict(Token=params["token"]))
        credential, secrets = {}, {}
    result = pwsh.invoke(module, BODY, planned, planned_secrets, apply=not module.check_mode, credential=credential, credentialSecrets=secrets)
    plan, before = result["plan"], describe(result.get("before"))
    pwsh.warn_all(module, plan)
    changed = plan["Status"] != "Unchanged"
    now = result.get("after") or result.get("before")
    after = describe(result["after"]) if result.get("after") else predict(plan, before, params) if changed else before
    module.exit_json(
        changed=changed, status=plan["Status"], reasons=plan["Changes"], changed_properties=plan["ChangedProperties"], planned=plan["Planned"],
        certificate=pwsh.properties(now) if now else None,
        diff=dict(before_header=params["path"], after_header=params["path"], before=before, after=after))


def main():
    module = AnsibleModule(
        argument_spec=dict(
            pwsh.ARGUMENTS,
            path=dict(type="path", required=True),
            key_path=dict(type="path", no_log=False),
            subject=dict(type="str"),
            san=dict(type="list", elements="str"),
            token=dict(type="str", no_log=True),
            token_file=dict(type="path", no_log=False),
            provisioner=dict(type="str"),
            provisioner_password=dict(type="str", no_log=True),
            provisioner_password_file=dict(type="path", no_log=False),
            key_algorithm=dict(type="str", no_log=False, choices=["EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096"]),
            not_before=dict(type="str"),
            not_after=dict(type="str"),
            use_existing_key=dict(type="bool", default=False),
            key_password_file=dict(type="path", no_log=False),
            ca_url=dict(type="str"),
            root=dict(type="path"),
            context=dict(type="str"),
            step_path=dict(type="path"),
            force=dict(type="bool", default=False),
        ),
        mutually_exclusive=[("token", "token_file", "provisioner_password", "provisioner_password_file"), ("use_existing_key", "key_algorithm")],
        supports_check_mode=True,
    )
    try:
        run(module)
    except pwsh.PwshError as error:
        # An earlier task of the same play may be about to install it.
        if module.check_mode and error.is_not_installed():
            module.warn("%s The certificate was not checked." % error.message)
            module.exit_json(changed=module.params["force"] or not pwsh.exists(module.params["path"]), status=None, reasons=[], changed_properties=[], planned=[], certificate=None)
        pwsh.fail(module, error)


if __name__ == "__main__":
    main()
