#!/usr/bin/env bash
# pester.sh [--limit SECONDS] NAME...: runs tests/Pester/NAME.Tests.ps1 in PowerShell for Windows (README.md).
set -euo pipefail
# shellcheck source=tests/Wine/prefix.sh
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
limit=300
[ "${1:-}" != --limit ] || { limit=$2; shift 2; }
[ $# -gt 0 ] || { sed -n '2s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

windows_path() { printf 'Z:%s' "${1//\//\\}"; }

pester=''
IFS=: read -ra folders <<<"$root/out/modules:${PSModulePath:-}:$HOME/.local/share/powershell/Modules:/usr/local/share/powershell/Modules"
for folder in "${folders[@]}"; do
    for file in "$folder"/Pester/{5.*/,}Pester.psd1; do
        [ ! -f "$file" ] || [ -n "$pester" ] || pester=$file
    done
done
[ -n "$pester" ] || { echo 'There is no Pester 5: ./build.sh test --suite Wine fetches it.' >&2; exit 2; }
package=$(printf '%s\n' "$root"/out/package/StepCaRenew/*/ | sort -V | tail -n 1)
STEPCARENEW_PACKAGE=$(windows_path "${package%/}")
export STEPCARENEW_PACKAGE STEPCARENEW_CONFIGURATION=${STEPCARENEW_CONFIGURATION:-Release} NO_COLOR=1

paths=''
for name in "$@"; do paths+="${paths:+|}$(windows_path "$root/tests/Pester/$name.Tests.ps1")"; done
mkdir -p "$root/out/results"
"$root/tests/Wine/run.sh" --limit "$limit" pwsh -NoProfile -NonInteractive -File "$(windows_path "$root/build/RunPester.ps1")" \
    -Pester "$(windows_path "$pester")" -Path "$paths" -Result "$(windows_path "$root/out/results/wine-pester.json")" \
    -Plan "$(windows_path "$root/out/results/wine-pester.plan.json")"
