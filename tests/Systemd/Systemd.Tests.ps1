# Registered renewals on a machine with a running systemd. The tests build on one another, in their order: a machine takes a
# minute to start, and PowerShell in it half a minute.
BeforeAll {
    Import-Module $PSScriptRoot/StepCaRenew.TestMachine.psm1
    $reason = Get-ReasonWithoutMachine
    if (-not $reason) { $machine = New-TestMachine }
    $names = 'web', 'signal', 'slow'
    $script:isUnderWay = $false

    # Values of properties, by name.
    function Get-UnitProperty {
        param([string] $Unit, [string[]] $Property)
        $values = @{}
        foreach ($line in Invoke-TestMachine $machine "systemctl show --timestamp=unix -p $($Property -join ',') -- '$Unit'") {
            $key, $value = $line -split '=', 2
            $values[$key] = $value
        }
        $values
    }

    # Waits for the end of all runs of the registered renewals; each must have run in this boot.
    function Wait-Run {
        param([string[]] $Name)
        Invoke-TestMachine $machine -TimeoutSeconds 420 @"
for name in $Name; do
    until [ "`$(systemctl show -p ExecMainExitTimestampMonotonic --value stepcarenew-`$name.service)" != 0 ] &&
        [ "`$(systemctl show -p ActiveState --value stepcarenew-`$name.service)" != activating ]; do sleep 1; done
done
"@
    }

    # The output of a service's run, from its own process; PowerShell itself logs its starts to syslog.
    function Get-RunLine {
        param([string] $Name)
        @(Invoke-TestMachine $machine "journalctl -q -o cat _TRANSPORT=stdout _SYSTEMD_INVOCATION_ID=`$(systemctl show -p InvocationID --value stepcarenew-$Name.service)") -match '\S'
    }

    function Get-Serial {
        param([string] $Name)
        Invoke-TestMachine $machine "openssl x509 -noout -serial -in /etc/certs/$Name.crt"
    }

    function Get-FailedUnit {
        @(Invoke-TestMachine $machine "systemctl list-units --all --failed --plain --no-legend 'stepcarenew-*'") -match '\S'
    }
}

AfterAll {
    if (-not $reason) { Stop-TestMachine $machine -AtOnce }
}

Describe 'A renewal on a machine with a running systemd' {
    BeforeEach {
        if ($reason) { return Set-ItResult -Skipped -Because $reason }
        if ($script:isUnderWay) { return Set-ItResult -Skipped -Because 'a test that it builds on failed' }
        $script:isUnderWay = $true
    }

    It 'is registered, and runs in its sandbox' {
        Start-TestMachine $machine
        Invoke-TestMachine $machine @'
set -eu
mkdir -p /opt/ca /etc/certs
export STEPPATH=/opt/ca
(umask 077; echo test-password >/opt/ca/password.txt)
/opt/ca-server/step-ca init -address 127.0.0.1:9000 -dns 127.0.0.1,localhost -password-file /opt/ca/password.txt >/dev/null 2>&1
systemctl restart test-ca
until (exec 3<>/dev/tcp/127.0.0.1/9000) 2>/dev/null; do sleep 0.2; done
for name in web signal slow user; do
    /opt/ca-server/step-ca issue -password-file /opt/ca/password.txt -lifetime 24h /etc/certs/$name.crt /etc/certs/$name.key $name.local >/dev/null
done
chmod 600 /etc/certs/*.key

# A daemon that counts its signals, and a service that starts only when it is let.
cat >/opt/daemon.sh <<'SH'
trap 'echo hup >>/run/daemon.hups' HUP
echo $$ >/run/daemon.pid
while :; do sleep 1; done
SH
cat >/etc/systemd/system/daemon.service <<'UNIT'
[Service]
ExecStart=/bin/bash /opt/daemon.sh
[Install]
WantedBy=multi-user.target
UNIT
cat >/etc/systemd/system/slow.service <<'UNIT'
[Service]
Type=notify
NotifyAccess=all
TimeoutStartSec=10min
ExecStart=/bin/bash -c 'until [ -e /run/slow.go ]; do sleep 0.2; done; systemd-notify --ready; exec sleep infinity'
ExecReload=/bin/bash -c 'echo reload >>/run/slow.reloads'
UNIT
systemctl daemon-reload
systemctl enable --quiet --now daemon
'@
        # The second registration changes the interval of an active timer.
        $tasks = Invoke-TestMachinePwsh $machine @'
$at = @{ StepPath = '/opt/ca'; Interval = '1h' }
Register-Patiently signal /etc/certs/signal.crt @at -Signal HUP -PidFile /run/daemon.pid
Register-Patiently slow /etc/certs/slow.crt @at -FilePath /usr/bin/cp -ArgumentList /proc/self/status, /run/status -ReloadService slow
Register-Patiently web /etc/certs/web.crt -StepPath /opt/ca -Interval 30m > $null
Register-Patiently web /etc/certs/web.crt @at -RunNow
'@
        $tasks.Name | Should -Be signal, slow, web
        $tasks.Scheduler | Should -Be Systemd, Systemd, Systemd
        $tasks.ScheduleDifferences | Should -BeNullOrEmpty
        $tasks[2].RunExitCode | Should -Be 0
        $tasks[2].Schedule | Should -MatchExactly '^\*:\d\d:\d\d$'
        (Get-UnitProperty stepcarenew-web.timer TimersCalendar).TimersCalendar | Should -BeLike "*OnCalendar=*$($tasks[2].Schedule) ; next_elapse=*"
        Wait-Run $names
        foreach ($name in $names) {
            $service = Get-UnitProperty "stepcarenew-$name.service" Result, ExecMainStatus, ProtectSystem, Description
            $service.Result | Should -BeExactly success -Because (Get-RunLine $name)
            $service.ProtectSystem | Should -BeExactly $(if ($name -eq 'slow') { 'full' } else { 'strict' })
        }
        Get-FailedUnit | Should -BeNullOrEmpty
        $script:isUnderWay = $false
    }

    It 'writes one line to the journal if it is not due, without a doubled full stop' {
        Get-RunLine web | Should -HaveCount 1
        Get-RunLine web | Should -MatchExactly '^web: Not due before '
        $journal = Invoke-TestMachine $machine 'journalctl -q -o cat -u stepcarenew-web.service'
        $journal -match '^Finished .*\(StepCaRenew\)' | Should -Not -BeNullOrEmpty
        $journal -match '^Finished .*\.\.$' | Should -BeNullOrEmpty
        $script:isUnderWay = $false
    }

    It 'runs once after a missed slot, with the random delay, and renews' {
        $before = $names | ForEach-Object { Get-Serial $_ }
        # Due after two thirds of its 24 hours, and no slot of the three in the ten minutes after the boot.
        $minutes = @(foreach ($name in $names) { [int] ((Get-UnitProperty "stepcarenew-$name.timer" TimersCalendar).TimersCalendar -replace '^.*OnCalendar=.*:(\d\d):\d\d ;.*$', '$1') })
        $free = (0..59).Where({ $at = $_; -not $minutes.Where({ (60 + $_ - $at) % 60 -le 10 }) }, 'First')[0]
        $now = [datetime]::UtcNow
        Stop-TestMachine $machine
        Start-TestMachine $machine -At $now.Date.AddHours($now.Hour + 18).AddMinutes($free)
        Wait-Run $names
        foreach ($name in $names) {
            $timer = Get-UnitProperty "stepcarenew-$name.timer" InactiveExitTimestampMonotonic, TimersMonotonic
            $delay = [int] (Invoke-TestMachine $machine "sed -n 's/^OnActiveSec=\(.*\)s$/\1/p' /etc/systemd/system/stepcarenew-$name.timer")
            # systemd's message "unit starting".
            $starts = @(Invoke-TestMachine $machine "journalctl -q -b -o json MESSAGE_ID=7d4958e842da4a758f6c1cdc7b36dcc5 UNIT=stepcarenew-$name.service" | ConvertFrom-Json)
            $starts | Should -HaveCount 1 -Because "$name runs once"
            $late = ([long] $starts[0].__MONOTONIC_TIMESTAMP - [long] $timer.InactiveExitTimestampMonotonic) / 1e6 - $delay
            $late | Should -BeGreaterThan -1
            $late | Should -BeLessThan 10 -Because 'each begins after a time of its own'
        }
        $names | ForEach-Object { Get-RunLine $_ } | Should -HaveCount 3
        foreach ($name in $names) { Get-RunLine $name | Should -MatchExactly "^${name}: Renewed; valid until " }
        $after = $names | ForEach-Object { Get-Serial $_ }
        0..2 | Where-Object { $after[$_] -eq $before[$_] } | Should -BeNullOrEmpty
        Invoke-TestMachine $machine 'cat /run/daemon.hups' | Should -Be hup -Because 'a signal gets through the strict sandbox'
        # CAP_SYS_MODULE is 16, CAP_SYSLOG 34; a program after a renewal has all others.
        $bounds = Invoke-TestMachine $machine "awk '/^CapBnd/ { print `$2 }' /run/status; awk '/^CapBnd/ { print `$2 }' /proc/1/status"
        [Convert]::ToUInt64($bounds[0], 16) | Should -Be ([Convert]::ToUInt64($bounds[1], 16) -band -bnot ((1L -shl 16) -bor (1L -shl 34)))
        Get-FailedUnit | Should -BeNullOrEmpty
        $script:isUnderWay = $false
    }

    It 'waits for a service that is starting, and reloads it then' {
        Invoke-TestMachine $machine @'
set -eu
systemctl start --no-block slow
cat >/opt/force.ps1 <<'PS'
Import-Module StepCaRenew
(Invoke-StepRenewal -Name slow -Force).ActionsPending | Set-Content /run/pending
PS
log=$(ls /var/log/stepcarenew/slow/*.log /var/lib/stepcarenew/*/slow/*.log 2>/dev/null | head -n 1)
systemd-run --quiet --unit=by-hand pwsh -NoProfile -NonInteractive -File /opt/force.ps1
until grep -q '"event":"ServiceAwaited"' "$log"; do
    [ "$(systemctl is-active by-hand)" = active ] || { journalctl -q -o cat -u by-hand; exit 1; }
    sleep 0.5
done
[ "$(systemctl is-active slow || true)" = activating ]
[ ! -e /run/slow.reloads ]
touch /run/slow.go
while [ "$(systemctl is-active by-hand)" = active ]; do sleep 0.5; done
'@
        Invoke-TestMachine $machine 'cat /run/slow.reloads' | Should -Be reload
        Invoke-TestMachine $machine 'cat /run/pending' | Should -Be False
        $script:isUnderWay = $false
    }

    It 'fails with an exit code without a name, and recovers' {
        Invoke-TestMachine $machine 'chmod 666 /etc/stepcarenew/renewals/web.json; systemctl start stepcarenew-web.service' -AllowFailure > $null
        (Get-UnitProperty stepcarenew-web.service ExecMainStatus).ExecMainStatus | Should -Be 41
        Invoke-TestMachine $machine 'journalctl -q -o cat -u stepcarenew-web.service' | Where-Object { $_ -like '*status=41*' } | Should -BeLike '*status=41/n/a'
        Get-FailedUnit | Should -HaveCount 1 -Because 'a failed run is to be seen'
        Invoke-TestMachine $machine 'systemctl is-system-running' -AllowFailure | Should -Be degraded
        Invoke-TestMachine $machine 'chmod 644 /etc/stepcarenew/renewals/web.json; systemctl start stepcarenew-web.service' > $null
        Get-FailedUnit | Should -BeNullOrEmpty
        Invoke-TestMachine $machine 'systemctl is-system-running' | Should -Be running
        $script:isUnderWay = $false
    }

    It 'leaves nothing after unregistering, also during or after a failed run' {
        Invoke-TestMachine $machine 'mv /etc/certs/web.key /etc/certs/web.gone; systemctl start stepcarenew-web.service' -AllowFailure > $null
        (Get-UnitProperty stepcarenew-web.service ExecMainStatus).ExecMainStatus | Should -Be 1
        Get-FailedUnit | Should -HaveCount 1
        # A run that hangs while its renewal is unregistered is stopped.
        Invoke-TestMachine $machine @'
systemctl start --no-block stepcarenew-signal.service
until [ "$(systemctl show -p MainPID --value stepcarenew-signal.service)" != 0 ]; do sleep 0.1; done
systemctl kill --signal=STOP stepcarenew-signal.service
'@
        Invoke-TestMachinePwsh $machine 'foreach ($name in ''web'', ''signal'', ''slow'') { Unregister-StepRenewalTask $name -Confirm:$false }' > $null
        Invoke-TestMachine $machine "systemctl list-units --all --plain --no-legend 'stepcarenew-*'; ls /etc/systemd/system /etc/systemd/system/timers.target.wants | grep stepcarenew" -AllowFailure | Should -BeNullOrEmpty
        Invoke-TestMachine $machine 'systemctl is-system-running' | Should -Be running
        $script:isUnderWay = $false
    }

    It 'belongs to a user, and runs while the user is not logged in' {
        Invoke-TestMachine $machine @'
set -eu
cp -r /opt/ca /home/user1/.step
rm -r /home/user1/.step/secrets /home/user1/.step/db /home/user1/.step/password.txt
sed -i 's|/opt/ca|/home/user1/.step|g' /home/user1/.step/config/defaults.json
mkdir /home/user1/certs
cp /etc/certs/user.* /home/user1/certs
chown -R user1: /home/user1
'@
        $task = Invoke-TestMachinePwsh $machine -User user1 'Register-Patiently own ~/certs/user.crt -Scope CurrentUser -WarningAction Ignore'
        $task.ScheduleDifferences | Should -BeLike "*run 'loginctl enable-linger user1' as root*"
        Invoke-TestMachine $machine 'loginctl enable-linger user1'
        Invoke-TestMachine $machine -TimeoutSeconds 300 @'
service="systemctl --user --machine=user1@ show --value stepcarenew-own.service"
until [ "$($service -p ExecMainExitTimestampMonotonic)" != 0 ] && [ "$($service -p ActiveState)" != activating ]; do sleep 1; done
'@
        Invoke-TestMachine $machine "systemctl --user --machine=user1@ show -p Result,ExecMainStatus stepcarenew-own.service" | Sort-Object | Should -Be 'ExecMainStatus=0', 'Result=success'
        Invoke-TestMachinePwsh $machine -User user1 'Unregister-StepRenewalTask own -Confirm:$false' > $null
        Invoke-TestMachine $machine "systemctl --user --machine=user1@ list-units --all --plain --no-legend 'stepcarenew-*'" | Should -BeNullOrEmpty
        $script:isUnderWay = $false
    }
}
