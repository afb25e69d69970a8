#!/usr/bin/env bash
# Programs that the tests need besides the .NET SDK, by their Debian names. Prints which are missing, and the command
# that installs it. With --install and as root, installs it. Tests whose programs are missing skip themselves.
#   --install   installs the packages
#   --extended  includes what only the extended suites need
set -uo pipefail

install='' extended=''
for argument in "$@"; do
    case "$argument" in
        --install) install=1 ;;
        --extended) extended=1 ;;
        *) echo "Unknown: $argument" >&2; exit 2 ;;
    esac
done

missing=''
# PROGRAM PACKAGE: the program is on PATH or where system programs are.
need() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || missing="$missing $2"
}

need curl curl
need openssl openssl
need setfacl acl
need strace strace
# Checks the metrics and the alerts of docs/monitoring.
need promtool prometheus
# Java's reader of PFX files.
need keytool openjdk-17-jre-headless
# The servers of docs/recipes, with the units and settings of Debian, and what makes hosts for them; a cron that runs what was
# registered, and what reads systemd's units.
need nginx nginx
need a2enmod apache2
need haproxy haproxy
need pg_ctlcluster postgresql
need ip iproute2
need pgrep procps
need cron cron
need systemd-analyze systemd
# The real step-ca is built from the sources in a Debian package.
if ! command -v step-ca >/dev/null; then
    need go golang-go
    [ -d /usr/share/gocode/src/github.com/smallstep/certificates ] || missing="$missing golang-github-smallstep-certificates-dev"
fi
# PowerShell for Windows under Wine (tests/Wine).
if [ "$(uname -m)" = x86_64 ]; then
    [ -x /usr/lib/wine/wine64 ] || need wine wine64
    need x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32
fi
if [ -n "$extended" ]; then
    # A machine with a running systemd (tests/Systemd).
    need qemu-system-x86_64 qemu-system-x86
    need mmdebstrap mmdebstrap
    need mkfs.ext4 e2fsprogs
    need ssh openssh-client
    # Makes the metrics of docs/monitoring readable for prometheus.
    need prometheus-node-exporter prometheus-node-exporter
    # The collection in ansible (tests/Ansible).
    need ansible-playbook ansible-core
    need ansible-lint ansible-lint
    need yamllint yamllint
    # Remoting over SSH (docs/fleet.md).
    need sshd openssh-server
    # More servers of docs/recipes.
    need postfix postfix
    need dovecot dovecot-imapd
    need slapd slapd
    need ldapmodify ldap-utils
    need redis-server redis-server
    need mosquitto mosquitto
    [ -e /usr/libexec/tomcat10/tomcat-start.sh ] || missing="$missing tomcat10 default-jre-headless"
fi
[ -n "$missing" ] || exit 0

command="apt-get install --no-install-recommends$missing"
if [ -z "$install" ]; then
    echo "Some tests will be skipped. They need (Debian's names):$missing"
    if command -v apt-get >/dev/null; then
        echo "  sudo $command"
        echo "  or, as root: ./build.sh test${extended:+ --extended} --install"
    fi
    echo
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "Nothing is installed: there is no apt-get. Some tests will be skipped. They need (Debian's names):$missing"
    echo
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Nothing is installed, because only root can. Some tests will be skipped; run this for them:"
    echo "  sudo $command"
    echo
    exit 0
fi

log=out/logs/apt-get.log
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
mkdir -p out/logs
echo "Installing for the tests:$missing"
# Nothing may be started: the tests run their own servers. SYSTEMD_OFFLINE stops systemctl, the policy stops init scripts.
policy=''
if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
# shellcheck disable=SC2086 # one word for each package
if ! { timeout --kill-after=10 120 apt-get -q update &&
    SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive timeout --kill-after=10 600 apt-get -q install -y --no-install-recommends $missing; } \
    >"$log" 2>&1 </dev/null; then
    echo "  apt-get failed (out/logs/apt-get.log): some tests will be skipped"
fi
exit 0
