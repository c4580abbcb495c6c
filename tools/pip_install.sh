#!/usr/bin/env bash
# Installs Python packages into .venv and shows in one line how far that is. What pip prints is kept
# in .venv/setup.log, and its end is shown where pip fails. Usage: tools/pip_install.sh PIP_OPTIONS…
set -euo pipefail
cd "$(dirname "$0")/.."
log=.venv/setup.log
: >"$log"

# In a terminal a line that changes; elsewhere, where lines stay, one a minute.
how_far() {
    local line wait=60
    [ ! -t 2 ] || wait=2
    while true; do
        # What waits is left behind when this ends: it must not hold the output open.
        sleep "$wait" >/dev/null 2>&1
        line=$(printf 'setup: %s packages found, %s MB in .venv after %d:%02d' \
            "$(grep -c '^Collecting ' "$log" || true)" "$(du -sm .venv | cut -f1)" \
            $((SECONDS / 60)) $((SECONDS % 60)))
        if [ -t 2 ]; then printf '\r\033[K%s' "$line" >&2; else echo "$line" >&2; fi
    done
}

how_far &
shown=$!
done_showing() {
    kill "$shown" 2>/dev/null || true
    wait "$shown" 2>/dev/null || true
    [ ! -t 2 ] || printf '\r\033[K' >&2
}
trap done_showing EXIT

code=0 stopped=
trap 'stopped=yes' INT
.venv/bin/python -m pip install --disable-pip-version-check --progress-bar off "$@" >"$log" 2>&1 || code=$?
if [ "$code" -ne 0 ]; then
    trap - EXIT
    done_showing
    if [ -n "$stopped" ]; then
        echo "setup: stopped; repeated, it begins with this step" >&2
        exit 130
    fi
    tail -n 20 "$log" >&2
    echo "setup: pip failed (exit code $code); all that it printed is in $log" >&2
fi
exit "$code"
