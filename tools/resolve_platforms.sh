#!/usr/bin/env bash
# Whether requirements can be installed on each system and Python, without one of them: a table of
# what uv resolves from wheels, markers taken for that system. (pip takes them for the system that it
# runs on, also with --platform.) Asks the package index; two minutes.
# Usage: tools/resolve_platforms.sh [REQUIREMENTS_FILE]
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=${1:-requirements-lab.txt}

# The oldest that all wheels are for.
export MACOSX_DEPLOYMENT_TARGET=14.0
SYSTEMS=(x86_64-manylinux_2_35 x86_64-pc-windows-msvc aarch64-apple-darwin x86_64-apple-darwin)
RELEASES=(3.10 3.11 3.12)
# Pure Python without a wheel: pip makes one, which takes no compiler.
WITHOUT_WHEELS=(--no-binary esprima --no-binary efficientnet-lite-pytorch)

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
.venv/bin/python -m venv "$scratch/uv"
"$scratch/uv/bin/pip" install --quiet uv 2>/dev/null

found=0
printf '%-24s %-6s %s\n' system Python "$requirements"
for system in "${SYSTEMS[@]}"; do
    for release in "${RELEASES[@]}"; do
        if "$scratch/uv/bin/uv" pip compile --quiet --no-config --no-python-downloads \
            --python-platform "$system" --python-version "$release" --no-annotate --no-header \
            --only-binary :all: "${WITHOUT_WHEELS[@]}" "$requirements" \
            >"$scratch/resolved" 2>"$scratch/refused"; then
            says="resolves, $(wc -l <"$scratch/resolved") packages"
        else
            found=1
            says=$(grep -m 1 -o 'Because .*' "$scratch/refused" || tail -n 1 "$scratch/refused")
        fi
        printf '%-24s %-6s %s\n' "$system" "$release" "$says"
    done
done
exit "$found"
