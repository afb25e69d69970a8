#!/usr/bin/python
# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: step_module
short_description: The PowerShell module StepCaRenew on a host
version_added: 0.1.0
author: StepCaRenew contributors (@stepcarenew)
description:
  - Installs a version of the module next to older ones. Schedules name no version, so that their next run loads the new one.
options:
  src:
    description: A file on the host, the package of the module (C(.nupkg)) or a C(.zip) with its folder. One of I(src) and I(repository) is required.
    type: path
  repository:
    description: The name of a registered repository of PSResourceGet, such as C(PSGallery), or the folder or the URL of a repository.
    type: str
  version:
    description: The version to install. The default is that in the name of I(src), such as C(StepCaRenew.0.1.0.nupkg).
    type: str
  name:
    description: The name of the module.
    type: str
    default: StepCaRenew
  path:
    description: The folder of modules.
    type: path
    default: /usr/local/share/powershell/Modules
  pwsh:
    description: The program of PowerShell 7. The default is the one on PATH.
    type: path
attributes:
  check_mode:
    description: Nothing is copied.
    support: full
"""

EXAMPLES = r"""
- name: From a file
  stepcarenew.certificates.step_module:
    src: /var/cache/stepcarenew/StepCaRenew.0.1.0.nupkg

- name: From a repository
  stepcarenew.certificates.step_module:
    repository: https://nuget.example.com/v3/index.json
    version: 0.1.0
"""

RETURN = r"""
version:
  description: The version.
  type: str
  returned: success
folder:
  description: The folder of this version.
  type: str
  returned: success
error_id:
  description: The id of the error.
  type: str
  returned: failure
"""

import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.stepcarenew.certificates.plugins.module_utils import pwsh

# A version appears as a whole: everything is written to a folder next to it first. PSResourceGet, which PowerShell has, knows packages.
BODY = r"""
    $name, $version, $root = $parameters.Name, $parameters.Version, $parameters.Path
    $staged = Join-Path $root ".$name-$([guid]::NewGuid())"
    $repository = "stepcarenew-$([guid]::NewGuid())"
    [IO.Directory]::CreateDirectory($staged) > $null
    try {
        $isZip = $parameters.Src -like '*.zip'
        if ($isZip) { Expand-Archive -LiteralPath $parameters.Src -DestinationPath $staged }
        else {
            $source = if ($parameters.Src) { Split-Path $parameters.Src } else { $parameters.Repository }
            if ($source -match '[/\\]') { Register-PSResourceRepository $repository -Uri $source -Trusted } else { $repository = $source }
            Save-PSResource $name -Version "[$version]" -Repository $repository -Path $staged -TrustRepository -IncludeXml -SkipDependencyCheck
        }
        $manifest = Get-ChildItem $staged -Recurse -Filter "$name.psd1" -Force | Sort-Object { $_.FullName.Length } | Select-Object -First 1
        if (-not $manifest) { throw [Management.Automation.ErrorRecord]::new([Exception]::new("$name $version was not found in '$($parameters.Src)$($parameters.Repository)'."), 'ModuleNotInSource', 'ObjectNotFound', $null) }
        $found = (Import-PowerShellDataFile -LiteralPath $manifest.FullName).ModuleVersion
        if ($found -ne $version) { throw [Management.Automation.ErrorRecord]::new([Exception]::new("'$($parameters.Src)$($parameters.Repository)' has version $found of $name instead of $version."), 'ModuleVersionDiffers', 'InvalidData', $null) }
        [IO.Directory]::CreateDirectory((Join-Path $root $name)) > $null
        [IO.Directory]::Move($manifest.DirectoryName, $parameters.Folder)
    }
    finally {
        if ($repository -like 'stepcarenew-*') { Unregister-PSResourceRepository $repository -ErrorAction Ignore }
        Remove-Item -LiteralPath $staged -Recurse -Force -ErrorAction Ignore
    }
"""


def main():
    module = AnsibleModule(
        argument_spec=dict(
            src=dict(type="path"),
            repository=dict(type="str"),
            version=dict(type="str"),
            name=dict(type="str", default="StepCaRenew"),
            path=dict(type="path", default="/usr/local/share/powershell/Modules"),
            pwsh=dict(type="path"),
        ),
        required_one_of=[("src", "repository")],
        mutually_exclusive=[("src", "repository")],
        supports_check_mode=True,
    )
    params = module.params
    version = params["version"] or find_version(params["src"])
    if not version:
        module.fail_json(msg="VersionMissing: No version was given, and the name of the source has none. Give version.", error_id="VersionMissing")
    folder = os.path.join(params["path"], params["name"], version)
    result = dict(version=version, folder=folder, diff=dict(before="", after="%s\n" % folder))
    if os.path.isfile(os.path.join(folder, params["name"] + ".psd1")):
        module.exit_json(changed=False, version=version, folder=folder)
    if module.check_mode:
        module.exit_json(changed=True, **result)
    parameters = dict(Name=params["name"], Version=version, Path=params["path"], Src=params["src"], Repository=params["repository"], Folder=folder)
    os.umask(0o022)
    try:
        pwsh.invoke(module, BODY, parameters, needs_module=False)
    except pwsh.PwshError as error:
        pwsh.fail(module, error)
    module.exit_json(changed=True, **result)


def find_version(src):
    match = re.search(r"[.-](\d+(?:\.\d+){1,3}(?:-[0-9A-Za-z.]+)?)\.(?:nupkg|zip)$", os.path.basename(src or ""))
    return match.group(1) if match else None


if __name__ == "__main__":
    main()
