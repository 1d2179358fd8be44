"""A print service of our own: cupsd with its own configuration, folders and socket, and a printer that does what a file
says."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BACKEND = """#!/bin/sh
# With no arguments the service asks what there is.
[ $# -eq 0 ] && exit 0
tray="${DEVICE_URI#tray:}"
case "$(cat "$tray/trouble" 2>/dev/null)" in
  paper) echo "STATE: +media-empty-error" >&2; while [ -e "$tray/trouble" ]; do sleep 0.2; done ;;
  fails) echo "ERROR: the sheet is stuck" >&2; exit 4 ;;
esac
echo "STATE: -media-empty-error" >&2
if [ -n "$6" ]; then cat "$6" > "$tray/$1.pdf"; else cat > "$tray/$1.pdf"; fi
"""

QUEUE = "test"


class PrintService:
    """`environment` leads the clients to it; what was printed lies in `tray`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tray = folder / "tray"
        self.environment = {"CUPS_SERVER": str(folder / "cups.sock")}

    def ask(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C", **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr

    def trouble(self, what: str | None) -> None:
        file = self.tray / "trouble"
        file.unlink(missing_ok=True) if what is None else file.write_text(what)

    def printed(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.tray.glob("*.pdf"))]


@contextmanager
def print_service(folder: Path) -> Iterator[PrintService]:
    service = PrintService(folder)
    for name in ("root", "state", "cache", "spool", "bin", "tray"):
        (folder / name).mkdir()
    # The service runs what it starts as its own user, which has to reach these folders.
    for path in (folder, *folder.parents):
        if path.is_relative_to(Path("/tmp")) and path != Path("/tmp"):
            path.chmod(path.stat().st_mode | 0o711)
    service.tray.chmod(0o777)
    for part in ("daemon", "cgi-bin", "driver", "filter", "monitor", "notifier"):
        if Path("/usr/lib/cups", part).exists():
            (folder / "bin" / part).symlink_to(Path("/usr/lib/cups", part))
    (folder / "bin" / "backend").mkdir()
    backend = folder / "bin" / "backend" / "tray"
    backend.write_text(BACKEND)
    backend.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    (folder / "cups-files.conf").write_text(
        f"ServerRoot {folder}/root\nStateDir {folder}/state\nCacheDir {folder}/cache\nRequestRoot {folder}/spool\n"
        f"ServerBin {folder}/bin\nDataDir /usr/share/cups\nAccessLog {folder}/access\nErrorLog {folder}/error\n"
        f"PageLog {folder}/page\nSystemGroup root\n"
    )
    (folder / "cupsd.conf").write_text(
        f"Listen {folder}/cups.sock\nLogLevel debug\nDefaultAuthType None\nMaxLogSize 0\nBrowsing Off\n"
        "ErrorPolicy stop-printer\nJobRetryInterval 1\n"
        "<Location />\nOrder allow,deny\nAllow all\n</Location>\n<Location /admin>\nAllow all\n</Location>\n"
        "<Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n"
    )
    cupsd = shutil.which("cupsd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])) or "cupsd"
    process = subprocess.Popen(
        [cupsd, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while "is running" not in service.ask("lpstat", "-r"):
            assert process.poll() is None, (folder / "error").read_text()[-2000:]
            assert time.monotonic() < until, "the print service does not answer"
            time.sleep(0.1)
        told = service.ask("lpadmin", "-p", QUEUE, "-E", "-v", f"tray:{service.tray}", "-m", "raw")
        assert QUEUE in service.ask("lpstat", "-p", QUEUE), told
        yield service
    finally:
        service.trouble(None)
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(60)
