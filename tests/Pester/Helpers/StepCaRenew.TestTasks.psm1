Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Build-TestCrontab {
    <#
    .SYNOPSIS
        Makes a crontab program in a folder that keeps one file there, tab; returns its path.
    .DESCRIPTION
        So that nobody's own crontab is touched. A real cron daemon runs in tests of its own.
    #>
    param([Parameter(Mandatory)] [string] $Folder)
    $path = Join-Path $Folder crontab
    [IO.File]::WriteAllText($path, @'
#!/bin/sh
file=$(dirname "$0")/tab
case $1 in
    -l) [ -e "$file" ] || { echo 'no crontab for you' >&2; exit 1; }; cat "$file" ;;
    -) cat >"$file.new" && mv "$file.new" "$file" ;;
    -r) rm "$file" ;;
    *) exit 64 ;;
esac
'@)
    [IO.File]::SetUnixFileMode($path, 'UserRead, UserWrite, UserExecute')
    $path
}

Export-ModuleMember -Function *-*
