"""The veil follows who stands there, as long as the camera runs anyway."""

from __future__ import annotations

from pathlib import Path

from kiosk.app.stage import Stage
from kiosk.app.watching import Observer
from tests.kiosk.app.plays import player, written


class VeilWatch(Observer):
    """When the veil came and went, in seconds of the kiosk's clock."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def ready(self, stage: Stage) -> None:
        window = stage.window
        cover, uncover = window.cover, window.uncover

        def covers() -> None:
            if not window.covered:
                self.told.append(("cover", stage.clock.monotonic()))
            cover()

        def uncovers() -> None:
            if window.covered:
                self.told.append(("uncover", stage.clock.monotonic()))
            uncover()

        vars(window).update(cover=covers, uncover=uncovers)


def test_the_veil_comes_when_nobody_is_seen_and_lifts_when_somebody_is(tmp_path: Path) -> None:
    watch = VeilWatch()
    scenario = written(
        tmp_path,
        """
        settings: {flow: {face_attempts: 0}, screen: {veil_seconds: 2}}
        steps:
          - camera: self
          - place_card
          - tap: method.staff
          - tap: visual.code
          - type: {field: staff_code, text: "135790"}
          - tap: pin.ok
          - expect: {screen: visual_decide}
          - wait: 4
          - camera: none
          - wait: 5
          - camera: self
          - wait: 2
        """,
    )
    result = player().play(scenario, observer=watch)
    assert result.passed, result.failure
    assert [what for what, _when in watch.told] == ["cover", "uncover"]
    (_cover, covered), (_uncover, lifted) = watch.told
    assert 1.5 < lifted - covered < 4.5
