#!/usr/bin/env bash
# run.sh [--limit SECONDS] pwsh|dotnet|PROGRAM ARGUMENTS...
#   runs a Windows program in the prefix of make-prefix.sh: output, error output and exit code are the program's. After
#   SECONDS (by default 300) all processes of the prefix are ended, and the exit code is 124.
# run.sh --end
#   ends all processes of the prefix; without it, Wine's own services end some seconds after the last program.
# Paths in arguments are those of Windows: Z:\ is the root of this machine. Of this environment a program gets the
# variables STEPCARENEW_... and NO_COLOR.
set -uo pipefail
# shellcheck source=tests/Wine/prefix.sh
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"

limit=300
case "${1:-}" in
    --end) end_prefix; exit 0 ;;
    --limit) limit=$2; shift 2 ;;
esac
[ $# -gt 0 ] || { sed -n '2,8s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
[ -f "$dir/stamp" ] || { echo "There is no prefix in '$dir': run tests/Wine/make-prefix.sh." >&2; exit 2; }
case "$1" in
    pwsh) program='C:\Program Files\PowerShell\7\pwsh.exe' ;;
    dotnet) program='C:\Program Files\dotnet\dotnet.exe' ;;
    *) program=$1 ;;
esac
shift

for name in $(compgen -e STEPCARENEW_) NO_COLOR; do
    [ "$name" = STEPCARENEW_WINE_PREFIX ] || [ -z "${!name+set}" ] || wine_environment+=("$name=${!name}")
done

# Wine gives a program a console only if its input is a terminal; without a console pwsh ends at once and says nothing.
# Its output goes to files: Wine's services inherit it, and would hold a pipe open.
output=$(mktemp -d)
command="$(printf '%q ' "$wine" "$program" "$@") >$(printf %q "$output/out") 2>$(printf %q "$output/err")"
ended=''
finish() {
    cat "$output/out" 2>/dev/null
    grep -Ev '^(wine: Read access denied for device|GnuTLS error:)' "$output/err" >&2 2>/dev/null
    rm -rf "$output"
}
trap 'end_prefix; finish; exit 143' TERM INT HUP
env -i "${wine_environment[@]}" timeout --kill-after=5 "$limit" script -qec "$command" /dev/null </dev/null >/dev/null 2>&1 &
wait $!
code=$?
if [ $code -eq 124 ] || [ $code -eq 137 ]; then
    end_prefix
    ended=1
    code=124
fi
finish
[ -z "$ended" ] || echo "The program did not end within $limit s and was ended, with all of its prefix."
exit $code
