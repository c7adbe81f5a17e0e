#!/usr/bin/env bash
# Makes sure that VTK can render without a screen: EGL and Mesa's software rasteriser, from Debian's packages where they are missing.
#
# Says what is missing where it cannot install it: one figure of thirteen is not drawn then. macOS needs nothing.
set -euo pipefail

[[ $(uname -s) == Linux ]] || exit 0
/sbin/ldconfig -p | grep -q 'libEGL\.so\.1' && /sbin/ldconfig -p | grep -q 'libEGL_mesa' && exit 0
packages=(libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libxrender1)
as_root=(env)
[[ $(id -u) -eq 0 ]] || as_root=(sudo -n env)
apt_get=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
if ! command -v apt-get >/dev/null || ! "${apt_get[@]}" update >&2 ||
    ! "${apt_get[@]}" install -y --no-install-recommends "${packages[@]}" >&2
then
    echo "setup-rendering: EGL is missing, so the density in three dimensions cannot be rendered; install ${packages[*]}" >&2
fi
