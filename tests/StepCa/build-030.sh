#!/bin/sh
# Builds bin/step-ca-0.30, the real server of the newer generation, and prints its path. Debian's unstable release
# has its libraries and the Go that they need; they are unpacked below bin (3 GB, removed after the build), and nothing
# is installed. For a person who wants to run the contract suite on it: unstable changes, so no other script calls this.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/bin/step-ca-0.30
work=$here/bin/unstable
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
keys=/usr/share/keyrings/debian-archive-keyring.gpg

mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
trap 'rm -rf "$work"' EXIT
: >"$work/status"
echo "deb [signed-by=$keys] $mirror sid main" >"$work/sources.list"
apt() {
    command=$1; shift
    "apt-$command" -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Dir::State::status="$work/status" \
        -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false -o Debug::NoLocking=1 "$@"
}
apt get -qq update
go=$(apt cache depends golang-go | sed -n 's/^ *Depends: \(golang-[0-9.]*-go\)$/\1/p' | head -n 1)
apt get -qq -y --download-only install "$go" golang-github-smallstep-certificates-dev >&2
for package in "$work"/cache/archives/golang-*.deb; do dpkg-deb -x "$package" "$work/root"; done
version=$(apt cache show golang-github-smallstep-certificates-dev | sed -n 's/^Version: \([0-9.]*\).*/\1/p' | head -n 1)

mkdir "$work/source"
for source in "$here"/*.go; do
    # The one package that has moved since 0.19.
    sed 's#"go.step.sm/cli-utils/#"github.com/smallstep/cli-utils/#' "$source" >"$work/source/${source##*/}"
done
GOROOT=$(echo "$work"/root/usr/lib/go-*) GOPATH=$work/root/usr/share/gocode GOCACHE=$work/go-cache \
    GO111MODULE=off GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0
export GOROOT GOPATH GOCACHE GO111MODULE GOTOOLCHAIN GOFLAGS CGO_ENABLED
# Debian builds the newer one without badger.
"$GOROOT/bin/go" build -trimpath -ldflags "-s -w -X main.version=$version -X main.database=bbolt" -o "$bin.$$" "$work"/source/*.go
mv "$bin.$$" "$bin"
echo "$bin"
