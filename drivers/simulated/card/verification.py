"""照合番号B as text, for the simulator's own tools and for tests. The kiosk reads it from the card front."""

from __future__ import annotations

from datetime import date

from kiosk.domain import verification_number


def verification_number_b(birth_date: date, card_expires: date, security_code: str, western: bool = False) -> str:
    number = verification_number.verification_number_b(birth_date, card_expires.year, security_code, western=western)
    return number.reveal().decode()
