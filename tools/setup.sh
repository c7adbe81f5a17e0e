#!/usr/bin/env bash
# Makes sure that what a build needs is there: a Swift toolchain, pkg-config, FFTW 3, HDF5 and zlib.
#
# Installs what is missing with apt-get (as root, or through sudo without a password) or Homebrew, and prints nothing
# when nothing is missing. Exit codes: 0 all there; 69 something is missing that cannot be installed from here.
set -euo pipefail

swift_needed=6.2
apt_packages=(libfftw3-dev libhdf5-dev zlib1g-dev pkg-config)
brew_packages=(fftw hdf5 zlib pkg-config)
libraries=(fftw3 hdf5-serial zlib)
# Homebrew has the serial HDF5 only, and calls it so.
[[ $(uname -s) == Darwin ]] && libraries=(fftw3 hdf5 zlib)

# Says why it cannot go on, a line an argument.
unavailable() {
    printf 'setup: %s\n' "$@" >&2
    exit 69
}

# True when version $1 is at least $2, both as major.minor.
at_least() {
    ((${1%%.*} > ${2%%.*} || (${1%%.*} == ${2%%.*} && ${1#*.} >= ${2#*.})))
}

check_swift() {
    local found=none
    if command -v swift >/dev/null; then
        found=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    fi
    [[ $found =~ ^[0-9]+\.[0-9]+$ ]] && at_least "$found" "$swift_needed" && return
    unavailable "Swift on the PATH: found ${found:-no version}, expected $swift_needed or later." \
        "Install a toolchain from https://www.swift.org/install and try again."
}

# The names of what is missing, on one line.
missing() {
    local -a names=()
    local library
    command -v pkg-config >/dev/null || names+=(pkg-config)
    for library in "${libraries[@]}"; do
        pkg-config --exists "$library" 2>/dev/null || names+=("$library")
    done
    echo "${names[*]-}"
}

install_with_apt() {
    local -a as_root=(env)
    if [[ $(id -u) -ne 0 ]]; then
        as_root=(sudo -n env)
        sudo -n true 2>/dev/null || unavailable "Missing: $1. Installing needs root; run this, then try again:" \
            "  sudo apt-get update && sudo apt-get install -y ${apt_packages[*]}"
    fi
    echo "setup: missing: $1; installing ${apt_packages[*]}" >&2
    local -a apt_get=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    if ! "${apt_get[@]}" update >&2 || ! "${apt_get[@]}" install -y --no-install-recommends "${apt_packages[@]}" >&2
    then
        unavailable "apt-get could not install what is missing ($1); its messages are above. To try by hand:" \
            "  apt-get update && apt-get install -y ${apt_packages[*]}"
    fi
}

install_with_brew() {
    command -v brew >/dev/null || unavailable "Missing: $1. Install Homebrew (https://brew.sh) and try again, or run:" \
        "  brew install ${brew_packages[*]}"
    echo "setup: missing: $1; installing ${brew_packages[*]}" >&2
    brew install "${brew_packages[@]}" >&2 ||
        unavailable "Homebrew could not install what is missing ($1); its messages are above."
}

check_swift
absent=$(missing)
[[ -n $absent ]] || exit 0

if [[ $(uname -s) == Darwin ]]; then
    install_with_brew "$absent"
elif command -v apt-get >/dev/null; then
    install_with_apt "$absent"
else
    unavailable "Missing: $absent, and this system has no apt-get." \
        "Install pkg-config, FFTW 3, zlib and the serial HDF5 with their headers, until this succeeds:" \
        "  pkg-config --exists ${libraries[*]}"
fi
absent=$(missing)
[[ -z $absent ]] || unavailable "Still missing after the installation: $absent. This should succeed:" \
    "  pkg-config --exists ${libraries[*]}"
