"""Breaks sentences into lines of about equal length, between phrases and never inside a word.

Japanese has no spaces; a phrase (文節) mostly ends where hiragana meet kanji or katakana. Where that guess is wrong
the catalogue carries U+2060 (no break here) or U+200B (a break is welcome here). Easy Japanese is written with spaces
between its phrases: those are its breaks. Characters under one reading stay together, in other languages the words of
`kiosk.domain.phrases`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from kiosk.domain.phrases import NO_BREAK_SPACE, ZERO_WIDTH_SPACE
from kiosk.domain.ruby import cut, heard, parts, rejoin, written

WORD_JOINER = "\u2060"

_SENTENCE = re.compile(r"[^\n]*?(?:[。！？][」』）”]?|[.!?।](?=\s)|(?=\n)|$)")

_OPENING = "「『（(［“‘"
_CLOSING = "」』）)］”’、。，．！？!?：；・…ー～々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_SHORT_QUOTE = 14
_PARTICLES = "をにはがでとものへや"
_PREFIXES = "おご"
_AWKWARD = {"pause": 0.0, "joins": 0.22, "": 0.15}
"""What it costs to end a line with it, as a part of the width by which lines may differ instead: nothing after a pause,
most after what joins one noun to the next, or a number to what it counts."""
# words that lean on the next one
_LEANING = frozenset({"この", "その", "ここの", "ほかの", "あと", "もう", "まだ", "いま"})


def plain(text: str) -> str:
    """The sentence as it is written: without the invisible marks of line breaking and without readings."""
    return _unmarked(written(text))


def spoken(text: str) -> str:
    """The sentence as a voice says it: readings in place of what they stand over."""
    return _unmarked(heard(text))


def _unmarked(text: str) -> str:
    return text.replace(WORD_JOINER, "").replace(ZERO_WIDTH_SPACE, "").replace(NO_BREAK_SPACE, " ")


@lru_cache(maxsize=1024)
def chunks(text: str) -> tuple[str, ...]:
    """Pieces that stay whole, with their readings; joined and without readings they give `plain(text)`."""
    line = written(text)
    whole = {inside for start, end in _under_one_reading(text) for inside in range(start + 1, end)}
    spaced = " " in line and any(map(_is_hiragana, line))
    may_break = _may_break_spaced if spaced else _may_break
    breaks = {n for n in range(1, len(line)) if n not in whole and may_break(line, n)}
    return tuple(piece for piece in map(_unmarked, cut(text, breaks)) if piece)


def _under_one_reading(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for piece, reading in parts(text):
        if reading:
            yield start, start + len(piece)
        start += len(piece)


def balanced(text: str, width: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    """Lines no wider than `width`. Each sentence begins a line; the lines of one sentence are as equal as they
    can be in the fewest lines possible. A piece wider than `width` is broken between characters."""
    lines: list[str] = []
    for pieces in _sentences(text, width, measure):
        lines += _balance(pieces, width, measure)
    return tuple(lines) or ("",)


def line_count(text: str, width: float, measure: Callable[[str], float]) -> int:
    """Of `balanced`, which takes much longer."""
    return sum(len(_greedy(pieces, width, measure)) for pieces in _sentences(text, width, measure)) or 1


def _sentences(text: str, width: float, measure: Callable[[str], float]) -> Iterator[list[str]]:
    """The pieces of each."""
    for sentence in _SENTENCE.findall(text):
        if sentence.strip():
            yield _narrow_enough(chunks(sentence), width, measure)


def _balance(pieces: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    fewest = _greedy(pieces, width, measure)
    if len(fewest) < 2:
        return fewest
    target = sum(measure(line) for line in fewest) / len(fewest)
    # best[k][i]: least raggedness of the first i pieces in k lines, and where the last of these lines starts
    count = len(pieces)
    awkward = [(_AWKWARD[_ending(piece)] * width) ** 2 for piece in pieces[:-1]] + [0.0]
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in fewest:
        row: dict[int, tuple[float, int]] = {}
        for start, (cost, _unused) in best[-1].items():
            for end in range(start + 1, count + 1):
                length = measure("".join(pieces[start:end]).strip())
                if length > width and end > start + 1:  # a single piece stands alone, however wide
                    break
                total = cost + (length - target) ** 2 + awkward[end - 1]
                if end not in row or total < row[end][0]:
                    row[end] = (total, start)
        best.append(row)
    lines: list[str] = []
    end = count
    for row in reversed(best[1:]):
        start = row[end][1]
        lines.insert(0, "".join(pieces[start:end]).strip())
        end = start
    return lines


def _ending(piece: str) -> str:
    last = plain(piece).rstrip()[-1:]
    return "pause" if last in "、。，．,.;:：！？!?）)」』" else "joins" if last == "の" or last.isdigit() else ""


def _greedy(pieces: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and measure((line + piece).strip()) > width:
            lines.append(line.strip())
            line = piece
        else:
            line += piece
    return [*lines, line.strip()]


def _narrow_enough(pieces: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    result: list[str] = []
    for piece in pieces:
        if measure(piece.strip()) <= width:
            result.append(piece)
        else:
            result += _by_character(piece)
    return result


def _by_character(piece: str) -> list[str]:
    letters = [unit for text, reading in parts(piece) for unit in ([rejoin(text, reading)] if reading else text)]
    found = letters[:1]
    for before, after in pairwise(letters):
        # what is written over, under or after a letter, as in Devanagari, is no letter of its own
        if after in _CLOSING or before in _OPENING or unicodedata.category(after[0]).startswith("M"):
            found[-1] += after
        else:
            found.append(after)
    return found


def _may_break_spaced(text: str, position: int) -> bool:
    """Japanese with spaces between its phrases."""
    before, after = text[position - 1], text[position]
    if WORD_JOINER in (before, after) or NO_BREAK_SPACE in (before, after):
        return False
    if ZERO_WIDTH_SPACE in (before, after):
        return before == ZERO_WIDTH_SPACE
    if text.count("「", 0, position) > text.count("」", 0, position) or after in _CLOSING or after.isspace():
        return False
    return before.isspace() or before in "、。！？"


def _may_break(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if text.count("「", 0, position) > text.count("」", 0, position):
        return False  # a quoted label stays whole
    if text.count("“", 0, position) > (ends := text.count("”", 0, position)) and _is_short_quote(text, ends):
        return False
    if WORD_JOINER in (before, after) or NO_BREAK_SPACE in (before, after) or after == ZERO_WIDTH_SPACE:
        return False
    if before == ZERO_WIDTH_SPACE:
        return True
    if after == "方" and text[position + 1 : position + 2] != "法" and _is_hiragana(before):
        return False  # a person: leans on what is said of them
    if after in _CLOSING or before in _OPENING or after.isspace():
        return False
    if before.isspace() or before in "、。，．！？：；・":
        return True
    if before in "」』）":
        return not _is_hiragana(after)
    if after in _OPENING:
        return True
    if not _is_hiragana(before):
        return False
    if _is_hiragana(after):
        follows_kanji = position + 1 < len(text) and _is_kanji(text[position + 1])
        return before == "を" or (after in _PREFIXES and follows_kanji)
    if after.isascii() and not after.isalnum():
        return False
    return _phrase_ends(text, position)


def _is_short_quote(text: str, number: int) -> bool:
    """Whether the quotation after `number` others is a label of one or two words."""
    quoted = text.split("“")[number + 1].partition("”")[0]
    return len(quoted) <= _SHORT_QUOTE


def _phrase_ends(text: str, position: int) -> bool:
    """Whether the hiragana before `position` close a phrase when a kanji or katakana follows."""
    start = position
    while start > 0 and _is_hiragana(text[start - 1]):
        start -= 1
    run = text[start:position]
    if run[-1] in _PREFIXES or run in _LEANING:
        return False
    # one hiragana between kanji is mostly inside a word (読み取り, 引っ越し), unless it is a particle
    return len(run) > 1 or run in _PARTICLES or start == 0


def _is_hiragana(char: str) -> bool:
    return "\u3041" <= char <= "\u309f"


def _is_kanji(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char == "々"
