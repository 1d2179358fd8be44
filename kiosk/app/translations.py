"""For who translates: `python -m kiosk.app.translations` says what the translations lack.

`--new CODE` prints a file to be filled, `--shots FOLDER CODE…` draws the sample screens in these languages with contact
sheets, `--page` writes the handbook's page, which a test compares.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.app.catalogue import LANGUAGES, base_sentences, load_catalogue, patient_languages, read_translation
from kiosk.app.glossary import glossary, strays
from kiosk.app.paths import ASSETS
from kiosk.domain.languages import flaws
from kiosk.domain.ruby import annotated, written

MESSAGES = ASSETS / "messages"
PAGE = ASSETS / "handbook" / "languages.md"

_HEAD = """# Languages of the patient's screens

Made from `assets/messages/lang` by `python -m kiosk.app.translations --page`; a test compares. Do not edit.

A patient chooses the language with one press, also in the middle of a visit: the step stays the same. Staff, at their
console and where they help at the patient's screen, read Japanese or English. `flow.languages` in the settings offers
fewer or another order, `flow.default_language` is what the next patient finds.

**Only Japanese and English were written by the authors in their own words. A translation without a review has not yet
been reviewed by a native speaker**: have it read before you rely on it.

| Code | Language | Reviewed by a native speaker |
|---|---|---|
"""

_WORDS = """
## One word for one thing

Every language calls a thing by one word, from `assets/messages/lang/glossary.toml`; a test holds each sentence to it.
What stands on a paper or a card keeps its Japanese name in brackets where a patient has to find it there. 目視確認 and
限度額 are words of staff: a patient reads that staff check, and the most that is paid a month.
"""


def lacking(language: str) -> list[str]:
    """What keeps the file of a language from being offered, a line each; no file is one."""
    translation = read_translation(MESSAGES, language)
    if translation is None:
        return ["no file that names this language"]
    sentences, patient = base_sentences(MESSAGES), patient_languages(MESSAGES)[1]
    return flaws(language, translation.sentences, sentences, patient) + astray(language)


def astray(language: str) -> list[str]:
    """Sentences in which a term of the glossary is called something else, a line each."""
    sentences, patient = base_sentences(MESSAGES), patient_languages(MESSAGES)[1]
    translation = read_translation(MESSAGES, language)
    if translation is not None:
        for message_id in sentences.keys() & translation.sentences.keys():
            sentences[message_id][language] = str(translation.sentences[message_id])
    return list(strays(glossary(MESSAGES), language, sentences, patient))


def new_file(language: str) -> str:
    """A file with every id that a patient may see, to be filled; what is translated already stays."""
    translation = read_translation(MESSAGES, language)
    known = translation.sentences if translation else {}
    sentences = base_sentences(MESSAGES)
    _order, patient = patient_languages(MESSAGES)
    name = written(annotated(sentences[f"language.{language}"]["ja"]))
    lines = [
        f"# {name}",
        f"language: {language}",
        "reviewed: false   # not yet reviewed by a native speaker",
        "sentences:",
    ]
    for message_id, base in sentences.items():
        if patient.holds(message_id):
            lines += [f"  # {base['ja']}", f"  # {base['en']}"]
            lines.append(f"  {message_id}: {json.dumps(known.get(message_id, ''), ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def page() -> str:
    sentences = base_sentences(MESSAGES)
    order, _patient = patient_languages(MESSAGES)
    rows = []
    for code in order:
        translation = read_translation(MESSAGES, code)
        if code not in LANGUAGES and translation is None:
            continue
        reviewed = "original" if translation is None else "yes" if translation.reviewed else "not yet reviewed"
        name = written(annotated(sentences[f"language.{code}"]["ja"]))
        rows.append(f"| `{code}` | {name} | {reviewed} |")
    return _HEAD + "\n".join(rows) + "\n" + _words(order)


def _words(order: Sequence[str]) -> str:
    """The glossary: a row for each term."""
    codes = [code for code in order if code != "ja"]
    lines = [_WORDS, f"| 日本語 | {' | '.join(f'`{code}`' for code in codes)} |", "|---" * (len(codes) + 1) + "|"]
    for term in glossary(MESSAGES):
        lines.append(f"| {term.ja} | {' | '.join(term.words.get(code, ('–',))[0] for code in codes)} |")
    return "\n".join(lines) + "\n"


def shots(folder: Path, languages: Sequence[str]) -> None:
    """Every sample screen in these languages, portrait and landscape. Raises KeyError for one that is not offered."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.app.qt import application
    from kiosk.ui.gallery import Sheet, draw, gallery_window
    from kiosk.ui.samples import SAMPLES

    _app = application()
    window = gallery_window(load_catalogue(MESSAGES))
    for language in languages:
        for layout, columns in (("portrait", 8), ("landscape", 5)):
            draw(window, folder, SAMPLES, 540, Sheet(f"{layout}-{language}", language, 100, "light", layout, columns))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk.app.translations", description=__doc__)
    parser.add_argument("--new", metavar="CODE", choices=patient_languages(MESSAGES)[0])
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--shots", metavar=("FOLDER", "CODE"), nargs="+")
    options = parser.parse_args(arguments)
    if options.new:
        sys.stdout.write(new_file(options.new))
        return 0
    if options.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if options.shots:
        folder, *languages = options.shots
        shots(Path(folder), languages)
        return 0
    found = [
        f"{path.stem}: {flaw}" for path in sorted((MESSAGES / "lang").glob("*.yaml")) for flaw in lacking(path.stem)
    ]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
