BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestKeys.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }
    $nginx = '/usr/sbin/nginx', '/usr/bin/nginx' | Where-Object { Test-Path $_ } | Select-Object -First 1
    $postgres = Get-ChildItem /usr/lib/postgresql/*/bin/postgres -ErrorAction Ignore | Select-Object -Last 1

    function Get-NewFolder {
        [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
    }

    function Start-Server {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $FilePath, [string[]] $ArgumentList, [int] $Port)
        $start = [Diagnostics.ProcessStartInfo]::new($FilePath)
        foreach ($argument in $ArgumentList) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.BeginOutputReadLine()
        $process.BeginErrorReadLine()
        $servers.Add($process)
        Wait-Until -Seconds 20 {
            if ($process.HasExited) { throw "$FilePath ended with exit code $($process.ExitCode)" }
            $client = [Net.Sockets.TcpClient]::new()
            try { $client.Connect('127.0.0.1', $Port); $true } catch [Net.Sockets.SocketException] { $false } finally { $client.Dispose() }
        } | Should -BeTrue -Because "$FilePath listens on port $Port"
        $process
    }

    # A master process ends its workers.
    function Stop-Server {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param()
        foreach ($process in $servers) {
            if (-not $process.HasExited) { kill -TERM $process.Id }
            if (-not $process.WaitForExit(10000)) { $process.Kill($true); $process.WaitForExit() }
            $process.Dispose()
        }
        $servers.Clear()
    }

    # An nginx that serves a pair, in the foreground.
    function Start-Nginx {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param($Pair, [string] $Folder, [string] $More = '')
        $port = Get-FreePort
        $script:configuration = Join-Path $Folder nginx.conf
        [IO.File]::WriteAllText($configuration, @"
pid $Folder/nginx.pid;
error_log $Folder/error.log;
worker_processes 1;
events { }
http {
    access_log $Folder/access.log;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $($Pair.CertificatePath);
        ssl_certificate_key $($Pair.KeyPath);
        $($More.Replace('PORT', $port))
    }
}
"@)
        Start-Server $nginx -ArgumentList '-c', $configuration, '-e', "$Folder/error.log", '-g', 'daemon off;' -Port $port > $null
        $port
    }

    $servers = [Collections.Generic.List[Diagnostics.Process]]::new()
}

AfterAll {
    Stop-Server
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'The certificates that servers serve' {
    BeforeEach {
        if ($ca.Reason) { Skip-Test $ca.Reason }
        if ($IsWindows) { Set-ItResult -Skipped -Because 'the servers of these tests are those of Unix' }
        elseif (-not $nginx) { Skip-Test 'nginx is not installed' }
        $folder = Get-NewFolder
        if (-not $ca.Reason) { $pair = Build-TestCertificate -Authority $authority -Folder $folder }
    }

    AfterEach { Stop-Server }

    Context 'Get-StepCertificate' {
        It 'shows the certificate of nginx, which nobody trusts' {
            $port = Start-Nginx $pair $folder
            $shown = Get-StepCertificate -Uri "https://127.0.0.1:$port/path"
            $file = Get-StepCertificate $pair.CertificatePath
            $shown.Name | Should -BeExactly "127.0.0.1:$port"
            $shown.ServedBy | Should -BeExactly "https://127.0.0.1:$port"
            $shown.Status | Should -BeExactly $file.Status
            $shown.KeyStatus | Should -BeExactly 'NotChecked'
            $shown.SerialNumber | Should -BeExactly $file.SerialNumber
            $shown.Subject | Should -BeExactly $file.Subject
            $shown.ServedChain | Should -Be $authority.Intermediate.Subject
            $shown.CertificatePath | Should -BeNullOrEmpty
            $shown.KeyPath | Should -BeNullOrEmpty
            $shown.IsSame | Should -BeNullOrEmpty
        }

        It 'compares it with a file' {
            $port = Start-Nginx $pair $folder
            $same = Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $pair.CertificatePath
            $same.IsSame | Should -BeTrue
            $same.Difference | Should -BeNullOrEmpty
            $same.ComparedWith | Should -BeExactly $pair.CertificatePath
            $next = Build-TestCertificate -Authority $authority -Folder $folder -Name next
            $other = Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $next.CertificatePath
            $other.IsSame | Should -BeFalse
            $other.Difference | Should -BeLike "*$($same.SerialNumber)*$((Get-StepCertificate $next.CertificatePath).SerialNumber)*"
            ($other | Format-Table | Out-String) | Should -BeLike '*DIFFERS*'
        }

        It 'compares it with a PFX file that has a password' {
            $port = Start-Nginx $pair $folder
            $pfx = Join-Path $folder web.pfx
            Export-TestPfx $pair $pfx -Password secret
            $passwordFile = Join-Path $folder password
            [IO.File]::WriteAllText($passwordFile, "secret`n")
            $password = [Net.NetworkCredential]::new('', 'secret').SecurePassword
            $same = Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $pfx -KeyPasswordFile $passwordFile
            $same.IsSame, $same.Difference, $same.ComparedWith | Should -Be $true, $null, $pfx
            (Get-StepCertificate -Uri "https://127.0.0.1:$port" -CompareWith $pfx -KeyPassword $password).IsSame | Should -BeTrue
            { Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $pfx } | Should -Throw -ErrorId 'KeyPasswordRequired,*'
            { Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $pfx -KeyPassword ([securestring]::new()) } | Should -Throw -ErrorId 'KeyPasswordRequired,*'
            { Get-StepCertificate -Endpoint "127.0.0.1:$port" -CompareWith $pfx -KeyPasswordFile $passwordFile -KeyPassword $password } | Should -Throw -ErrorId 'ConflictingParameters,*'
        }

        It 'refuses a password without a file that it opens: <_>' -ForEach '-Uri https://h -KeyPasswordFile f', '-Endpoint h:1 -KeyPassword ([securestring]::new())' {
            { & ([scriptblock]::Create("Get-StepCertificate $_ -ErrorAction Stop")) } | Should -Throw -ErrorId 'ConflictingParameters,*'
        }

        It 'shows it if nginx requires a client certificate, by <_>' -ForEach 'TLSv1.2', 'TLSv1.3' {
            $port = Start-Nginx $pair $folder -More "ssl_protocols $_; ssl_verify_client on; ssl_client_certificate $($pair.CertificatePath);"
            (Get-StepCertificate -Uri "https://127.0.0.1:$port").SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        }

        It 'shows it if OpenSSL ends the handshake without a client certificate, by -<_>' -ForEach 'tls1_2', 'tls1_3' {
            $port = Get-FreePort
            Start-Server openssl -ArgumentList 's_server', '-accept', "127.0.0.1:$port", '-cert', $pair.CertificatePath, '-key', $pair.KeyPath, '-Verify', '1', '-verify_return_error', "-$_" -Port $port > $null
            (Get-StepCertificate -Uri "https://127.0.0.1:$port").SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        }

        It 'asks for the name in -ServerName' {
            $shop = Build-TestCertificate -Authority $authority -Folder $folder -Name shop
            $port = Start-Nginx $pair $folder -More "} server { listen 127.0.0.1:PORT ssl; server_name shop.test; ssl_certificate $($shop.CertificatePath); ssl_certificate_key $($shop.KeyPath);"
            (Get-StepCertificate -Endpoint "127.0.0.1:$port" -ServerName shop.test).SerialNumber | Should -BeExactly (Get-LeafSerial $shop.CertificatePath)
            (Get-StepCertificate -Endpoint "127.0.0.1:$port").SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        }

        It 'shows the certificate of PostgreSQL' {
            if (-not $postgres) { Skip-Test 'PostgreSQL is not installed'; return }
            if ((id -u) -ne 0) { Skip-Test 'the server needs an account of its own, which root can use'; return }
            $port = Get-FreePort
            $data = [IO.Directory]::CreateTempSubdirectory('stepcarenew-postgres-').FullName
            try {
                chown postgres $data
                $asPostgres = '--reuid=postgres', '--regid=postgres', '--clear-groups'
                & setpriv @asPostgres (Join-Path $postgres.DirectoryName initdb) --auth=trust --no-sync -D $data > $null
                Copy-Item $pair.CertificatePath (Join-Path $data server.crt)
                Copy-Item $pair.KeyPath (Join-Path $data server.key)
                chown postgres (Join-Path $data server.crt) (Join-Path $data server.key)
                chmod 0600 (Join-Path $data server.key)
                $arguments = $asPostgres + @($postgres.FullName, '-D', $data, '-c', 'ssl=on', '-c', "port=$port", '-c', 'listen_addresses=127.0.0.1', '-c', "unix_socket_directories=$data")
                Start-Server setpriv -ArgumentList $arguments -Port $port > $null
                (Get-StepCertificate -Uri "postgres://127.0.0.1:$port").SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
                (Get-StepCertificate -Endpoint "127.0.0.1:$port" -StartTls postgres -CompareWith $pair.CertificatePath).IsSame | Should -BeTrue
                # Another protocol than the server's.
                { Get-StepCertificate -Uri "https://127.0.0.1:$port" -ErrorAction Stop } | Should -Throw -ErrorId '*,StepCaRenew.Cmdlets.GetStepCertificateCommand'
            }
            finally {
                Stop-Server
                Remove-Item -LiteralPath $data -Recurse -Force
            }
        }

        It 'reports each server that fails, and shows the others' {
            $port = Start-Nginx $pair $folder
            $closed = Get-FreePort
            $shown = Get-StepCertificate -Uri "https://127.0.0.1:$closed", 'https://', "https://127.0.0.1:$port" -ErrorVariable problems -ErrorAction SilentlyContinue
            $shown.ServedBy | Should -BeExactly "https://127.0.0.1:$port"
            $problems.FullyQualifiedErrorId | Sort-Object | Should -Be 'ServerAddressInvalid,StepCaRenew.Cmdlets.GetStepCertificateCommand', 'ServerUnreachable,StepCaRenew.Cmdlets.GetStepCertificateCommand'
        }

        It 'takes servers from objects' {
            $port = Start-Nginx $pair $folder
            ([pscustomobject]@{ Name = 'web'; Uri = "https://127.0.0.1:$port" } | Get-StepCertificate).SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
            ([pscustomobject]@{ Endpoint = "127.0.0.1:$port" } | Get-StepCertificate).SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        }

        It 'ends in time if a server hangs' {
            $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $listener.Start()
            try {
                $watch = [Diagnostics.Stopwatch]::StartNew()
                { Get-StepCertificate -Uri "https://127.0.0.1:$($listener.LocalEndpoint.Port)" -Timeout 500ms -ErrorAction Stop } | Should -Throw -ErrorId 'ServerTimeout,*'
                $watch.Elapsed.TotalSeconds | Should -BeLessThan 8
            }
            finally {
                $listener.Stop()
            }
        }

        It 'refuses <_>' -ForEach '-Uri https://h -StartTls smtp', '-Endpoint h:1 -Recurse', '-Path . -CompareWith x' {
            { & ([scriptblock]::Create("Get-StepCertificate $_ -ErrorAction Stop")) } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }
    }

    Context 'Invoke-StepRenewal -ServedBy' {
        It 'ends well if the reload makes nginx serve the new certificate' {
            $port = Start-Nginx $pair $folder
            $result = Invoke-StepRenewal $pair.CertificatePath -Force @atCa -FilePath $nginx -ArgumentList '-c', $configuration, '-e', "$folder/error.log", '-s', 'reload' -ServedBy "https://127.0.0.1:$port" -ServedTimeout 20s
            $result.Status, $result.ErrorId, $result.ActionsPending | Should -Be 'Renewed', $null, $false
            (Get-StepCertificate -Uri "https://127.0.0.1:$port" -CompareWith $pair.CertificatePath).IsSame | Should -BeTrue
        }

        It 'finds a service that was not reloaded, and that it was reloaded by hand' {
            $port = Start-Nginx $pair $folder
            $served = @{ ServedBy = "https://127.0.0.1:$port"; ServedTimeout = '500ms' }
            $old = Get-LeafSerial $pair.CertificatePath
            $result = Invoke-StepRenewal $pair.CertificatePath -Force @atCa @served -ErrorVariable problems -ErrorAction SilentlyContinue
            $result.Status, $result.ErrorId, $result.ActionsPending | Should -Be 'Renewed', 'NotServed', $true
            $problems | Should -HaveCount 1
            $problems[0].FullyQualifiedErrorId | Should -BeExactly 'NotServed,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
            "$($problems[0])" | Should -BeLike "web.local was renewed, but its server 127.0.0.1:$port still serves the old certificate (serial number $old instead of $($result.SerialNumber))."

            & $nginx -c $configuration -e "$folder/error.log" -s reload
            $served.ServedTimeout = '20s'
            $result = Invoke-StepRenewal $pair.CertificatePath @atCa @served
            $result.Status, $result.ErrorId, $result.ActionsPending | Should -Be 'NotDue', $null, $false
        }

        It 'is part of the definition of a registered renewal' {
            $port = Start-Nginx $pair $folder
            $env:STEPCARENEW_HOME = Get-NewFolder
            try {
                $register = @{ Name = 'web'; CertificatePath = $pair.CertificatePath; Scope = 'CurrentUser'; Scheduler = 'Cron'; ServedBy = "https://127.0.0.1:$port"; ServedTimeout = '500ms'; StepPath = $ca.Folder }
                (Register-StepRenewalTask @register -AsText -Verbose 4>&1) -join "`n" | Should -BeLike "*`"servedBy`"*https://127.0.0.1:$port*`"servedTimeout`": `"500ms`"*"
            }
            finally {
                Remove-Item Env:STEPCARENEW_HOME
            }
        }

        It 'refuses -ServedTimeout without a server, and a bad address, before the CA is asked' {
            $before = Get-LeafSerial $pair.CertificatePath
            { Invoke-StepRenewal $pair.CertificatePath -Force @atCa -ServedTimeout 5s -ErrorAction Stop } | Should -Throw -ErrorId 'ConflictingParameters,*'
            { Invoke-StepRenewal $pair.CertificatePath -Force @atCa -ServedBy web.example.com -ErrorAction Stop } | Should -Throw -ErrorId 'ServerAddressInvalid,*'
            Get-LeafSerial $pair.CertificatePath | Should -BeExactly $before
        }
    }
}
