#!/bin/sh
# Runs Debian's cron in mounts of its own, so that it sees no crontab but those of a folder, and nobody else's cron sees
# these. Becomes the daemon itself: who started it ends it by its process id.
#
#   cron-daemon.sh FOLDER     FOLDER/cron.d is its /etc/cron.d, FOLDER/spool its /var/spool/cron, FOLDER/ready is made
#                             once it has begun; its /run is empty, so that no systemd is found there.
#   nsenter --mount --target PID COMMAND...     runs a command that sees the same, crontab for instance
set -eu
folder=$1
if [ "${2:-}" != inside ]; then
    mkdir -p "$folder/cron.d" "$folder/spool/crontabs"
    chmod 755 "$folder/cron.d" "$folder/spool"
    chgrp crontab "$folder/spool/crontabs"
    chmod 1730 "$folder/spool/crontabs"
    : >"$folder/crontab"
    # What PAM makes of a session is not what is tested, and some of it (pam_loginuid) no container allows.
    printf 'auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n' >"$folder/pam"
    exec unshare --mount --propagation private -- "$0" "$folder" inside
fi

mount --bind "$folder/cron.d" /etc/cron.d
mount --bind "$folder/spool" /var/spool/cron
mount --bind "$folder/crontab" /etc/crontab
mount --bind "$folder/pam" /etc/pam.d/cron
mount -t tmpfs -o mode=755,size=1m stepcarenew-test /run
# cron sees changes by the second; what is changed once it is ready must not fall into the one in which it began.
(sleep 1.1; : >"$folder/ready") &
exec /usr/sbin/cron -f
