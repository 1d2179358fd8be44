from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from drivers.simulated.card import images
from drivers.simulated.card.photo import face_photo_jp2
from kiosk.domain.failures import FailureCode, Fatal

PERSONAS = Path(__file__).resolve().parents[4] / "assets" / "personas"


@pytest.mark.parametrize("who", ["hanako", "kenji"])
def test_the_photo_is_a_small_grey_jp2(who: str) -> None:
    raw = face_photo_jp2(PERSONAS / who / "card.jpg")
    assert raw[4:8] == b"jP  "
    assert 5000 <= len(raw) <= 7000
    with Image.open(BytesIO(raw)) as picture:
        assert picture.format == "JPEG2000"
        assert picture.mode == "L"
        assert picture.size == (240, 300)


def test_what_is_no_picture(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff" + bytes(40))
    for path in (broken, tmp_path / "missing.jpg"):
        with pytest.raises(Fatal) as caught:
            face_photo_jp2(path)
        assert caught.value.code is FailureCode.PICTURE_BROKEN
        assert caught.value.detail == path.name


@pytest.mark.parametrize(
    ("raw", "size"),
    [
        (images.name_image("見本　花子"), (216, 12)),
        (images.name_image("マリア・フェルナンダ・デ・ラ・クルス・サンチェス・ガルシア"), (216, 12)),
        (images.address_image("架空県架空市試験町１－２－３"), (288, 24)),
        (images.address_image("架空県架空市試験町大字試験字見本" * 4), (288, 24)),
        (images.security_code_image("2285"), (24, 12)),
        (images.number_image("537686677188"), (72, 12)),
        (images.name_image(""), (216, 12)),
    ],
)
def test_printed_items_are_one_bit_pictures(raw: bytes, size: tuple[int, int]) -> None:
    with Image.open(BytesIO(raw)) as picture:
        assert picture.mode == "1"
        assert picture.size == size
    assert len(raw) < 1500


def test_different_codes_look_different() -> None:
    assert len({images.security_code_image(code) for code in ("2285", "2286", "0000", "9999")}) == 4
