"""Where the secret of the journal lies: a systemd credential, or a file that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.app.paths import DataFolders, unusable
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.secret import Secret
from kiosk.journal.sealing import SECRET_BYTES, Sealer

CREDENTIAL = "madoguchi.journal-key"
"""Name under `LoadCredential=` or `LoadCredentialEncrypted=` of the service (systemd.exec(5))."""

PUBLIC_BYTES = 32
"""Of an Ed25519 key (RFC 8032)."""


def open_sealer(folders: DataFolders, *, create: bool, environ: Mapping[str, str] = os.environ) -> Sealer | None:
    """The credential, else `journal.key`, which `create` makes when there is none; None without either.

    Its public half is written beside the journal as `journal.pub`, to be kept elsewhere as well. Raises
    `Fatal(SETTINGS_WRONG)` naming the file whose rights or content are wrong.
    """
    credential = Path(environ["CREDENTIALS_DIRECTORY"]) / CREDENTIAL if "CREDENTIALS_DIRECTORY" in environ else None
    path = credential if credential is not None and credential.is_file() else folders.journal.with_suffix(".key")
    if path is not credential and not path.exists():
        if not create:
            return None
        _make(path)
    secret = _read(path)
    try:
        sealer = Sealer(secret)
    finally:
        secret.wipe()
    public = folders.journal.with_suffix(".pub")
    if create and not public.exists():
        with suppress(OSError):
            public.write_text(sealer.public_key.hex() + "\n", encoding="ascii")
    return sealer


def read_public_key(path: Path) -> bytes | None:
    """None for a file that holds no public key. Raises OSError where it cannot be read."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        return None
    return key if len(key) == PUBLIC_BYTES else None


def _read(path: Path) -> Secret:
    try:
        if path.stat().st_mode & 0o077:
            raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: chmod 600")
        return Secret(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        raise Fatal(FailureCode.SETTINGS_WRONG, f"{path.name}: {2 * SECRET_BYTES} hexadecimal digits") from None


def _make(path: Path) -> None:
    """Whole or not at all; of two programs that start at once, one makes it and both use it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, os.urandom(SECRET_BYTES).hex().encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise unusable(path.parent, error) from None
