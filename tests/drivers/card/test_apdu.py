import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card.apdu import ApduError, CommandApdu, ResponseApdu

VECTORS = [
    ("00A4040C0AD392F000260100000001", CommandApdu(0, 0xA4, 4, 0x0C, bytes.fromhex("D392F000260100000001"))),
    ("00A4020C020018", CommandApdu(0, 0xA4, 2, 0x0C, b"\x00\x18")),
    ("00200080", CommandApdu(0, 0x20, 0, 0x80)),
    ("002000800431323334", CommandApdu(0, 0x20, 0, 0x80, b"1234")),
    ("00B0000000", CommandApdu(0, 0xB0, 0, 0, expected=256)),
    ("00B08A00FB", CommandApdu(0, 0xB0, 0x8A, 0, expected=251)),
    ("802A0080023031" + "00", CommandApdu(0x80, 0x2A, 0, 0x80, b"01", 256)),
    ("00B00000000400", CommandApdu(0, 0xB0, 0, 0, expected=1024)),
    ("00B00000000000", CommandApdu(0, 0xB0, 0, 0, expected=65536)),
    ("80A206C1000133" + "AA" * 307, CommandApdu(0x80, 0xA2, 6, 0xC1, b"\xaa" * 307)),
    ("00880099000101" + "55" * 257 + "0400", CommandApdu(0, 0x88, 0, 0x99, b"\x55" * 257, 1024)),
]


@pytest.mark.parametrize(("raw", "apdu"), VECTORS)
def test_vectors_in_both_directions(raw: str, apdu: CommandApdu) -> None:
    assert apdu.encode().hex().upper() == raw
    assert CommandApdu.decode(bytes.fromhex(raw)) == apdu


def test_a_lone_length_of_zero_is_no_data() -> None:
    assert CommandApdu.decode(bytes.fromhex("0020008000")).data == b""


commands = st.builds(
    CommandApdu,
    *(st.integers(0, 255) for _ in range(4)),
    st.binary(max_size=600),
    st.none() | st.integers(1, 65536),
)


@given(commands)
def test_every_command_survives_the_wire(apdu: CommandApdu) -> None:
    assert CommandApdu.decode(apdu.encode()) == apdu


@given(st.binary(max_size=600))
def test_rubbish_raises_only_the_own_error(raw: bytes) -> None:
    with contextlib.suppress(ApduError):
        CommandApdu.decode(raw)
    try:
        answer = ResponseApdu.decode(raw)
    except ApduError:
        assert len(raw) < 2
    else:
        assert answer.encode() == raw


@pytest.mark.parametrize(
    "fields",
    [(256, 0, 0, 0), (0, -1, 0, 0), (0, 0, 0, 0, bytes(65536)), (0, 0, 0, 0, b"", 0), (0, 0, 0, 0, b"", 65537)],
)
def test_fields_out_of_range_are_refused(fields: tuple[int, ...]) -> None:
    with pytest.raises(ApduError):
        CommandApdu(*fields)  # type: ignore[arg-type]


def test_data_does_not_show() -> None:
    assert "1234" not in repr(CommandApdu(0, 0x20, 0, 0x80, b"1234"))
    assert "1234" not in repr(ResponseApdu(b"1234", 0x9000))
