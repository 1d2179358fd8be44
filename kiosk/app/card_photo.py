"""The photo from a card's chip, made a picture for whoever compares it with the person."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from kiosk.domain.failures import KioskError
from kiosk.domain.secret import Secret
from kiosk.ports.face import Picture

log = logging.getLogger("kiosk.app")


def card_picture(photo: Secret | None, assets: Path, on: date) -> Picture | None:
    """Wipes `photo`. What cannot be shown is left out: the card lies there too."""
    from drivers.face.jpeg2000 import decode_photo
    from drivers.face.rules import load_face_rules

    if photo is None:
        return None
    try:
        rules = load_face_rules(assets / "rules" / "face.toml", on)
        return decode_photo(photo, rules.photo)
    except KioskError as error:
        log.error("%s", error)
        return None
    finally:
        photo.wipe()
