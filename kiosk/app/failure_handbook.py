"""The handbook's page on failures, made from the codes and their sentences: `python -m kiosk.app.failure_handbook`."""

from __future__ import annotations

from kiosk.app.catalogue import load_catalogue
from kiosk.app.paths import ASSETS
from kiosk.domain.failures import FailureCode
from kiosk.domain.messages import Catalogue, Text

PAGE = ASSETS / "handbook" / "failures.md"


def page(catalogue: Catalogue) -> str:
    lines = [
        "# 番号ごとの原因と対処 / Failure codes",
        "",
        "画面、記録、`kiosk doctor` に出る番号です。",
        "",
        "What the codes on screens, in the journal and in `kiosk doctor` mean; made from the program's own list.",
        "",
        "| | 原因 | 対処 | cause | what to do |",
        "| --- | --- | --- | --- | --- |",
    ]
    for code in FailureCode:
        cells = [
            catalogue.render(Text(f"failure.{code.value}.{part}"), language).replace("|", "/")
            for language in ("ja", "en")
            for part in ("cause", "remedy")
        ]
        lines.append(f"| **{code.value}** | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    PAGE.write_text(page(load_catalogue(ASSETS / "messages")), encoding="utf-8")


if __name__ == "__main__":
    main()
