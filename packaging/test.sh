#!/bin/sh
# Set up, then pass every gate: style, format, types, arrows between the layers, tests.
#   sh packaging/test.sh            all gates, all tests; one more at a time than there are cores, since some wait
#   sh packaging/test.sh ARGS...    all gates, and pytest with these arguments; for example: sh packaging/test.sh -x tests/kiosk
# With CI=true no group of tests may be left out: what such a group needs is installed, and a missing part is a failure.
set -eu

packaging=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${packaging%/*}
bin=$root/.venv/bin

groups=run
if [ "${CI:-}" = true ]; then
    groups="run $(sed -n 's/^\(tests-[a-z]*\) .*/\1/p' "$packaging/debian-packages.txt" | sort -u)"
fi
# shellcheck disable=SC2086  # one word for each group
sh "$packaging/setup.sh" $groups || exit $?
cd "$root"
[ $# -gt 0 ] || set -- -n "$(($(getconf _NPROCESSORS_ONLN) + 1))" --dist worksteal

failed=
gate() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed${failed:+, }$name"
}

gate style "$bin/ruff" check
gate format "$bin/ruff" format --check
gate types "$bin/mypy"
gate arrows "$bin/lint-imports" --no-logo
gate tests "$bin/pytest" "$@"

if [ -n "$failed" ]; then
    printf '\nFAILED: %s\n' "$failed"
    exit 1
fi
printf '\nAll gates passed: style, format, types, arrows, tests.\n'
