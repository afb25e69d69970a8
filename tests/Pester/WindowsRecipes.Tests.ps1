# The scripts of docs/recipes/windows: which binding gets which certificate. Windows' own cmdlets are mocked, because no machine that runs
# these tests has the services; HttpSys.psm1 is compiled here.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'Stand-ins for the tests.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Stand-ins for the tests.')]
param()

BeforeDiscovery {
    $scripts = Get-ChildItem $PSScriptRoot/../../docs/recipes/windows/*.ps1 | ForEach-Object BaseName
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    $folder = Get-RepositoryPath 'docs/recipes/windows'
    $old, $new, $other = ('A' * 40), ('B' * 40), ('C' * 40)

    # Commands that exist on Windows only, or only in a script, so that they can be mocked.
    function Get-HttpSysBinding { }
    function Set-HttpSysBinding { [CmdletBinding(SupportsShouldProcess)] param($Binding, $Thumbprint) if ($PSCmdlet.ShouldProcess($Binding)) { $Thumbprint } }
    function Get-CimInstance { param($Namespace, $ClassName) $Namespace, $ClassName }
    function Set-CimInstance { [CmdletBinding(SupportsShouldProcess)] param($InputObject, $Property) if ($PSCmdlet.ShouldProcess($InputObject)) { $Property } }
    function Get-WSManInstance { param($ResourceURI, [switch] $Enumerate) $ResourceURI, $Enumerate }
    function Set-WSManInstance { param($ResourceURI, $SelectorSet, $ValueSet) $ResourceURI, $SelectorSet, $ValueSet }
    function Restart-Service { param($Name, [switch] $Force) $Name, $Force }
    function Update-DirectoryService { [CmdletBinding(SupportsShouldProcess)] [OutputType([string])] param() if ($PSCmdlet.ShouldProcess('rootDSE')) { 'stub' } }

    # A certificate of the store, as far as the scripts look at it.
    function Build-StoreCertificate {
        param([string] $FriendlyName = '', [string[]] $Dns = @('web.example.com'), [bool] $HasPrivateKey = $true, [string] $Algorithm = '1.2.840.113549.1.1.1')
        [pscustomobject]@{ FriendlyName = $FriendlyName; DnsNameList = $Dns; HasPrivateKey = $HasPrivateKey; PublicKey = [pscustomobject]@{ Oid = [pscustomobject]@{ Value = $Algorithm } } }
    }
}

Describe 'A recipe script: <_>' -ForEach $scripts {
    BeforeAll { $script = Join-Path $folder "$_.ps1" }

    It 'can be read, has a help text for each parameter, and takes the thumbprints of a renewal' {
        $mistakes = $null
        $tree = [Management.Automation.Language.Parser]::ParseFile($script, [ref] $null, [ref] $mistakes)
        $mistakes | Should -BeNullOrEmpty
        $help = $tree.GetHelpContent()
        $help.Synopsis | Should -Not -BeNullOrEmpty
        foreach ($parameter in $tree.ParamBlock.Parameters.Name.VariablePath.UserPath) { $help.Parameters[$parameter.ToUpperInvariant()] | Should -Not -BeNullOrEmpty -Because $parameter }
        $tree.ParamBlock.Extent.Text | Should -Match ([regex]::Escape('$Thumbprint = $env:STEPCARENEW_THUMBPRINT'))
    }

    It 'has -WhatIf' { (Get-Command $script).Parameters.Keys | Should -Contain WhatIf }

    It 'changes nothing without a thumbprint' {
        Mock Get-HttpSysBinding { throw 'must not be called' }
        { & $script -Thumbprint '' } | Should -Throw '*thumbprint*'
    }
}

Describe 'Bindings of http.sys' {
    BeforeAll {
        $script = Join-Path $folder 'Update-HttpSysBinding.ps1'
        $bindings = @(
            [pscustomobject]@{ Address = '0.0.0.0:443'; Thumbprint = $old; Store = 'MY' }
            [pscustomobject]@{ Address = 'shop.example.com:443'; Thumbprint = $old.ToLowerInvariant(); Store = 'WebHosting' }
            [pscustomobject]@{ Address = '0.0.0.0:8443'; Thumbprint = $other; Store = 'MY' }
        )
    }
    BeforeEach {
        $stored = @{ "Cert:\LocalMachine\MY\$new" = Build-StoreCertificate 'StepCaRenew: web'; "Cert:\LocalMachine\WebHosting\$new" = Build-StoreCertificate 'StepCaRenew: web'; "Cert:\LocalMachine\MY\$other" = Build-StoreCertificate 'StepCaRenew: shop' }
        Mock Import-Module { }
        Mock Get-HttpSysBinding { $bindings }
        Mock Set-HttpSysBinding { }
        Mock Get-Item { $stored[$LiteralPath] }
    }

    It 'with the old certificate get the new one, and no others' {
        $said = @(& $script -Thumbprint $new -OldThumbprint $old)
        $said | Should -HaveCount 2
        Should -Invoke Set-HttpSysBinding -Times 1 -Exactly -ParameterFilter { $Binding.Address -eq '0.0.0.0:443' -and $Thumbprint -eq $new }
        Should -Invoke Set-HttpSysBinding -Times 1 -Exactly -ParameterFilter { $Binding.Address -eq 'shop.example.com:443' -and $Thumbprint -eq $new }
        Should -Invoke Set-HttpSysBinding -Times 2 -Exactly
    }

    It 'whose certificate has the same friendly name get it if the old one is not known' {
        $stored["Cert:\LocalMachine\MY\$other"] = Build-StoreCertificate 'StepCaRenew: web'
        & $script -Thumbprint $new -OldThumbprint '' > $null
        Should -Invoke Set-HttpSysBinding -Times 1 -Exactly
        Should -Invoke Set-HttpSysBinding -Times 1 -Exactly -ParameterFilter { $Binding.Address -eq '0.0.0.0:8443' }
    }

    It 'are not changed for certificates without a friendly name that are not the old one' {
        $stored["Cert:\LocalMachine\MY\$other"] = $stored["Cert:\LocalMachine\MY\$new"] = Build-StoreCertificate ''
        & $script -Thumbprint $new -OldThumbprint '' | Should -BeNullOrEmpty
        Should -Invoke Set-HttpSysBinding -Times 0
    }

    It 'get each its own of several certificates' {
        $stored["Cert:\LocalMachine\MY\$('D' * 40)"] = Build-StoreCertificate
        & $script -Thumbprint "$new`n$('D' * 40)" -OldThumbprint "$old`n$other" > $null
        Should -Invoke Set-HttpSysBinding -Times 1 -Exactly -ParameterFilter { $Binding.Address -eq '0.0.0.0:8443' -and $Thumbprint -eq 'D' * 40 }
        Should -Invoke Set-HttpSysBinding -Times 3 -Exactly
    }

    It 'stay if the new certificate is not in their store, or has no key' {
        $stored.Remove("Cert:\LocalMachine\MY\$new")
        { & $script -Thumbprint $new -OldThumbprint $old } | Should -Throw '*not in Cert:\LocalMachine\MY*'
        $stored["Cert:\LocalMachine\MY\$new"] = Build-StoreCertificate -HasPrivateKey $false
        { & $script -Thumbprint $new -OldThumbprint $old } | Should -Throw '*no private key*'
        Should -Invoke Set-HttpSysBinding -Times 0
    }

    It 'stay with -WhatIf' {
        & $script -Thumbprint $new -OldThumbprint $old -WhatIf | Should -BeNullOrEmpty
        Should -Invoke Set-HttpSysBinding -Times 0
    }
}

Describe 'The calls of http.sys' {
    It 'compile, and read the bindings of this machine if it is Windows' {
        $module = Import-Module (Join-Path $folder 'HttpSys.psm1') -PassThru -Prefix Real
        try {
            $module.ExportedFunctions.Keys | Sort-Object | Should -Be 'Get-RealHttpSysBinding', 'Set-RealHttpSysBinding'
            # Only Windows has httpapi.dll. Under Wine, it has no bindings.
            if (-not $IsWindows) { { Get-RealHttpSysBinding } | Should -Throw } else { { Get-RealHttpSysBinding } | Should -Not -Throw }
        }
        finally { Remove-Module $module }
    }
}

Describe 'The certificate of Remote Desktop' {
    BeforeAll { $script = Join-Path $folder 'Set-RdpCertificate.ps1' }
    BeforeEach {
        $setting = [pscustomobject]@{ TerminalName = 'RDP-tcp'; SSLCertificateSHA1Hash = $old }
        $certificate = Build-StoreCertificate
        Mock Get-Item { $certificate }
        Mock Get-CimInstance { $setting }
        Mock Set-CimInstance { }
    }

    It 'is set' {
        & $script -Thumbprint $new | Should -BeLike '*RDP-tcp*BBBBBBBB*'
        Should -Invoke Get-Item -ParameterFilter { $LiteralPath -eq "Cert:\LocalMachine\My\$new" }
        Should -Invoke Set-CimInstance -Times 1 -Exactly -ParameterFilter { $InputObject -eq $setting -and $Property.SSLCertificateSHA1Hash -eq $new }
    }

    It 'is not set again, with -WhatIf, for another listener, without a key, or for several certificates' {
        & $script -Thumbprint $new -WhatIf | Should -BeNullOrEmpty
        { & $script -Thumbprint $new -Listener missing } | Should -Throw "*no listener 'missing'*"
        { & $script -Thumbprint "$new`n$other" } | Should -Throw '*Exactly one*'
        $setting.SSLCertificateSHA1Hash = $new.ToLowerInvariant()
        & $script -Thumbprint $new | Should -BeLike '*already'
        $certificate = Build-StoreCertificate -HasPrivateKey $false
        { & $script -Thumbprint $new } | Should -Throw '*no private key*'
        $certificate = $null
        { & $script -Thumbprint $new } | Should -Throw '*not in LocalMachine\My*'
        Should -Invoke Set-CimInstance -Times 0
    }
}

Describe 'The certificate of WinRM' {
    BeforeAll { $script = Join-Path $folder 'Set-WinRMCertificate.ps1' }
    BeforeEach {
        $listeners = @(
            [pscustomobject]@{ Address = '*'; Transport = 'HTTP'; Hostname = ''; CertificateThumbprint = '' }
            [pscustomobject]@{ Address = '*'; Transport = 'HTTPS'; Hostname = 'web.example.com'; CertificateThumbprint = 'AA ' * 20 }
            [pscustomobject]@{ Address = 'IP:192.0.2.1'; Transport = 'HTTPS'; Hostname = 'gone.example.com'; CertificateThumbprint = $other }
        )
        $certificate = Build-StoreCertificate -Dns 'first.example.com', 'web.example.com'
        Mock Get-Item { $certificate }
        Mock Get-WSManInstance { $listeners }
        Mock Set-WSManInstance { }
    }

    It 'is set for the listener of the old one, which keeps its host name' {
        & $script -Thumbprint $new -OldThumbprint $old | Should -HaveCount 1
        Should -Invoke Set-WSManInstance -Times 1 -Exactly -ParameterFilter {
            $SelectorSet.Address -eq '*' -and $SelectorSet.Transport -eq 'HTTPS' -and $ValueSet.CertificateThumbprint -eq $new -and $ValueSet.Hostname -eq 'web.example.com' }
        Should -Invoke Set-WSManInstance -Times 1 -Exactly
    }

    It 'is set for all HTTPS listeners if the old one is not known; a wrong host name becomes the first of the certificate' {
        & $script -Thumbprint $new -OldThumbprint '' > $null
        Should -Invoke Set-WSManInstance -Times 2 -Exactly
        Should -Invoke Set-WSManInstance -Times 1 -Exactly -ParameterFilter { $SelectorSet.Address -eq 'IP:192.0.2.1' -and $ValueSet.Hostname -eq 'first.example.com' }
    }

    It 'is not set with -WhatIf, again, or if no listener has the old one' {
        & $script -Thumbprint $new -OldThumbprint $old -WhatIf | Should -BeNullOrEmpty
        & $script -Thumbprint $new -OldThumbprint ('D' * 40) | Should -BeLike '*nothing was changed'
        & $script -Thumbprint $other -OldThumbprint $other | Should -BeNullOrEmpty
        Should -Invoke Set-WSManInstance -Times 0
    }
}

Describe 'The certificate of LDAPS' {
    BeforeAll {
        $script = Join-Path $folder 'Set-LdapsCertificate.ps1'
        $machine = 'HKLM:\SOFTWARE\Microsoft\SystemCertificates\MY\Certificates'
        $service = 'HKLM:\SOFTWARE\Microsoft\Cryptography\Services\NTDS\SystemCertificates\My\Certificates'
    }
    BeforeEach {
        $keys = [Collections.Generic.List[string]] @("$machine\$new", $service, "$service\$old", "$service\$other")
        Mock Test-Path { $LiteralPath -in $keys }
        Mock New-Item { }
        Mock Copy-Item { $keys.Add("$service\$new") }
        Mock Remove-Item { }
        Mock Update-DirectoryService { }
    }

    It 'is copied to the store of the service, which is asked to load it; nothing is removed' {
        & $script -Thumbprint $new -OldThumbprint $old | Should -BeLike '*BBBBBBBB was added'
        Should -Invoke Copy-Item -Times 1 -Exactly -ParameterFilter { $LiteralPath -eq "$machine\$new" -and $Destination -eq $service -and $Recurse }
        Should -Invoke Update-DirectoryService -Times 1 -Exactly
        Should -Invoke Remove-Item -Times 0
    }

    It 'replaces the one before with -RemoveOld, and no other' {
        & $script -Thumbprint $new -OldThumbprint $old -RemoveOld > $null
        Should -Invoke Remove-Item -Times 1 -Exactly -ParameterFilter { $LiteralPath -eq "$service\$old" }
        Should -Invoke Remove-Item -Times 1 -Exactly
        Should -Invoke Update-DirectoryService -Times 2 -Exactly
    }

    It 'removes nothing if the one before is not known or the same' {
        & $script -Thumbprint $new -OldThumbprint '' -RemoveOld > $null
        $keys.Remove("$service\$new") > $null
        & $script -Thumbprint $new -OldThumbprint $new -RemoveOld > $null
        Should -Invoke Remove-Item -Times 0
    }

    It 'is not copied with -WhatIf, again, or if it is not in the store of the machine' {
        & $script -Thumbprint $new -WhatIf | Should -BeNullOrEmpty
        { & $script -Thumbprint ('D' * 40) } | Should -Throw '*not in LocalMachine\My*'
        $keys.Add("$service\$new")
        & $script -Thumbprint $new | Should -BeLike '*already'
        Should -Invoke Copy-Item -Times 0
        Should -Invoke Update-DirectoryService -Times 0
    }
}

Describe 'The certificate of SQL Server' {
    BeforeAll {
        $script = Join-Path $folder 'Set-SqlServerCertificate.ps1'
        $base = 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server'
    }
    BeforeEach {
        $certificate = Build-StoreCertificate
        $instances = @{ MSSQLSERVER = $old.ToLowerInvariant(); SALES = $other; EMPTY = $null }
        Mock Get-Item -ParameterFilter { $LiteralPath -like 'Cert:*' } { $certificate }
        Mock Get-Item -ParameterFilter { $LiteralPath -like 'HKLM:*' } { [pscustomobject]@{} | Add-Member -MemberType ScriptMethod -Name GetValueNames -Value { 'MSSQLSERVER', 'SALES', 'EMPTY' } -PassThru }
        Mock Test-Path { $true }
        Mock Get-ItemProperty -ParameterFilter { $LiteralPath -eq "$base\Instance Names\SQL" } { [pscustomobject]@{ MSSQLSERVER = 'MSSQL16.MSSQLSERVER'; SALES = 'MSSQL16.SALES'; EMPTY = 'MSSQL16.EMPTY' } }
        Mock Get-ItemProperty -ParameterFilter { $LiteralPath -like '*SuperSocketNetLib' } {
            $name = $LiteralPath -replace '.*MSSQL16\.(\w+)\\.*', '$1'
            if ($instances[$name]) { [pscustomobject]@{ Certificate = $instances[$name] } } else { [pscustomobject]@{ ForceEncryption = 0 } }
        }
        Mock Set-ItemProperty { }
        Mock Restart-Service { }
    }

    It 'is set in lower case for the instance of the old one, which is not restarted' {
        & $script -Thumbprint $new -OldThumbprint $old | Should -BeLike '*MSSQLSERVER*after the next start*'
        Should -Invoke Set-ItemProperty -Times 1 -Exactly -ParameterFilter { $LiteralPath -eq "$base\MSSQL16.MSSQLSERVER\MSSQLServer\SuperSocketNetLib" -and $Name -eq 'Certificate' -and $Value -ceq $new.ToLowerInvariant() }
        Should -Invoke Set-ItemProperty -Times 1 -Exactly
        Should -Invoke Restart-Service -Times 0
    }

    It 'is set for the instances that are named, and -Restart restarts only those that changed' {
        & $script -Thumbprint $new -OldThumbprint '' -Instance SALES, EMPTY -Restart > $null
        Should -Invoke Set-ItemProperty -Times 2 -Exactly
        Should -Invoke Restart-Service -Times 1 -Exactly -ParameterFilter { $Name -eq 'MSSQL$SALES' }
        Should -Invoke Restart-Service -Times 1 -Exactly -ParameterFilter { $Name -eq 'MSSQL$EMPTY' }
        Should -Invoke Restart-Service -Times 2 -Exactly
    }

    It 'is not set with -WhatIf, again, if the old one is not known, for an unknown instance, or without an RSA key' {
        & $script -Thumbprint $new -OldThumbprint $old -WhatIf | Should -BeNullOrEmpty
        & $script -Thumbprint $other -OldThumbprint ('D' * 40) -Instance SALES | Should -BeNullOrEmpty
        & $script -Thumbprint $new -OldThumbprint '' | Should -BeNullOrEmpty -Because 'an instance without a certificate has not the old one'
        { & $script -Thumbprint $new -Instance MISSING } | Should -Throw "*no instance 'MISSING'*MSSQLSERVER, SALES, EMPTY*"
        $certificate = Build-StoreCertificate -Algorithm '1.2.840.10045.2.1'
        { & $script -Thumbprint $new -OldThumbprint $old } | Should -Throw '*no RSA key*'
        Should -Invoke Set-ItemProperty -Times 0
        Should -Invoke Restart-Service -Times 0
    }
}
