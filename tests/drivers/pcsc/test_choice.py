import pytest

from drivers.pcsc.choice import choose

CONTACT = "Alcor Micro AU9540 00 00"
PICC = "ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00"
SAM = "ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] 01 00"
SONY = "SONY RC-S300/S 02 00"
DUAL = "Identive CLOUD 4700 F Dual Interface Reader [CLOUD 4700 F Contactless Reader] 03 00"


@pytest.mark.parametrize(
    ("readers", "wanted", "chosen"),
    [
        ([], "", None),
        ([CONTACT], "", CONTACT),
        ([CONTACT, SAM, PICC], "", PICC),
        ([CONTACT, SONY], "", SONY),
        ([CONTACT, DUAL], "", DUAL),
        ([SAM], "", None),
        ([SAM], SAM, SAM),
        ([CONTACT, PICC], CONTACT, CONTACT),
        ([CONTACT, PICC, SONY], "rc-s300", SONY),
        ([CONTACT, PICC, SONY], "*PICC*", PICC),
        ([CONTACT, PICC, SONY], "acs*00", PICC),
        ([CONTACT, PICC], "SCL3711", None),
        ([CONTACT, PICC], "*[ACR1252 Dual Reader PICC]*", PICC),
        ([CONTACT, PICC], "*[ACR1252 Dual Reader PICC] 00 ??", PICC),
        ([CONTACT, SONY], f" {SONY} ", SONY),
        ([CONTACT, SONY], " ", SONY),
    ],
)
def test_the_reader_that_is_ours(readers: list[str], wanted: str, chosen: str | None) -> None:
    assert choose(readers, wanted) == chosen


@pytest.mark.parametrize(
    ("readers", "wanted", "chosen"),
    [
        ([CONTACT, SONY], "", SONY),  # the contactless one was plugged in later
        ([SONY, PICC], "", PICC),
        ([CONTACT, PICC], "*", PICC),
        ([PICC, CONTACT], CONTACT, CONTACT),
        ([SONY], "", SONY),
        ([], "", None),
    ],
)
def test_the_reader_in_use_stays_while_none_is_better(readers: list[str], wanted: str, chosen: str | None) -> None:
    in_use = PICC if PICC in readers else CONTACT
    assert choose(readers, wanted, in_use) == chosen
