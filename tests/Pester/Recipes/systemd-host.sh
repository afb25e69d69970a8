#!/bin/bash
# A host with systemd for one test: this machine's files below a layer that takes all changes, and own processes, network (127.0.0.1
# alone), mounts and name. Debian's packages, their units and their configuration are those of a real host.
#
#   systemd-host.sh FOLDER    FOLDER is the same inside and outside. FOLDER/init has the process id of the host's systemd once it
#                             has started. The host ends when the standard input of this script ends, with all its processes.
#   nsenter --all --target PID COMMAND...     runs a command in it
set -euo pipefail
folder=$1

if [ "${2:-}" != inside ]; then
    cgroups=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)/stepcarenew-$$
    mkdir "$cgroups"
    echo $$ >"$cgroups/cgroup.procs"
    outside=$(readlink /proc/self/ns/mnt)
    OUTSIDE=$outside unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --propagation private -- \
        "$BASH" "$0" "$folder" inside </dev/null >"$folder/boot.log" 2>&1 &
    host=$!
    trap 'kill -KILL $host 2>/dev/null || true; wait $host 2>/dev/null || true
        echo $$ >"${cgroups%/*}/cgroup.procs"
        while ! find "$cgroups" -depth -type d -exec rmdir {} + 2>/dev/null && [ -d "$cgroups" ]; do sleep 0.1; done' EXIT
    while [ ! -e "$folder/ready" ] && kill -0 $host 2>/dev/null; do sleep 0.05; done
    pgrep --parent $host >"$folder/init.new" || exit 1
    mv "$folder/init.new" "$folder/init"
    cat >/dev/null
    exit
fi

[ "$(readlink /proc/self/ns/mnt)" != "$OUTSIDE" ] || { echo 'These are not mounts of this host alone.'; exit 1; }
unset OUTSIDE
layer=$folder/layer
root=$layer/root
mkdir "$layer"
mount -t tmpfs -o mode=755 stepcarenew "$layer"
mkdir "$layer/changes" "$layer/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$layer/changes,workdir=$layer/work" overlay "$root"
mkdir -p "$root$folder"
mount --bind "$folder" "$root$folder"

# As in a container: the kernel's settings cannot be changed.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 devices "$root/dev"
for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,mode=620,ptmxmode=666,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 run "$root/run"

ip link set lo up
hostname web.example.com
cd "$root"
mkdir .outside
pivot_root . .outside
umount --lazy /.outside

tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
echo '127.0.0.1 localhost ca.example.com web.example.com db.example.com mail.example.com ldap.example.com redis.example.com mqtt.example.com' >/etc/hosts
# Nothing starts by itself but what systemd needs.
rm -f /etc/systemd/system/*.wants/* /.dockerenv
ln -sf /lib/systemd/system/basic.target /etc/systemd/system/default.target
# At its start a host empties /tmp, which here is the machine's.
mkdir -p /etc/tmpfiles.d
ln -sf /dev/null /etc/tmpfiles.d/tmp.conf
for unit in tmp.mount systemd-tmpfiles-setup-dev.service systemd-udevd.service systemd-udev-trigger.service; do
    ln -sf /dev/null "/etc/systemd/system/$unit"
done
cat >/etc/systemd/system/stepcarenew-test-ready.service <<UNIT
[Unit]
After=basic.target
[Service]
Type=oneshot
ExecStart=/bin/touch '$folder/ready'
UNIT
mkdir -p /etc/systemd/system/basic.target.wants
ln -s ../stepcarenew-test-ready.service /etc/systemd/system/basic.target.wants/
exec env --ignore-environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=stepcarenew-test /lib/systemd/systemd --log-target=console --show-status=0
