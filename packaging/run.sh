#!/bin/sh
# Set up, then do the main job.
#   sh packaging/run.sh             opens the kiosk; without a display it plays a visit and says where the pictures are
#   sh packaging/run.sh ARGS...     is `kiosk ARGS...`; for example: sh packaging/run.sh doctor
set -eu

packaging=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${packaging%/*}
kiosk=$root/.venv/bin/kiosk

sh "$packaging/setup.sh" || exit $?

if [ $# -gt 0 ]; then
    exec "$kiosk" "$@"
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$kiosk" run
fi

pictures=$root/out/first-visit
printf '%s\n' "There is no display here, so a visit is played through the real application: card, face, consent, result."
"$kiosk" play face-ok --shots "$pictures" || exit $?
printf '%s\n' "A picture of each screen lies in $pictures" \
    "More: sh packaging/run.sh --help, sh packaging/run.sh play --list"
