from __future__ import annotations

import pytest

from drivers.pcsc.lengths import Lengths

LONG_READ, SHORT_READ = bytes.fromhex("00B08200000800"), bytes.fromhex("00B0820000")
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")


@pytest.mark.parametrize(
    ("went", "usable"),
    [
        ([], 4096),
        ([(LONG_READ, False)], 4096),
        ([(LONG_READ, False), (LONG_READ, False)], 256),
        ([(LONG_READ, False), (LONG_READ, True), (LONG_READ, False)], 4096),
        ([(SHORT_READ, False), (SELECT, False), (SHORT_READ, False)], 4096),
        ([(LONG_READ, False), (SHORT_READ, True), (SELECT, True), (LONG_READ, False)], 256),
    ],
)
def test_a_reader_is_believed_until_it_has_failed_twice(went: list[tuple[bytes, bool]], usable: int) -> None:
    lengths = Lengths()
    for command, answered in went:
        lengths.note(command, answered=answered)
    assert lengths.usable(4096) == usable
    assert lengths.usable(256) == 256
