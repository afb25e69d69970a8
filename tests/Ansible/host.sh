#!/bin/sh
# A host for one test: mounts of its own, in which all changes of the system's folders go to a layer in memory, and Debian's cron. Becomes the
# cron daemon itself: who started it ends it by its process id, and all changes are gone.
#
#   host.sh FOLDER     FOLDER/ready is made once cron has begun. FOLDER is the same inside and outside.
#   nsenter --mount --target PID COMMAND...     runs a command on the host
set -eu
folder=$1
if [ "${2:-}" != inside ]; then
    OUTSIDE=$(readlink /proc/self/ns/mnt)
    export OUTSIDE
    exec unshare --mount --propagation private -- "$0" "$folder" inside
fi

[ "$(readlink /proc/self/ns/mnt)" != "$OUTSIDE" ] || { echo 'These are not mounts of this host alone.' >&2; exit 1; }
layer=$folder/layer
mkdir "$layer"
mount -t tmpfs -o mode=755,size=1g stepcarenew "$layer"
for name in etc usr var opt root srv; do
    mkdir "$layer/$name" "$layer/$name.work"
    mount -t overlay -o "lowerdir=/$name,upperdir=$layer/$name,workdir=$layer/$name.work" overlay "/$name"
done
mount -t tmpfs -o mode=755,size=16m stepcarenew-run /run
# Nothing of this machine's cron, PowerShell and module is on the host.
rm -rf /etc/cron.d /var/spool/cron/crontabs /usr/bin/pwsh /usr/local/bin/pwsh /opt/microsoft /usr/local/share/powershell /etc/stepcarenew /var/lib/stepcarenew /var/log/stepcarenew /root/.step
mkdir -p /etc/cron.d /var/spool/cron/crontabs /etc/dotnet
: >/etc/crontab
# What PAM makes of a session is not what is tested, and some of it (pam_loginuid) no container allows.
printf 'auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n' >/etc/pam.d/cron
# Where the launcher of PowerShell finds .NET.
[ -z "${DOTNET_FOLDER:-}" ] || echo "$DOTNET_FOLDER" >/etc/dotnet/install_location
unset OUTSIDE
# cron sees changes by the second; what is changed once it is ready must not fall into the one in which it began.
(sleep 1.1; : >"$folder/ready") &
exec /usr/sbin/cron -f
