#!/bin/sh
# Builds bin/step-ca when main.go is newer than it, and prints its path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/bin/step-ca
library=/usr/share/gocode/src/github.com/smallstep/certificates
if [ ! -x "$bin" ] || [ "$here/main.go" -nt "$bin" ]; then
    if ! command -v go >/dev/null || [ ! -d "$library" ]; then
        echo "the real step-ca can't be built here; on Debian or Ubuntu: apt-get install golang-go golang-github-smallstep-certificates-dev" >&2
        exit 69
    fi
    mkdir -p "$here/bin"
    # A name of its own, then a rename: two builds at once don't meet in one file.
    CGO_ENABLED=0 GO111MODULE=off GOPATH=/usr/share/gocode \
        go build -trimpath -ldflags '-s -w' -o "$bin.$$" "$here/main.go"
    mv "$bin.$$" "$bin"
fi
echo "$bin"
