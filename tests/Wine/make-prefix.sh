#!/usr/bin/env bash
# make-prefix.sh [PWSH_HOME]: makes a Wine prefix with the Windows build of PowerShell on .NET for Windows, in
# out/wine-pwsh (or $STEPCARENEW_WINE). Does nothing if the one that is there was made from the same parts.
# PWSH_HOME is $PSHOME of a PowerShell that was installed as a .NET tool: that package holds the Windows build too.
set -euo pipefail
# shellcheck source=tests/Wine/prefix.sh
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
here=$root/tests/Wine
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

compiler=x86_64-w64-mingw32-gcc
[ -n "$wine" ] && [ -n "$server" ] || { echo 'Wine is not installed (Debian: wine64).' >&2; exit 1; }
command -v $compiler >/dev/null || { echo "$compiler is not installed (Debian: gcc-mingw-w64-x86-64-win32)." >&2; exit 1; }

# Sets $windows: the folder of PowerShell's Windows build, from a .NET tool that is installed already or else is fetched.
version=$(sed -n "s/^ *PowerShell *= *'\(.*\)'/\1/p" "$root/build/Dependencies.psd1")
find_powershell() {
    local store
    case "${1:-}" in */powershell/"$version"/*/any/*) windows=$(dirname "$1")/win; [ -f "$windows/pwsh.exe" ] && return ;; esac
    for store in "$root/out/tools" "$dir/tool"; do
        for windows in "$store/.store/powershell/$version/powershell/$version"/tools/*/any/win; do
            [ -f "$windows/pwsh.exe" ] && return
        done
    done
    return 1
}
if ! find_powershell "${1:-}"; then
    mkdir -p "$dir"
    rm -rf "$dir/tool"
    timeout 300 dotnet tool install PowerShell --version "$version" --tool-path "$dir/tool" >&2 </dev/null
    find_powershell
fi

stamp=$(
    { cat "$here"/{make-prefix,prefix}.sh "$here"/Shim/* "$here"/Hook/*.cs* "$root"/Directory.*.props "$root/tests/Directory.Build.props" "$root"/build/PowerShell/*
      dotnet --version; "$wine" --version; $compiler --version; echo "$dir $windows"; } | sha256sum | cut -d' ' -f1
)
[ "$(cat "$dir/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

end_prefix
rm -rf "$dir/stamp" "$prefix" "$dir/home"
mkdir -p "$dir/home"
# The startup hook, and with its restore the packages of .NET for Windows.
hook=$here/Hook/StepCaRenew.WineHook.csproj artifacts=$root/out/obj/wine-hook
dotnet build "$hook" --configuration Release --artifacts-path "$artifacts" --output "$dir/hook" --nologo --verbosity quiet --tl:off \
    -nodeReuse:false >"$dir/hook.log" 2>&1 </dev/null || { cat "$dir/hook.log" >&2; exit 1; }
properties=$(dotnet msbuild "$hook" -p:ArtifactsPath="$artifacts" -getProperty:NuGetPackageRoot -getProperty:BundledNETCoreAppPackageVersion </dev/null)
packages=$(sed -n 's/.*"NuGetPackageRoot": "\(.*\)".*/\1/p' <<<"$properties")
net=$(sed -n 's/.*"BundledNETCoreAppPackageVersion": "\(.*\)".*/\1/p' <<<"$properties")

in_wine() { timeout --kill-after=5 120 env -i "${wine_environment[@]}" "$wine" "$@" >/dev/null 2>&1 </dev/null; }
in_wine wineboot -i
in_wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f

programs="$prefix/drive_c/Program Files"
mkdir -p "$programs/PowerShell" "$programs/dotnet/host/fxr/$net" "$programs/hook"
cp -r "$windows" "$programs/PowerShell/7"
# Without the compiler it starts more slowly.
bash "$root/build/PowerShell/compile.sh" "$programs/PowerShell/7" win-x64 >"$dir/compile.log" 2>&1 </dev/null || true
# pwsh asks for WindowsDesktop, the programs of the integration tests for AspNetCore.
for name in NETCore WindowsDesktop AspNetCore; do
    package=${packages%/}/microsoft.${name,,}.app.runtime.win-x64/$net/runtimes/win-x64
    framework=$programs/dotnet/shared/Microsoft.$name.App/$net
    mkdir -p "$framework"
    cp -r "$package"/lib/net*/* "$framework/"
    [ ! -d "$package/native" ] || cp -r "$package"/native/* "$framework/"
done
cp "${packages%/}/microsoft.netcore.app.runtime.win-x64/$net/runtimes/win-x64/native/hostfxr.dll" "$programs/dotnet/host/fxr/$net/"
cp "$dir/hook/StepCaRenew.WineHook.dll" "$programs/hook/"
$compiler -O1 -municode "-DNET_VERSION=L\"$net\"" "$here/Shim/muxer.c" -o "$programs/dotnet/dotnet.exe"
for pair in 'shim cryptshim' 'crypt crypt32shim' 'sspi sspishim'; do
    read -r source library <<<"$pair"
    $compiler -O1 -w -shared "$here/Shim/$source.c" "$here/Shim/$source.def" -lcrypt32 -lncrypt -lbcrypt -o "$programs/hook/$library.dll"
done
end_prefix
echo "$stamp" >"$dir/stamp"
