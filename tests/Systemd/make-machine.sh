#!/bin/sh
# make-machine.sh DIR PWSH_FOLDER DOTNET_FOLDER MODULE_FOLDER STEP_CA
# Makes a disk for qemu with a Debian, its running systemd, PowerShell, the module and a step-ca. For tests only; needs root.
# PWSH_FOLDER has pwsh.dll; DOTNET_FOLDER has the runtime for it, and is empty if PWSH_FOLDER has its own; MODULE_FOLDER is
# .../StepCaRenew, above its version. The packages come from where this machine's apt takes Debian's from, and are
# installed once: DIR/root stays.
set -eu
pwsh=$2 dotnet=$3 module=$4 ca=$5
dir=$(mkdir -p "$1" && cd "$1" && pwd)
root=$dir/root
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

if [ ! -d "$root" ]; then
    sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u)
    case $sources in *" $release "*) ;; *) echo "apt has no index of Debian's $release here (apt-get update)" >&2; exit 69 ;; esac
    icu=$(apt-cache pkgnames libicu | grep -E '^libicu[0-9]+$' | sort -V | tail -n 1)
    packages=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,$icu,openssl,ca-certificates,openssh-server,linux-image-cloud-amd64,initramfs-tools
    # Whole or not at all.
    rm -rf "$root.new"
    printf '%s\n' "$sources" | mmdebstrap --quiet --variant=minbase --include="$packages" "$release" "$root.new" -
    mv "$root.new" "$root"
fi

rm -rf "$root/opt/powershell" "$root/usr/share/dotnet" "$root/opt/ca-server" "$root/usr/local/share/powershell"
mkdir -p "$root/opt/powershell" "$root/usr/share/dotnet" "$root/opt/ca-server" "$root/usr/local/share/powershell/Modules"
cp -a "$pwsh/." "$root/opt/powershell/"
if [ -n "$dotnet" ]; then
    mkdir -p "$root/usr/share/dotnet/shared"
    cp -aL "$dotnet/dotnet" "$dotnet/host" "$root/usr/share/dotnet/"
    cp -aL "$dotnet/shared/Microsoft.NETCore.App" "$root/usr/share/dotnet/shared/"
    printf '#!/bin/sh\nexec /usr/share/dotnet/dotnet /opt/powershell/pwsh.dll "$@"\n' >"$root/usr/bin/pwsh"
else
    printf '#!/bin/sh\nexec /opt/powershell/pwsh "$@"\n' >"$root/usr/bin/pwsh"
fi
cp -a "$module" "$root/usr/local/share/powershell/Modules/"
cp "$ca" "$root/opt/ca-server/step-ca"
chown -R 0:0 "$root/opt" "$root/usr/local/share/powershell"
chmod -R go-w "$root/opt" "$root/usr/local/share/powershell"
# In its NuGet package pwsh is a program for its owner alone.
chmod 755 "$root/usr/bin/pwsh" "$root/opt/powershell/pwsh" "$root/opt/ca-server/step-ca"

echo stepcarenew >"$root/etc/hostname"
echo '127.0.0.1 localhost stepcarenew' >"$root/etc/hosts"
echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/80-dhcp.network"
chroot "$root" systemctl enable systemd-networkd >/dev/null 2>&1
# No timer of the distribution takes the time of the tests, or fails without a network.
for timer in apt-daily apt-daily-upgrade dpkg-db-backup e2scrub_all fstrim; do
    ln -sf /dev/null "$root/etc/systemd/system/$timer.timer"
done
cat >"$root/etc/systemd/system/test-ca.service" <<'UNIT'
[Service]
Environment=STEPPATH=/opt/ca
ExecStart=/opt/ca-server/step-ca run -password-file /opt/ca/password.txt
[Install]
WantedBy=multi-user.target
UNIT
chroot "$root" systemctl enable test-ca.service >/dev/null 2>&1
rm -f "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/var/log/journal"

[ -f "$dir/id" ] || ssh-keygen -q -t ed25519 -N '' -f "$dir/id"
chroot "$root" id user1 >/dev/null 2>&1 || chroot "$root" useradd --create-home --shell /bin/bash user1
for home in root home/user1; do
    mkdir -p "$root/$home/.ssh"
    cp "$dir/id.pub" "$root/$home/.ssh/authorized_keys"
    chmod 700 "$root/$home/.ssh"
done
chroot "$root" chown -R user1: /home/user1
grep -q '^UseDNS no' "$root/etc/ssh/sshd_config" || echo 'UseDNS no' >>"$root/etc/ssh/sshd_config"
chroot "$root" ssh-keygen -A >/dev/null

cp "$root"/boot/vmlinuz-* "$dir/vmlinuz"
cp "$root"/boot/initrd.img-* "$dir/initrd"
rm -f "$dir/disk.raw"
truncate -s 4G "$dir/disk.raw"
mkfs.ext4 -q -F -d "$root" "$dir/disk.raw"
