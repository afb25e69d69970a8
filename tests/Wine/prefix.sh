# shellcheck shell=bash
# The prefix with PowerShell for Windows; starts and ends its processes. For make-prefix.sh and run.sh.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=${STEPCARENEW_WINE:-$root/out/wine-pwsh}
prefix=$dir/prefix

# Debian's wine64 puts neither on PATH.
wine=/usr/lib/wine/wine64
[ -x "$wine" ] || wine=$(command -v wine64 || command -v wine || true)
server=/usr/lib/wine/wineserver
[ -x "$server" ] || server=$(command -v wineserver || true)

# The marker tells these processes, and the server and services that they start, from all others of this machine.
marker="STEPCARENEW_WINE_PREFIX=$prefix"
wine_environment=(
    "$marker" "WINEPREFIX=$prefix" "HOME=$dir/home" 'PATH=/usr/bin:/bin' 'SHELL=/bin/bash' 'TERM=xterm' 'LANG=C.UTF-8' 'DISPLAY='
    'WINEDEBUG=fixme-all,err-all' 'WINEDLLOVERRIDES=winedbg.exe=d;winemenubuilder.exe=d;mshtml=d'
    'WINEPATH=C:\Program Files\dotnet;C:\Program Files\PowerShell\7'
    'DOTNET_ROOT=C:\Program Files\dotnet' 'DOTNET_STARTUP_HOOKS=C:\Program Files\hook\StepCaRenew.WineHook.dll'
    'DOTNET_EnableDiagnostics=0' 'DOTNET_EnableWriteXorExecute=0' 'POWERSHELL_TELEMETRY_OPTOUT=1' 'POWERSHELL_UPDATECHECK=Off'
)

# Ends all processes of the prefix: by their server, which knows its Windows programs, then those that are left, by their ids.
end_prefix() {
    if [ -d "$prefix" ]; then
        timeout --kill-after=2 10 env -i "${wine_environment[@]}" "$server" -k >/dev/null 2>&1 </dev/null || true
    fi
    local file id
    for file in $(grep -lszxF "$marker" /proc/[0-9]*/environ); do
        id=${file#/proc/}
        kill -9 "${id%/environ}" 2>/dev/null || true
    done
    return 0
}
