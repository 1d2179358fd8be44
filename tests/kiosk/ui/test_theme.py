import dataclasses

import pytest

from kiosk.domain.screen import PALETTES as NAMES
from kiosk.domain.screen import TEXT_SIZES
from kiosk.ui.reach import Glass, least_short_mm
from kiosk.ui.theme import EDGE_PAIRS, LIGHT, PALETTES, TEXT_PAIRS, contrast, theme_for


@pytest.mark.parametrize("palette", PALETTES)
def test_text_reaches_seven_to_one_and_edges_three(palette: str) -> None:
    colours = PALETTES[palette]
    for pairs, least in ((TEXT_PAIRS, 7), (EDGE_PAIRS, 3)):
        for over, ground in pairs:
            assert contrast(getattr(colours, over), getattr(colours, ground)) >= least, (over, ground)


def test_palettes_are_those_a_press_goes_through() -> None:
    assert tuple(PALETTES) == NAMES
    assert PALETTES["light"] == LIGHT.colours


@pytest.mark.parametrize("palette", PALETTES)
def test_the_two_lights_of_an_urgent_screen_differ(palette: str) -> None:
    colours = PALETTES[palette]
    assert contrast(colours.accent, colours.accent_deep) >= 1.2
    assert contrast(colours.signal, colours.signal_deep) >= 1.2


def test_every_word_grows_and_small_ones_by_the_whole_percentage() -> None:
    for percent in TEXT_SIZES:
        kinds = theme_for("light", percent).type
        for name in ("badge", "detail", "body_small", "body", "choice", "button", "quiet", "hint"):
            assert getattr(kinds, name) == getattr(LIGHT.type, name) * percent / 100, name
        assert kinds.title >= kinds.body
        assert min(kinds.title_steps) >= kinds.body
    assert theme_for("none such", 100) == LIGHT
    assert theme_for("dark", 200).colours == PALETTES["dark"]


def test_on_a_usual_screen_everything_is_large_enough_and_on_a_small_one_not() -> None:
    space, kinds = LIGHT.space, LIGHT.type
    assert 194.0 < least_short_mm(space.target, space.gap, kinds.detail) < Glass().short_mm, "15.6 and 21.5 inches"
    assert Glass().within_reach(1920.0) == (pytest.approx(711, abs=1), 1920.0)
    assert Glass(bottom_mm=300.0).within_reach(1920.0) == (0.0, pytest.approx(1517, abs=1))


def test_contrast_agrees_with_published_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#777777") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1)


def test_colours_are_written_in_full() -> None:
    for value in dataclasses.astuple(LIGHT.colours):
        assert len(value) == 7
        assert int(value[1:], 16) >= 0


def test_type_and_targets_are_large_enough() -> None:
    kinds, space = LIGHT.type, LIGHT.space
    read = (
        kinds.body,
        kinds.body_small,
        kinds.detail,
        kinds.frame,
        kinds.button,
        kinds.choice,
        kinds.quiet,
        kinds.hint,
    )
    assert min(read) >= 32
    assert min(space.main_button, space.choice_button) >= 160
    assert min(space.target, space.frame_button, space.quiet_button, space.switch) >= 96
    assert space.gap >= 24
