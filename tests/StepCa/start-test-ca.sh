#!/bin/sh
# start-test-ca.sh DIR PORT [step-ca init flags: -renew-expired -no-db -min 30s -max 720h -default 24h -backdate 1m ...]
# Makes a CA below DIR unless there is one, starts it on 127.0.0.1:PORT, waits
# until it answers, and prints how to reach it. Stop it with: kill $(cat DIR/pid)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { echo "usage: $0 DIR PORT [init flags]" >&2; exit 2; }
mkdir -p "$1"
STEPPATH=$(cd "$1" && pwd); export STEPPATH
port=$2; shift 2
bin=${STEP_CA:-$("$here/build.sh")}
pass=$STEPPATH/password.txt
if [ ! -e "$STEPPATH/config/ca.json" ]; then
    [ -e "$pass" ] || (umask 077; printf 'test-password\n' >"$pass")
    "$bin" init -address "127.0.0.1:$port" -dns "127.0.0.1,localhost" \
        -password-file "$pass" -no-renew -no-eku "$@" >"$STEPPATH/init.log" 2>&1 ||
        { cat "$STEPPATH/init.log" >&2; exit 1; }
fi
grep -q "\"127.0.0.1:$port\"" "$STEPPATH/config/ca.json" ||
    { echo "$STEPPATH/config/ca.json is for another port than $port" >&2; exit 1; }
if ! { [ -e "$STEPPATH/pid" ] && kill -0 "$(cat "$STEPPATH/pid")" 2>/dev/null; }; then
    setsid "$bin" run -password-file "$pass" >>"$STEPPATH/ca.log" 2>&1 </dev/null &
    echo $! >"$STEPPATH/pid"
fi
n=0
until curl -fsS --max-time 2 --cacert "$STEPPATH/certs/root_ca.crt" \
    "https://127.0.0.1:$port/health" >/dev/null 2>&1; do
    n=$((n + 1))
    if [ $n -gt 50 ] || ! kill -0 "$(cat "$STEPPATH/pid")" 2>/dev/null; then
        tail -n 5 "$STEPPATH/ca.log" >&2; exit 1
    fi
    sleep 0.1
done
kill -0 "$(cat "$STEPPATH/pid")"
cat <<END
STEPPATH=$STEPPATH
URL=https://127.0.0.1:$port
FINGERPRINT=$(sed -n 's/.*"fingerprint": "\([0-9a-f]*\)".*/\1/p' "$STEPPATH/config/defaults.json")
ROOT=$STEPPATH/certs/root_ca.crt
CONFIG=$STEPPATH/config/ca.json
DEFAULTS=$STEPPATH/config/defaults.json
PROVISIONERS=admin,norenew,noeku
PASSWORD_FILE=$pass
LOG=$STEPPATH/ca.log
PID=$(cat "$STEPPATH/pid")
END
