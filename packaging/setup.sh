#!/bin/sh
# Set up everything the program needs, once: system packages, .venv, the locked Python packages, the project itself.
#   sh packaging/setup.sh [GROUP...]     groups of debian-packages.txt; `run` when none is named
# Run again it costs nothing. All it has to say goes to stderr, so that the output of a command behind it stays clean.
# KIOSK_PYTHON names the Python to use in place of the first one that fits.
# Exit code: 0 ready, 1 an installation failed, 2 something is missing that only the user can install.
set -eu

packaging=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${packaging%/*}
venv=$root/.venv
lock=$packaging/requirements.lock
groups=${*:-run}
stamp=$venv/.set-up.$(printf '%s' "$groups" | tr -c 'a-z' '.')

say() {
    printf '%s\n' "$*" >&2
}

fingerprint() {
    printf '%s\n' "$root" "$(readlink -f "$venv/bin/python")"
    cat "$lock" "$root/pyproject.toml" "$packaging/debian-packages.txt" "$packaging/setup.sh" | sha256sum
}

is_ready() {
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]
}

find_python() {
    for name in ${KIOSK_PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
        if "$name" -c '
import ensurepip, os.path, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 11) or not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))
' 2>/dev/null; then
            python=$name
            return 0
        fi
    done
    return 1
}

is_present() {
    case $1 in
    python) find_python ;;
    command) PATH=$PATH:/usr/sbin:/sbin command -v "$2" >/dev/null ;;
    file) [ -e "$2" ] ;;
    library) case $libraries in *"$2 "*) ;; *) return 1 ;; esac ;;
    *)
        say "debian-packages.txt: '$1' is no kind of test"
        return 1
        ;;
    esac
}

find_missing() {
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || libraries=
    missing=
    while read -r group package kind name; do
        case " $groups " in *" $group "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086  # kinds without a name pass one argument
        is_present $kind $name || missing="$missing $package"
    done <<EOF
$(grep -v -e '^#' -e '^$' "$packaging/debian-packages.txt")
EOF
    [ -n "$missing" ]
}

install_missing() {
    say "Installing from Debian:$missing"
    log=$(mktemp)
    # A service that a package starts must not keep our lock, hence 9>&-.
    # shellcheck disable=SC2086  # a list of package names
    if {
        apt-get -q update # a list that cannot be fetched need not matter
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
    } >"$log" 2>&1 </dev/null 9>&-; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

refuse() {
    install="apt-get update && apt-get install --no-install-recommends$missing"
    if ! command -v apt-get >/dev/null; then
        say "Madoguchi needs system packages that are missing here; install those that Debian calls as follows, then run this again:"
        say "   $missing"
    elif [ "$(id -u)" = 0 ]; then
        say "The system packages that Madoguchi needs could not all be installed; find out why with this line, then run this again:"
        say "    $install"
    elif command -v sudo >/dev/null; then
        say "Madoguchi needs system packages that are missing here; install them with this line, then run this again:"
        say "    sudo sh -c '$install'"
    else
        say "Madoguchi needs system packages that are missing here; install them with this line, then run this again:"
        say "    su -c '$install'"
    fi
    exit 2
}

make_venv() {
    if [ "$(cat "$venv/.made-in" 2>/dev/null)" != "$root" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "Making $venv"
        "$python" -m venv --clear "$venv"
        printf '%s\n' "$root" >"$venv/.made-in"
    fi
}

install_python_packages() {
    say "Installing the Python packages, some 300 MB to fetch the first time"
    # Settings of a user's pip that do not fit an environment of its own
    export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
    "$venv/bin/python" -m pip -qq install --require-hashes --no-deps -r "$lock" >&2 &&
        "$venv/bin/python" -m pip -qq install --no-index --no-build-isolation --no-deps --editable "$root" >&2
}

! is_ready || exit 0

# Two set-ups at once would write into one .venv.
if command -v flock >/dev/null; then
    exec 9<"$packaging/setup.sh"
    flock 9
    ! is_ready || exit 0
fi

rm -f "$venv"/.set-up.*
if find_missing; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        install_missing || refuse
        ! find_missing || refuse
    else
        refuse
    fi
fi
make_venv
install_python_packages || {
    say "The Python packages could not be installed: see pip's message above, check the network or pip's settings, then run this again."
    exit 1
}
fingerprint >"$stamp"
say "Madoguchi is set up."
