#!/bin/bash
# ./run as a newcomer types it: in a Debian 12 that debootstrap made, with git and nothing else. Takes as long as a clean
# build. Needs root, debootstrap and this machine's own Debian mirror; without them it is skipped (exit code 77).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
here=$PWD
root=$here/build/bare/root

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "only root may make a root folder"
command -v debootstrap >/dev/null || skip "debootstrap is not installed; ./test --full installs it"

# "URI CODENAME COMPONENT" of each of this machine's sources of Debian 12.
sources() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 ~ /^bookworm/ && $3 == "main"' | sort -u
}

make_root() {
  local mirror
  mirror=$(sources | awk '$2 == "bookworm" {print $1; exit}')
  [ -n "$mirror" ] || skip "apt knows no source of Debian 12 here"
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log"; exit 1; }
  sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
}

free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

make_root
git clone -q --no-hardlinks "$here" "$root/home/holon"
cp tests/bare/newcomer.sh "$root/home/"
# A process namespace of its own: whatever the newcomer starts ends with it, and the mount goes with it too.
unshare --mount --pid --fork --kill-child bash -euc '
  mount -t proc proc "$1/proc"
  exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/home LANG=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
    bash /home/newcomer.sh "$2"' newcomer "$root" "$(free_port)"
rm -rf "$here/build/bare"
