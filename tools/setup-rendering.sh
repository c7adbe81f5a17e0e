#!/usr/bin/env bash
# Makes sure that VTK can render without a screen: EGL and Mesa's software rasteriser, from Debian's packages where they are missing.
#
# Says what is missing where it cannot install it: one figure of thirteen is not drawn then. macOS needs nothing.
set -euo pipefail

[[ $(uname -s) == Linux ]] || exit 0
/sbin/ldconfig -p | grep -q 'libEGL\.so\.1' && /sbin/ldconfig -p | grep -q 'libEGL_mesa' && exit 0
"$(dirname "${BASH_SOURCE[0]}")/apt.sh" libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libxrender1 ||
    echo "setup-rendering: EGL is missing, so the density in three dimensions cannot be rendered" >&2
