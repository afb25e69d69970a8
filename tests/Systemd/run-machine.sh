#!/bin/sh
# run-machine.sh DIR PORT PARENT SECONDS [TIME]
# Runs the machine of make-machine.sh until it powers off, until the process PARENT ends or until SECONDS are over, by
# software emulation: KVM is often there and still does not work. Its clock starts at TIME (UTC, 2026-12-01T00:00:00), or
# is that of this machine. It reaches nothing but what runs in it; ssh on 127.0.0.1:PORT leads in.
set -eu
cd "$1"
port=$2 parent=$3 seconds=$4 time=${5:-utc}
qemu-system-x86_64 -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -display none -no-reboot \
    -kernel vmlinuz -initrd initrd -append 'root=/dev/vda rw console=ttyS0 quiet net.ifnames=1' \
    -drive file=disk.raw,format=raw,if=virtio,cache=unsafe \
    -netdev "user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=n0 \
    -device virtio-rng-pci -rtc "base=$time" -serial file:serial.log </dev/null >qemu.log 2>&1 &
qemu=$!
trap 'kill -9 $qemu 2>/dev/null; wait' EXIT
trap 'exit 1' HUP INT TERM
while kill -0 "$qemu" 2>/dev/null && kill -0 "$parent" 2>/dev/null && [ "$seconds" -gt 0 ]; do
    sleep 1
    seconds=$((seconds - 1))
done
