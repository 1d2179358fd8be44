"""Staff codes for the patient's screen, kept as salted digests.

A code has six digits: a digest keeps it from being read, not from being found by trying all of them on a stolen file.
The pad's own limit of wrong entries is what protects the check.

`python -m kiosk.app.staff_codes NAME` asks for a code and prints the line for the setting `staff.codes`.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import re
import secrets
import sys
from collections.abc import Sequence

from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.secret import Secret

DIGITS = 6
_ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9_]{0,31}):([0-9a-f]{32}):([0-9a-f]{64})")
_COST = 1 << 13  # of scrypt: 20 ms and 8 MB for each member of staff


class DigestedCodes:
    """Implements `StaffCodes`. Raises `Fatal(SETTINGS_WRONG)` for an entry that is not `name:salt:digest`."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._entries: list[tuple[str, bytes, bytes]] = []
        for number, entry in enumerate(entries):
            found = _ENTRY.fullmatch(entry)
            if found is None:
                raise Fatal(FailureCode.SETTINGS_WRONG, f"settings.staff.codes[{number}]: name:salt:digest")
            self._entries.append((found.group(1), bytes.fromhex(found.group(2)), bytes.fromhex(found.group(3))))

    def name_of(self, code: Secret) -> str | None:
        """Compares with everybody, so that the time does not tell how far it came."""
        names = [name for name, salt, digest in self._entries if hmac.compare_digest(_digest(code, salt), digest)]
        return names[0] if names else None


def entry(name: str, code: Secret) -> str:
    """One value of the setting `staff.codes`. Raises `ValueError` for a name or a code of another form."""
    if len(code) != DIGITS or not code.reveal().isdigit():
        raise ValueError(f"a code has {DIGITS} digits")
    salt = secrets.token_bytes(16)
    made = f"{name}:{salt.hex()}:{_digest(code, salt).hex()}"
    if _ENTRY.fullmatch(made) is None:
        raise ValueError("a name is one word of letters and digits")
    return made


def _digest(code: Secret, salt: bytes) -> bytes:
    return hashlib.scrypt(code.reveal(), salt=salt, n=_COST, r=8, p=1, dklen=32)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: 2 for a name or a code of another form, with one line that says which."""
    if len(arguments) != 1:
        print("python -m kiosk.app.staff_codes NAME", file=sys.stderr)
        return 2
    try:
        code = Secret(getpass.getpass(f"{DIGITS} digits: "))
    except (EOFError, KeyboardInterrupt):
        return 2
    try:
        print(entry(arguments[0], code))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        code.wipe()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
