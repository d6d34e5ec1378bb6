#!/bin/sh
# Make .venv from the pinned, hashed requirements and install our own packages into it, editable.
# Usage: PYTHON=python3 sh deploy/local/setup.sh PACKAGE_FOLDER...      (from the root of the checkout; `make setup`)
set -eu

python=${PYTHON:-python3}
venv=.venv/bin/python
needed_mb=1500

fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

# A slow line makes the first try fail often enough: try again, with a growing pause.
retry() {
    pause=2
    for try in 1 2 3 4; do
        if "$@"; then return 0; fi
        [ "$try" = 4 ] && return 1
        echo "That failed; trying again in $pause s." >&2
        sleep "$pause"
        pause=$((pause * 2))
    done
}

command -v "$python" >/dev/null 2>&1 ||
    fail "There is no \`$python\` here: install Python 3.11 or newer, or name one with PYTHON=/path/to/python make setup."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old: install Python 3.11 or newer, or name one with PYTHON=/path/to/python make setup."
free_mb=$("$python" -c 'import shutil; print(shutil.disk_usage(".").free // 2**20)')
[ "$free_mb" -ge "$needed_mb" ] ||
    fail "Only $free_mb MB are free here, and $needed_mb MB are needed for the packages: make room and run it again."

echo "Making .venv from the pinned requirements (a few minutes at most, once) ..."
if ! "$venv" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear .venv ||
        fail "\`$python -m venv\` failed: install the package python3-venv of your system and run it again."
fi

retry "$venv" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
    fail "The package uv could not be fetched in four tries: check the connection (or pip's index settings) and run it again."

# uv does not read pip's settings: hand it those that say where packages come from.
setting() {
    value=$("$venv" -c 'import os, sys; print(os.environ.get("PIP_" + sys.argv[1].upper().replace("-", "_"), ""))' "$1")
    [ -n "$value" ] || value=$("$venv" -m pip config get "global.$1" 2>/dev/null || true)
    printf '%s' "$value"
}
give() { # uv's variable, pip's setting
    eval "known=\${$1:-}"
    [ -n "$known" ] && return 0
    value=$(setting "$2")
    [ -n "$value" ] || return 0
    export "$1=$value"
}
give UV_DEFAULT_INDEX index-url
give UV_INDEX extra-index-url
give UV_FIND_LINKS find-links
give SSL_CERT_FILE cert
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}" UV_PYTHON_DOWNLOADS=never

with_uv() { .venv/bin/uv pip install --quiet --python "$venv" "$@"; }
with_pip() { "$venv" -m pip install --quiet --disable-pip-version-check "$@"; }

if retry with_uv --require-hashes -r requirements/dev.txt; then
    install=with_uv
else
    echo "uv could not; trying with pip." >&2
    install=with_pip
    with_pip --require-hashes -r requirements/dev.txt ||
        fail "The packages of requirements/dev.txt could not be fetched: check the connection (or pip's index settings) and run it again; what has come is kept."
fi

count=$#
while [ "$count" -gt 0 ]; do
    folder=$1
    shift
    set -- "$@" -e "$folder"
    count=$((count - 1))
done
"$install" --no-deps --no-build-isolation "$@" ||
    fail "Our own packages could not be installed into .venv: run \`make clean setup\`."
