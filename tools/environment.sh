# Make .venv hold what a requirements file names. Usage: sh tools/environment.sh requirements.txt
#
# The stamp holds the contents of the requirements, so an edit reinstalls and a new date does not. It is written
# last: an installation that was interrupted is done again.
set -eu
requirements=$1
log=.venv/install.log

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON does not start, or is not Python 3.11, 3.12 or 3.13."
    command -v python3 >/dev/null 2>&1 ||
        fail "The book needs Python 3.11, 3.12 or 3.13, and there is no python3 here: install it, then call make again."
    fail "The book needs Python 3.11, 3.12 or 3.13, and python3 is $(python3 --version 2>&1): install one of these, then call make again with PYTHON=/path/to/it."
}

# Run a command as root if we may without being asked for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Debian keeps venv out of its python3 package, and names the package that brings it after the version.
install_venv() {
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null; then
        echo "Installing $package ..."
        { as_root apt-get update && as_root apt-get install -y "$package"; } >/dev/null 2>&1 || :
    fi
    "$1" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$1 cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt-get install $package), then call make again."
}

wanted() {
    pwd
    for file in "$@"; do cat "$file"; done
}

stamp=.venv/.installed-$(echo "$requirements" | tr / -)
# Those of tests and benchmarks include what is pinned in benchmarks/.
[ "$requirements" = requirements.txt ] && included= || included=$(echo benchmarks/requirements*.txt)
needed=$(wanted requirements.txt $included "$requirements" pyproject.toml)
# A moved folder has another path, and a Python that was upgraded or removed no longer starts.
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$needed" ] && suits .venv/bin/python; then
    exit 0
fi

if ! { [ -f .venv/.made ] && [ "$(cat .venv/.made)" = "$(pwd)" ] && suits .venv/bin/python; }; then
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null || install_venv "$python"
    echo "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    "$python" -m venv .venv || fail "$python could not make .venv: see the lines above."
    pwd >.venv/.made
fi

echo "Installing $requirements (about a minute; later calls skip this) ..."
# Pins are complete, so pip need not resolve. Bytecode is written when a module is first used: most never are.
pip() {
    .venv/bin/python -m pip --disable-pip-version-check "$@" >>$log 2>&1
}
: >$log
pip install --no-deps --no-compile --retries 2 -r "$requirements" || {
    grep -m 3 '^ERROR' $log >&2 || :
    fail "Installing failed: can this machine reach a Python package index? All that pip said is in $log. Call make again to go on."
}
{ pip check && pip install --no-deps --no-build-isolation -e .; } ||
    fail "The packages were installed, and superpos_lib was not, or they do not fit together: $log says why."
printf '%s\n' "$needed" >"$stamp"
# The tests' requirements include the book's.
[ "$requirements" = requirements.txt ] || wanted requirements.txt requirements.txt pyproject.toml >.venv/.installed-requirements.txt
