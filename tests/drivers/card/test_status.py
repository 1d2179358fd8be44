import pytest

from drivers.card.status import Status, bytes_waiting, name, right_length, tries_left, with_tries


@pytest.mark.parametrize(
    ("status", "left"),
    [(0x63C0, 0), (0x63C1, 1), (0x63CA, 10), (0x63CF, 15), (0x6983, 0), (0x6984, 0), (0x6300, None), (0x9000, None)],
)
def test_tries_left(status: int, left: int | None) -> None:
    assert tries_left(status) == left


@pytest.mark.parametrize("count", range(16))
def test_a_count_comes_back(count: int) -> None:
    assert tries_left(with_tries(count)) == count


def test_length_hints() -> None:
    assert bytes_waiting(0x6110) == 16
    assert bytes_waiting(0x6100) == 256
    assert bytes_waiting(0x9000) is None
    assert right_length(0x6C20) == 32
    assert right_length(0x6C00) == 256
    assert right_length(0x6700) is None


def test_names_are_for_technicians() -> None:
    assert name(0x6982) == "6982 SECURITY_STATUS_MISSING"
    assert name(0x1234) == "1234"
    assert len({status.name for status in Status}) == len(Status)
