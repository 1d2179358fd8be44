import pytest

from kiosk.ui.theme import EDGE_PAIRS, LIGHT, TEXT_PAIRS, colour_names, contrast


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reaches_seven_to_one(text: str, ground: str) -> None:
    assert contrast(getattr(LIGHT.colours, text), getattr(LIGHT.colours, ground)) >= 7


@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_that_carry_meaning_reach_three_to_one(edge: str, ground: str) -> None:
    assert contrast(getattr(LIGHT.colours, edge), getattr(LIGHT.colours, ground)) >= 3


def test_contrast_agrees_with_published_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#777777") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1)


def test_colours_are_written_in_full() -> None:
    for name in colour_names():
        value = getattr(LIGHT.colours, name)
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
