#!/usr/bin/python
# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: step_renewal_task
short_description: The renewal of a certificate by the scheduler of the host
version_added: 0.1.0
author: StepCaRenew contributors (@stepcarenew)
description:
  - Registers a renewal with C(Register-StepRenewalTask) of the PowerShell module StepCaRenew, with systemd, cron or Task Scheduler. The scheduler
    starts a run every few minutes; the run reads the certificate from disk, and renews it if it is due. No daemon keeps a key in memory.
  - An option that is left out is removed from an existing registration.
  - This module is for Linux. On Windows, use the role renewal.
options:
  name:
    description: The name of the renewal.
    type: str
    required: true
  state:
    description: Whether the renewal is registered.
    type: str
    choices: [present, absent]
    default: present
  certificate_path:
    description: The certificate file; or a folder, or a pattern with wildcards, for all certificates in it. Required with C(present).
    type: str
  key_path:
    description: The key file, if it is not next to the certificate.
    type: path
  key_password_file:
    description: A file on the host with the password of the key.
    type: path
  recurse:
    description: Search the subfolders of a folder too.
    type: bool
    default: false
  follow_symlink:
    description: With I(recurse), search folders that are links as well.
    type: bool
    default: false
  exclude:
    description: Names of files and subfolders that are left out.
    type: list
    elements: str
  interval:
    description: How often the schedule starts a run, such as C(15m). The default follows from the lifetime of the certificate.
    type: str
  scheduler:
    description: The scheduler. C(Auto) is systemd on a machine that systemd has started, else cron.
    type: str
    choices: [Auto, Systemd, Cron]
    default: Auto
  scope:
    description: A renewal of the machine, or of the user of the task.
    type: str
    choices: [Machine, CurrentUser]
    default: Machine
  user_id:
    description: The user that a renewal of the machine runs as. The default is root.
    type: str
  follow_roots:
    description: Trust new root certificates of the CA as well.
    type: bool
    default: false
  expires_in:
    description: The certificate is due when no more than this time remains, such as C(8h).
    type: str
  renew_at:
    description: The certificate is due when this share of its lifetime is over, such as C(66%).
    type: str
  rekey:
    description: Make a new key at each renewal.
    type: bool
    default: false
  key_algorithm:
    description: The algorithm of the new key. Only with I(rekey).
    type: str
    choices: [EC-P256, EC-P384, EC-P521, RSA-2048, RSA-3072, RSA-4096]
  transport:
    description: How the certificate proves itself to the CA, in a TLS handshake or by a token that its key signs.
    type: str
    choices: [Auto, Tls, Token]
  retry_timeout:
    description: How long a request to the CA is retried.
    type: str
  lock_timeout:
    description: How long to wait for another run that works on the same pair.
    type: str
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
  pfx_path:
    description: A PFX file to write with the certificate, its chain and the key.
    type: path
  pfx_password_file:
    description: A file on the host with the password of the PFX file.
    type: path
  pfx_encryption:
    description: The encryption of the PFX file.
    type: str
    choices: [Aes256, TripleDes]
  bundle_path:
    description: A PEM file to write with the certificate, its chain and the key.
    type: path
  chain_path:
    description: A PEM file to write with the chain.
    type: path
  leaf_path:
    description: A PEM file to write with the certificate alone.
    type: path
  root_path:
    description: A PEM file to write with the root certificate.
    type: path
  key_out_path:
    description: A PEM file to write with the key in the format of I(key_format).
    type: path
  key_format:
    description: The format of that key.
    type: str
    choices: [Pkcs8, Pkcs1, Sec1]
  reload_service:
    description: Services of systemd to reload after a renewal.
    type: list
    elements: str
  restart_service:
    description: Services to restart after a renewal.
    type: list
    elements: str
  file_path:
    description: A program to run after a renewal.
    type: str
  argument_list:
    description: The arguments of I(file_path).
    type: list
    elements: str
  script_path:
    description: A PowerShell script to run after a renewal.
    type: path
  signal:
    description: A signal to send to the process of I(pid_file) after a renewal.
    type: str
  pid_file:
    description: The file with the id of that process.
    type: path
  action_timeout:
    description: How long one action can take.
    type: str
  served_by:
    description: Servers that must serve the new certificate after the actions.
    type: list
    elements: str
  served_timeout:
    description: How long a server has to serve it.
    type: str
  on_failure:
    description: The notifiers that report a failure.
    type: list
    elements: dict
    suboptions:
      file_path:
        description: A program.
        type: str
      argument_list:
        description: Its arguments.
        type: list
        elements: str
      script_path:
        description: A PowerShell script.
        type: path
      uri:
        description: An address that gets a JSON object by POST. Its path is a secret.
        type: str
      uri_file:
        description: A file on the host with such an address.
        type: path
  health_check_uri:
    description: The address of a monitor, to which each run reports. Its path is a secret.
    type: str
  log_path:
    description: The log of the runs.
    type: path
  metrics_path:
    description: A file with metrics for Prometheus, which ends with C(.prom).
    type: path
  run_now:
    description: After the renewal was registered or changed, start it once, and fail if the run fails.
    type: bool
    default: false
  force:
    description: Register although the CA cannot be reached now, or a service does not exist yet, and replace the renewal of another certificate.
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
    description: C(Register-StepRenewalTask -Plan) makes the checks of a registration, and the CA is asked for its health.
    support: full
  diff_mode:
    description: A line for each step and each difference.
    support: full
"""

EXAMPLES = r"""
- name: Renew the certificate, and let nginx load it
  stepcarenew.certificates.step_renewal_task:
    name: web
    certificate_path: /etc/ssl/mine/web.crt
    reload_service: [nginx]
    metrics_path: /var/lib/prometheus/node-exporter/stepcarenew.prom

- name: Remove the schedule
  stepcarenew.certificates.step_renewal_task:
    name: web
    state: absent
"""

RETURN = r"""
status:
  description: What the module found, C(WouldRegister), C(WouldChange), C(Unchanged), C(WouldRemove) or C(NotRegistered).
  type: str
  returned: success
planned:
  description: The steps.
  type: list
  elements: str
  returned: success
changes:
  description: A sentence for each difference from what was registered.
  type: list
  elements: str
  returned: success
changed_properties:
  description: The names of the properties that differ.
  type: list
  elements: str
  returned: success
task:
  description: The renewal, with the properties of Get-StepRenewalTask (C(healthy), C(next_run), C(interval), ...).
  type: dict
  returned: when it is registered
error_id:
  description: The stable id of the error.
  type: str
  returned: failure
remedy:
  description: What to do about it.
  type: str
  returned: failure
problems:
  description: The errors of all checks.
  type: list
  elements: str
  returned: failure
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.stepcarenew.certificates.plugins.module_utils import pwsh

REGISTER = r"""
    $result.plan = Register-StepRenewalTask @parameters -Plan -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($problems) { throw $problems[0] }
    if ($task.apply) {
        if ($task.runNow -and $result.plan.Status -ne 'Unchanged') { $parameters.RunNow = $true }
        # Also without a difference: it accepts a certificate with other names, for which runs fail with ForeignCertificate.
        $result.task = Register-StepRenewalTask @parameters
    }
    elseif ($result.plan.Status -eq 'Unchanged') { $result.task = Get-StepRenewalTask $parameters.Name }
"""

UNREGISTER = r"""
    $result.task = Get-StepRenewalTask | Where-Object Name -EQ $parameters.Name
    if ($result.task -and $task.apply) { Unregister-StepRenewalTask $parameters.Name -Force }
"""

TEXTS = [
    "name", "certificate_path", "key_path", "key_password_file", "exclude", "interval", "scheduler", "scope", "user_id", "expires_in", "renew_at",
    "key_algorithm", "transport", "retry_timeout", "lock_timeout", "ca_url", "root", "context", "step_path", "pfx_path", "pfx_password_file", "pfx_encryption",
    "bundle_path", "chain_path", "leaf_path", "root_path", "key_out_path", "key_format", "reload_service", "restart_service", "file_path", "argument_list",
    "script_path", "signal", "pid_file", "action_timeout", "served_by", "served_timeout", "health_check_uri", "log_path", "metrics_path",
]
SWITCHES = ["recurse", "follow_symlink", "follow_roots", "rekey", "force"]
SECRET = ["health_check_uri"]
CHOICES = dict(
    scheduler=dict(choices=["Auto", "Systemd", "Cron"], default="Auto"),
    scope=dict(choices=["Machine", "CurrentUser"], default="Machine"),
    key_algorithm=dict(choices=["EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096"], no_log=False),
    transport=dict(choices=["Auto", "Tls", "Token"]),
    pfx_encryption=dict(choices=["Aes256", "TripleDes"]),
    key_format=dict(choices=["Pkcs8", "Pkcs1", "Sec1"], no_log=False),
    name=dict(required=True),
)
PATHS = [
    "key_path", "key_password_file", "root", "step_path", "pfx_path", "pfx_password_file", "bundle_path", "chain_path", "leaf_path", "root_path", "key_out_path",
    "script_path", "pid_file", "log_path", "metrics_path",
]
LISTS = ["exclude", "reload_service", "restart_service", "argument_list", "served_by"]


def arguments():
    spec = dict(pwsh.ARGUMENTS, state=dict(type="str", choices=["present", "absent"], default="present"), run_now=dict(type="bool", default=False))
    for name in TEXTS:
        kind = dict(type="list", elements="str") if name in LISTS else dict(type="path" if name in PATHS else "str", no_log=name in SECRET)
        spec[name] = dict(kind, **CHOICES.get(name, {}))
    for name in SWITCHES:
        spec[name] = dict(type="bool", default=False)
    spec["on_failure"] = dict(type="list", elements="dict", options=dict(
        file_path=dict(type="str"), argument_list=dict(type="list", elements="str"), script_path=dict(type="path"), uri=dict(type="str", no_log=True), uri_file=dict(type="path")))
    return spec


def lines(sign, texts):
    return ["%s %s" % (sign, text) for text in texts]


def unregister(module):
    result = pwsh.invoke(module, UNREGISTER, dict(Name=module.params["name"]), apply=not module.check_mode)
    found = bool(result["task"])
    module.exit_json(
        changed=found, status="WouldRemove" if found else "NotRegistered", planned=["Remove the renewal '%s'." % module.params["name"]] if found else [], changes=[],
        changed_properties=[], diff=dict(prepared="- the renewal '%s'\n" % module.params["name"] if found else ""))


def register(module):
    params = module.params
    parameters = pwsh.to_parameters(params, TEXTS)
    parameters.update((pwsh.to_pascal(name), True) for name in SWITCHES if params[name])
    parameters["OnFailure"] = [pwsh.without_none(pwsh.to_parameters(notifier, notifier)) for notifier in params["on_failure"] or []]
    result = pwsh.invoke(module, REGISTER, parameters, apply=not module.check_mode, runNow=params["run_now"])
    plan, task = result["plan"], result.get("task")
    pwsh.warn_all(module, plan)
    changed = plan["Status"] != "Unchanged" or bool(task and task["Changed"])
    text = "\n".join(lines("~", plan["Changes"]) + lines("+", plan["Planned"]))
    module.exit_json(
        changed=changed, status=plan["Status"], planned=plan["Planned"], changes=plan["Changes"], changed_properties=plan["ChangedProperties"],
        task=pwsh.properties(task) if task else None, diff=dict(prepared=text + "\n" if changed else ""))


def main():
    module = AnsibleModule(argument_spec=arguments(), required_if=[("state", "present", ["certificate_path"])], supports_check_mode=True)
    is_present = module.params["state"] == "present"
    try:
        register(module) if is_present else unregister(module)
    except pwsh.PwshError as error:
        # An earlier task of the same play may be about to install the module, or to request the certificate.
        if module.check_mode and (error.is_not_installed() or (is_present and is_not_there_yet(error, module.params["certificate_path"]))):
            module.warn("%s The registration was not checked." % error.message)
            module.exit_json(changed=is_present, status="WouldRegister" if is_present else "NotRegistered", planned=[], changes=[], changed_properties=[], task=None)
        pwsh.fail(module, error)


def is_not_there_yet(error, path):
    return error.error_id in ("FileNotFound", "NoCertificateFound", "CaUrlMissing", "RootMissing") and not pwsh.exists(path)


if __name__ == "__main__":
    main()
