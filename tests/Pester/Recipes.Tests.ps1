# The pages of docs/recipes: every block runs as it is printed, on a host with systemd and the real server.
BeforeDiscovery {
    # The pages name Debian 12's version.
    $postgresql = Get-ChildItem /etc/postgresql -Directory -ErrorAction Ignore | Sort-Object { [int] $_.Name } | Select-Object -Last 1 | ForEach-Object Name
    # Certificate, Name and Task are those of the page; Endpoint and StartTls are what openssl asks; Needs is a file of the server, Process its name.
    # Request is what a client asked before it became idle.
    $recipes = @(
        @{ Page = 'nginx'; Needs = '/usr/sbin/nginx'; Service = 'nginx'; Process = 'nginx'; Endpoint = 'web.example.com:443'; Request = 'GET / HTTP/1.1'; ClientStays = $false }
        @{ Page = 'apache'; Needs = '/usr/sbin/a2enmod'; Service = 'apache2'; Process = 'apache2'; Endpoint = 'web.example.com:443'; Request = 'GET / HTTP/1.1'; ClientStays = $false }
        @{ Page = 'haproxy'; Needs = '/usr/sbin/haproxy'; Service = 'haproxy'; Process = 'haproxy'; Endpoint = 'web.example.com:443'; Request = 'GET / HTTP/1.1'; ClientStays = $false }
        @{
            Page = 'postgresql'; Needs = "/etc/postgresql/$postgresql/main"; Version = '15', $postgresql; Service = "postgresql@$postgresql-main"; Process = 'postgres'; Endpoint = 'db.example.com:5432'; StartTls = 'postgres'; ClientStays = $true
            Certificate = '/etc/ssl/mine/db.crt'; Name = 'db.example.com'; Task = 'db'
        }
        @{
            Page = 'postfix'; Extended = $true; Needs = '/usr/sbin/postfix'; Service = 'postfix'; Process = 'master'; Endpoint = 'mail.example.com:25'; StartTls = 'smtp'; ClientStays = $true
            Certificate = '/etc/ssl/mine/mail.crt'; Name = 'mail.example.com'; Task = 'mail'
        }
        @{
            Page = 'dovecot'; Extended = $true; Needs = '/usr/sbin/dovecot'; Service = 'dovecot'; Process = 'dovecot'; Endpoint = 'mail.example.com:143'; StartTls = 'imap'; ClientStays = $true
            Certificate = '/etc/ssl/mine/mail.crt'; Name = 'mail.example.com'; Task = 'mail'
        }
        @{
            Page = 'slapd'; Extended = $true; Needs = '/usr/sbin/slapd'; Service = 'slapd'; Process = 'slapd'; Endpoint = 'ldap.example.com:389'; StartTls = 'ldap'; ClientStays = $true
            Certificate = '/etc/ssl/mine/ldap.crt'; Name = 'ldap.example.com'; Task = 'ldap'
        }
        @{
            Page = 'redis'; Extended = $true; Needs = '/usr/bin/redis-server'; Service = 'redis-server'; Process = 'redis-server'; Endpoint = 'redis.example.com:6379'; ClientStays = $true
            Certificate = '/etc/ssl/mine/redis.crt'; Name = 'redis.example.com'; Task = 'redis'
        }
        @{
            Page = 'mosquitto'; Extended = $true; Needs = '/usr/sbin/mosquitto'; Service = 'mosquitto'; Process = 'mosquitto'; Endpoint = 'mqtt.example.com:8883'; ClientStays = $true
            Certificate = '/etc/ssl/mine/mqtt.crt'; Name = 'mqtt.example.com'; Task = 'mqtt'
        }
        @{ Page = 'tomcat'; Extended = $true; Needs = '/usr/libexec/tomcat10/tomcat-start.sh'; Service = 'tomcat10'; Process = 'java'; Endpoint = 'web.example.com:8443'; ClientStays = $true }
    )
    foreach ($recipe in $recipes) {
        foreach ($default in @{ Certificate = '/etc/ssl/mine/web.crt'; Name = 'web.example.com'; Task = 'web'; StartTls = $null; Request = $null; Version = $null; Extended = $false }.GetEnumerator()) {
            if (-not $recipe.ContainsKey($default.Key)) { $recipe[$default.Key] = $default.Value }
        }
    }
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestRecipes.psm1
    $environment = Use-CleanEnvironment
    $hindrance = Get-HostHindrance
    # The home of the account that runs the tests need not be /root.
    $userHome, $env:HOME = $env:HOME, (Join-Path $TestDrive home)
}

AfterAll {
    $env:HOME = $userHome
    Restore-Environment $environment
}

Describe 'The recipe for <Page>' -ForEach $recipes {
    BeforeEach {
        $systemd = $null
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the servers of the recipes run on Linux' }
        if ($Extended -and $env:STEPCARENEW_EXTENDED -ne '1') { return Set-ItResult -Skipped -Because 'it is run with --extended' }
        if ($hindrance) { return Skip-Test -Because $hindrance }
        if (-not (Test-Path $Needs)) { return Skip-Test -Because "$Needs is missing (build/prerequisites.sh)" }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive $Page)).FullName
        $systemd = Open-SystemdHost $folder
    }

    AfterEach {
        Close-SystemdHost $systemd
    }

    It 'works as printed, and the server serves the certificate of a scheduled renewal' {
        $seen = Invoke-Recipe $systemd $_
        $seen.Failure | Should -BeNullOrEmpty
        $seen.Warnings | Should -BeNullOrEmpty
        $seen.IsSame | Should -BeExactly $true -Because 'the page ends with a comparison'
        $seen.ServedBefore | Should -BeTrue
        $seen.ClientConnected | Should -BeTrue
        $seen.NoRunBefore | Should -BeTrue
        $seen.Renewed | Should -BeTrue -Because ($seen.Task | ConvertTo-Json)
        $seen.ServedAfter | Should -BeTrue
        $seen.Task.LastStatus | Should -BeExactly Renewed
        $seen.Task.LastErrorId | Should -BeNullOrEmpty
        $seen.Task.ActionsPending | Should -BeFalse
        $seen.Schedule.ScheduleHealthy | Should -BeTrue -Because ($seen.Schedule.ScheduleDifferences -join ' ')
        $seen.ProcessAfter | Should -BeExactly $seen.ProcessBefore -Because 'a reload keeps the main process'
        $seen.ProcessBefore | Should -Not -BeNullOrEmpty
        $seen.ClientStays | Should -Be $ClientStays
    }
}

Describe 'The pages in docs/recipes' -ForEach @(@{ Recipes = $recipes }) {
    It 'are each run as a recipe, and linked from the index' {
        $pages = Get-ChildItem (Get-RepositoryPath docs/recipes) -Filter *.md | ForEach-Object BaseName | Where-Object { $_ -ne 'README' }
        $pages | Should -Be ($recipes.Page | Sort-Object)
        $index = Get-Content (Get-RepositoryPath docs/recipes/README.md) -Raw
        foreach ($page in $pages) { $index | Should -BeLike "*]($page.md)*" }
    }

    It '<Page> has no command outside its blocks' -ForEach ($recipes + @{ Page = 'README' }) {
        Get-InlineCommand (Get-RepositoryPath "docs/recipes/$Page.md") | Should -BeNullOrEmpty
    }

    It 'README has no block, because none would run' {
        Get-RecipeBlock (Get-RepositoryPath docs/recipes/README.md) | Should -BeNullOrEmpty
    }
}
