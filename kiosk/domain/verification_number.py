"""照合番号B: the 14 digits that open the card-face application to whoever holds the card.

Birth date `YYMMDD` with the era year, the Gregorian year in which the card expires, and the four digits of the
security code under the photo. 照合番号A is the My Number itself and has no place in this program.
"""

from __future__ import annotations

from datetime import date

from kiosk.domain.secret import Secret
from kiosk.domain.wareki import two_digit_era_year


def verification_number_b(birth_date: date, expiry_year: int, security_code: str, *, western: bool = False) -> Secret:
    """Compose 照合番号B from what is printed on the card front.

    `western` is for cards of foreign residents, which print a Gregorian birth date: the two last digits of the
    Gregorian year take the place of the era year. That form is known from the predecessor card only, so a caller
    has to count tries.

    Raises `ValueError` when a part cannot be what a card prints.
    """
    if not 2000 <= expiry_year <= 9999:
        raise ValueError("expiry year has four digits")
    if len(security_code) != 4 or not (security_code.isascii() and security_code.isdigit()):
        raise ValueError("security code has four digits")
    year = f"{birth_date.year % 100:02d}" if western else two_digit_era_year(birth_date)
    return Secret(f"{year}{birth_date:%m%d}{expiry_year}{security_code}")
