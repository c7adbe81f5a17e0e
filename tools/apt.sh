#!/usr/bin/env bash
# Installs packages with apt-get, as root or through sudo without a password: tools/apt.sh PACKAGE…
# Exit code 69 when that cannot be done from here.
set -euo pipefail

as_root=(env)
[[ $(id -u) -eq 0 ]] || as_root=(sudo -n env)
apt_get=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
if ! command -v apt-get >/dev/null || ! "${apt_get[@]}" update >&2 ||
    ! "${apt_get[@]}" install -y --no-install-recommends "$@" >&2; then
    echo "tools/apt.sh: could not install $*: install it by hand and try again" >&2
    exit 69
fi
