#!/usr/bin/env bash
# compile.sh FOLDER [PLATFORM]: compiles the PowerShell in FOLDER in advance, in place; by default for this machine.
# The packages of PowerShell's makers are compiled like this. The .NET tool is not: without this, each of the hundreds of starts in
# the tests compiles the same methods again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(cd "$1" && pwd)
artifacts=$(dirname "$(dirname "$here")")/out/obj/powershell-${2:-own}
rm -rf "$artifacts/compiled"
dotnet publish "$here/PowerShell.csproj" ${2:+--runtime "$2"} -p:Source="$folder" --artifacts-path "$artifacts" --output "$artifacts/compiled" \
    --nologo --verbosity quiet --tl:off -nodeReuse:false
for assembly in "$artifacts/compiled"/*.dll; do
    target=$folder/$(basename "$assembly")
    [ -f "$target" ] && ! cmp -s "$assembly" "$target" || continue
    # A PowerShell that is running keeps the old file.
    cp "$assembly" "$target.new"
    chmod 644 "$target.new"
    mv -f "$target.new" "$target"
done
rm -rf "$artifacts/compiled"
