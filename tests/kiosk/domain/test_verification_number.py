from datetime import date

import pytest

from kiosk.domain.verification_number import verification_number_b


@pytest.mark.parametrize(
    ("birth", "expires", "code", "western", "digits"),
    [
        (date(1980, 2, 17), 2035, "2285", False, "55021720352285"),  # the published example of a test card
        (date(2020, 6, 30), 2030, "0001", False, "02063020300001"),
        (date(2019, 5, 1), 2029, "9999", False, "01050120299999"),
        (date(1989, 1, 7), 2028, "1234", False, "64010720281234"),
        (date(1985, 11, 3), 2031, "4410", True, "85110320314410"),
    ],
)
def test_the_fourteen_digits(birth: date, expires: int, code: str, western: bool, digits: str) -> None:
    number = verification_number_b(birth, expires, code, western=western)
    assert number.reveal() == digits.encode()
    assert len(number) == 14


@pytest.mark.parametrize(
    ("expires", "code"), [(35, "2285"), (2035, "228"), (2035, "22855"), (2035, "22a5"), (2035, "２２８５")]
)
def test_parts_that_no_card_prints_are_refused(expires: int, code: str) -> None:
    with pytest.raises(ValueError):
        verification_number_b(date(1980, 2, 17), expires, code)
