from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.face.jpeg2000 import announced_size, decode_photo
from drivers.face.rules import FaceRules
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.secret import Secret

Photo = Callable[..., Secret]


def codestream_of(jp2: bytearray) -> int:
    return jp2.index(bytes.fromhex("FF4FFF51"))


def with_size(
    jp2: bytearray, *, width: int | None = None, tile: int | None = None, components: int | None = None
) -> Secret:
    """The photo with other numbers in its SIZ marker."""
    changed, siz = bytearray(jp2), codestream_of(jp2) + 4
    if width is not None:
        struct.pack_into(">I", changed, siz + 4, width)
    if tile is not None:
        struct.pack_into(">II", changed, siz + 20, tile, tile)
    if components is not None:
        struct.pack_into(">H", changed, siz + 36, components)
    return Secret(changed)


def refused(photo: Secret, rules: FaceRules) -> str:
    with pytest.raises(NeedsStaff) as caught:
        decode_photo(photo, rules.photo)
    assert caught.value.code is FailureCode.PHOTO_UNREADABLE
    return caught.value.detail


def test_a_photo_is_decoded_in_colour_planes(card_photo: Photo, rules: FaceRules) -> None:
    grey = decode_photo(card_photo("hanako"), rules.photo)
    assert grey.shape == (300, 240, 3)
    assert (grey[:, :, 0] == grey[:, :, 2]).all()
    colour = decode_photo(card_photo("hanako", grey=False), rules.photo)
    assert (colour[:, :, 0] != colour[:, :, 2]).any()


def test_a_bare_codestream_is_decoded_too(card_photo: Photo, rules: FaceRules) -> None:
    jp2 = card_photo("hanako").reveal()
    bare = Secret(jp2[codestream_of(jp2) :])
    assert np.array_equal(decode_photo(bare, rules.photo), decode_photo(card_photo("hanako"), rules.photo))


def test_the_header_announces_the_size(card_photo: Photo) -> None:
    size = announced_size(card_photo("hanako").reveal())
    assert (size.width, size.height, size.components, size.tiles) == (240, 300, 1, 1)


@pytest.mark.parametrize("width", [0, 20, 4000, 2**31, 2**32 - 1])
def test_absurd_sizes_are_refused_before_decoding(card_photo: Photo, rules: FaceRules, width: int) -> None:
    assert refused(with_size(card_photo("hanako").reveal(), width=width), rules) in ("size", "header")


def test_absurd_tiles_and_components_are_refused(card_photo: Photo, rules: FaceRules) -> None:
    jp2 = card_photo("hanako").reveal()
    assert refused(with_size(jp2, tile=1), rules) == "size"
    assert refused(with_size(jp2, tile=0), rules) == "header"
    assert refused(with_size(jp2, components=0), rules) == "size"
    assert refused(with_size(jp2, components=16000), rules) == "size"


def test_a_huge_file_is_refused(card_photo: Photo, rules: FaceRules) -> None:
    assert refused(Secret(card_photo("hanako").reveal() + bytes(70_000)), rules) == "bytes"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"\xff\x4f", b"\xff\x4f\xff\x51\x00", b"\x89PNG\r\n\x1a\n" + bytes(60), bytes(100)],
)
def test_what_is_no_jpeg_2000_is_refused(rules: FaceRules, data: bytes) -> None:
    assert refused(Secret(data), rules) == "header"


def test_boxes_without_codestream_are_refused(card_photo: Photo, rules: FaceRules) -> None:
    jp2 = card_photo("hanako").reveal()
    end = jp2.index(b"jp2c") - 4
    assert refused(Secret(jp2[:end]), rules) == "header"
    assert refused(Secret(jp2[:end] + struct.pack(">I4s", 0, b"free")), rules) == "header"


def test_a_long_box_length_is_understood(card_photo: Photo) -> None:
    jp2 = card_photo("hanako").reveal()
    at = jp2.index(b"jp2c") - 4
    long = jp2[:at] + struct.pack(">I4sQ", 1, b"jp2c", len(jp2) - at + 8) + jp2[at + 8 :]
    assert announced_size(long).width == 240


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 6500), st.integers(0, 255)), max_size=12),
    cut=st.one_of(st.none(), st.integers(0, 6500)),
    doubled=st.one_of(st.none(), st.integers(0, 6500)),
)
def test_damaged_photos_only_ever_need_staff(
    card_photo: Photo,
    rules: FaceRules,
    changes: list[tuple[int, int]],
    cut: int | None,
    doubled: int | None,
) -> None:
    data = bytearray(card_photo("taro").reveal())
    for place, value in changes:
        data[place % len(data)] = value
    if doubled is not None:
        data[doubled:doubled] = data[doubled : doubled + 64]
    try:
        picture = decode_photo(Secret(data[:cut]), rules.photo)
    except KioskError as error:
        found = error.code
    else:
        found = picture.ndim
    assert found in (FailureCode.PHOTO_UNREADABLE, 3)
