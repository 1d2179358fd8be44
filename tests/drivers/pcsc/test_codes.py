import pytest

from drivers.pcsc.codes import Code, ServiceError, code_name, failure_of
from kiosk.domain.failures import FailureCode

MEANING = {
    FailureCode.CARD_LOST: [0x0, 0x8010000C, 0x80100016, 0x80100068, 0x80100069],
    FailureCode.CARD_SILENT: [0x8010000F, 0x80100065, 0x80100066, 0x80100067],
    FailureCode.READER_BUSY: [0x8010000B],
    FailureCode.READER_GONE: [0x80100003, 0x80100009, 0x80100013, 0x80100017, 0x8010001D, 0x8010001E, 0x8010002E],
}


@pytest.mark.parametrize(("meaning", "code"), [(key, code) for key, codes in MEANING.items() for code in codes])
def test_meaning_of_a_code(meaning: FailureCode, code: int) -> None:
    assert failure_of(code, "desk").code is meaning


def test_a_code_nobody_has_seen_names_itself_and_the_reader() -> None:
    failure = failure_of(0x801000FF, "desk")
    assert (failure.code, failure.detail) == (FailureCode.READER_GONE, "desk: 801000FF")


def test_signed_codes_are_the_same_codes() -> None:
    assert ServiceError(Code.REMOVED_CARD - (1 << 32)).code == Code.REMOVED_CARD
    assert code_name(ServiceError(-2146435051).code) == "80100015"
