# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
"""Runs the cmdlets of StepCaRenew in pwsh: parameters as JSON on its standard input, results as JSON on its standard output.

Nothing but the script itself is on the command line: other users can read that, and a task can have secrets.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re

from ansible.module_utils.common.process import get_bin_path

# In this order after PATH: cron's and ssh's PATH often lack them.
PWSH_FOLDERS = ["/usr/bin", "/usr/local/bin", "/opt/microsoft/powershell/7", "/snap/bin"]

# The line with the result begins with it, whatever else a profile of the system or a library prints.
MARK = "StepCaRenew-result:"

ARGUMENTS = dict(
    pwsh=dict(type="path"),
    module=dict(type="str", default="StepCaRenew"),
)

SCRIPT = r"""
$ErrorActionPreference = 'Stop'
$ProgressPreference = $WarningPreference = $InformationPreference = $VerbosePreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
$result = [ordered] @{ error = $null }
try {
    $task = [Console]::In.ReadToEnd() | ConvertFrom-Json -AsHashtable
    $parameters = $task.parameters
    foreach ($name in @($task.secrets.Keys)) {
        $parameters[$name] = [securestring]::new()
        foreach ($character in $task.secrets[$name].ToCharArray()) { $parameters[$name].AppendChar($character) }
    }
    if ($task.module) { Import-Module $task.module }
@BODY@
}
catch {
    # The remedy is the recommended action of the cmdlets.
    $result.error = @{
        id = $_.FullyQualifiedErrorId.Split(',')[0]
        message = if ($_.ErrorDetails.Message) { $_.ErrorDetails.Message } else { $_.Exception.Message }
        remedy = $_.ErrorDetails.RecommendedAction
    }
}
[Console]::Out.WriteLine('@MARK@' + ($result | ConvertTo-Json -Depth 6 -Compress -EscapeHandling EscapeNonAscii -WarningAction SilentlyContinue))
"""


class PwshError(Exception):
    """An error of a cmdlet, or of pwsh itself."""

    def __init__(self, error_id, message, remedy=None):
        super(PwshError, self).__init__(message)
        self.error_id = error_id
        self.message = message
        self.remedy = remedy

    def is_not_installed(self):
        """Whether PowerShell or the module is missing: in check mode, a task before this one may be about to install it."""
        return self.error_id in ("PwshNotFound", "Modules_ModuleNotFound", "ModuleNotInstalled")


def find_pwsh(path=None):
    """The program of PowerShell 7."""
    try:
        return get_bin_path(path or "pwsh", opt_dirs=PWSH_FOLDERS)
    except ValueError:
        raise PwshError(
            "PwshNotFound", "PowerShell was not found on the host: there is no %s." % (path or "pwsh"),
            "Run the role install, or give the path of pwsh.")


def invoke(module, body, parameters, secrets=None, needs_module=True, **more):
    """Runs a script body, and returns its $result.

    parameters are the parameters of the cmdlet, secrets those that become SecureStrings; None and empty lists are left out.
    more is there as $task.
    """
    pwsh = find_pwsh(module.params.get("pwsh"))
    task = dict(more, parameters=without_none(parameters), secrets=without_none(secrets or {}), module=module.params["module"] if needs_module else None)
    script = SCRIPT.replace("@BODY@", body).replace("@MARK@", MARK)
    environment = dict(POWERSHELL_TELEMETRY_OPTOUT="1", POWERSHELL_UPDATECHECK="Off", NO_COLOR="1", DOTNET_NOLOGO="1")
    code, output, errors = module.run_command(
        [pwsh, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script],
        data=json.dumps(task), binary_data=True, environ_update=environment, encoding="utf-8")
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if not lines:
        raise PwshError(
            "PwshFailed", "%s ended with exit code %s without a result: %s" % (pwsh, code, (errors or output).strip()[-500:] or "it wrote nothing"),
            "Run pwsh on the host by hand: it must be PowerShell 7.4 or later.")
    result = json.loads(lines[-1][len(MARK):])
    error = result.pop("error", None)
    if error:
        remedy = error.get("remedy")
        if error["id"] == "Modules_ModuleNotFound":
            remedy = "Run the role install on this host, or give the folder of the module."
        raise PwshError(error["id"], error["message"], remedy)
    return result


def fail(module, error, **more):
    """Ends the task with the id, the message and the remedy of an error."""
    remedy = " " + error.remedy if error.remedy else ""
    module.fail_json(msg="%s: %s%s" % (error.error_id, error.message, remedy), error_id=error.error_id, remedy=error.remedy, **more)


def without_none(parameters):
    """The parameters that a user gave."""
    return dict((name, value) for name, value in parameters.items() if value is not None and value != [])


def to_parameters(params, names):
    """The parameters of a cmdlet by the options of a module: key_path is KeyPath."""
    return dict((to_pascal(name), params.get(name)) for name in names)


def to_pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def to_snake(name):
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return name.lower()


def properties(result):
    """A result of a cmdlet with the names of its properties as Ansible writes them: NotAfter is not_after."""
    if isinstance(result, dict):
        return dict((to_snake(name), properties(value)) for name, value in result.items())
    if isinstance(result, list):
        return [properties(one) for one in result]
    return result


def warn_all(module, plan):
    for warning in plan.get("Warnings") or []:
        module.warn(warning)


def exists(path):
    return os.path.lexists(path)
