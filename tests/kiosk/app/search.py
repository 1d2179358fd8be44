"""Looks for secrets in whatever a program left behind: as text, in hexadecimal and in base64."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator

RUN = 32
"""So many bytes of a picture in a row are no accident."""

WINDOW, STRIDE = 24, 9
"""Looked for at every ninth place only: whatever is as long as a run holds a whole window there."""

_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[\s:]?){4,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{6,}={0,2}")
_ESCAPED = re.compile(rb"\\(?:x|u00)([0-9A-Fa-f]{2})")
_WORD = rb"[0-9A-Za-z]"


class SecretSearch:
    """Secrets by name. A short one counts only where it stands as a word of its own."""

    def __init__(self) -> None:
        self._words: dict[bytes, str] = {}
        self._numbers: dict[bytes, str] = {}
        self._windows: dict[bytes, str] = {}

    def add_word(self, name: str, text: str) -> None:
        self._words |= dict.fromkeys(_encoded(text), name)

    def add_number(self, name: str, digits: str) -> None:
        """Long enough to be told anywhere."""
        self._numbers |= dict.fromkeys(_encoded(digits), name)

    def add_content(self, name: str, content: bytes) -> None:
        for start in range(len(content) - WINDOW + 1):
            window = content[start : start + WINDOW]
            if len(set(window)) > WINDOW // 3:  # runs of zeros are everywhere
                self._windows[window] = name

    def found_in(self, content: bytes) -> set[str]:
        """The names of the secrets that are there."""
        found: set[str] = set()
        for view in _views(content):
            found |= {name for number, name in self._numbers.items() if number in view}
            found |= {name for word, name in self._words.items() if word in view and _stands_alone(word, view)}
            if self._windows:
                slices = (view[at : at + WINDOW] for at in range(0, len(view) - WINDOW + 1, STRIDE))
                found |= {self._windows[window] for window in slices if window in self._windows}
        return found


def _encoded(text: str) -> list[bytes]:
    return [text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]


def _stands_alone(word: bytes, view: bytes) -> bool:
    return re.search(rb"(?<!" + _WORD + rb")" + re.escape(word) + rb"(?!" + _WORD + rb")", view) is not None


def _views(content: bytes) -> Iterator[bytes]:
    """The content itself, with wide letters made narrow, without escapes, and what is hexadecimal or base64 in it."""
    yield content
    text = content.decode("utf-8", "replace")
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        yield plain.encode()
    bare = _ESCAPED.sub(lambda match: bytes([int(match.group(1), 16)]), content)
    if bare != content:
        yield bare
    decoded: list[bytes] = []
    for match in _HEX.finditer(content):
        digits = re.sub(rb"[\s:]", b"", match.group())
        decoded += [bytes.fromhex(part[: len(part) // 2 * 2].decode()) for part in (digits, digits[1:])]
    for match in _BASE64.finditer(content):
        letters = match.group().rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            part = letters[start:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            decoded.append(base64.b64decode(part + b"=" * (-len(part) % 4)))
    yield b"\0".join(decoded)
