#!/bin/sh
# Builds bin/step-ca if its sources are newer, and prints its path.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/bin/step-ca
library=/usr/share/gocode/src/github.com/smallstep/certificates
if [ ! -x "$bin" ] || [ -n "$(find "$here" -maxdepth 1 \( -name '*.go' -o -name build.sh \) -newer "$bin")" ]; then
    if ! command -v go >/dev/null || [ ! -d "$library" ]; then
        echo "the real step-ca can't be built here; on Debian or Ubuntu: apt-get install golang-go golang-github-smallstep-certificates-dev" >&2
        exit 69
    fi
    mkdir -p "$here/bin"
    # A name of its own, then a rename: two builds at once don't meet in one file.
    CGO_ENABLED=0 GO111MODULE=off GOPATH=/usr/share/gocode \
        go build -trimpath -ldflags '-s -w -X main.version=0.19.0' -o "$bin.$$" "$here"/*.go
    mv "$bin.$$" "$bin"
fi
echo "$bin"
