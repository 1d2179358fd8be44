"""The last guard before a text reaches the journal or a log.

Catalogue and flow already keep personal data out. This guard is for the mistake that nobody has thought of: it knows
what secrets look like, not where they come from.
"""

from __future__ import annotations

import re
import unicodedata

from kiosk.domain.masking import STAR as MASK
from kiosk.domain.masking import mask_my_number

# My Number (12 digits), 照合番号B (14), telephone and insurance numbers, also written in groups: all of them are longer
# than any count we write.
_DIGITS = re.compile(r"\d(?:[\s\-‐‑‒–—―−ー./]{0,2}\d){9,}")
# Keys, digests, pictures and templates as hexadecimal or base64.
_BLOB = re.compile(r"[0-9A-Fa-f]{32,}|[0-9A-Za-z+/_=]{64,}")


def mask(text: str) -> str:
    """The text in compatibility form (full-width digits become ordinary ones), suspicious runs replaced by MASK."""
    plain = unicodedata.normalize("NFKC", text)
    return _BLOB.sub(MASK, _DIGITS.sub(MASK, mask_my_number(plain)))


def is_suspicious(text: str) -> bool:
    """Whether `mask` would hide a part of it."""
    return mask(text) != unicodedata.normalize("NFKC", text)
