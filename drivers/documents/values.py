"""What stands beside a label, as a value (documents reference 2.2).

Each function takes a line and gives a `Found`, or None where nothing stands there. What is there and makes no sense
has the value None and says why: it is asked again, never corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from drivers.documents.layout import Line
from kiosk.domain.documents import FieldKey
from kiosk.domain.insurance import check_digit_holds, normal_insurer_number
from kiosk.domain.wareki import Era, Wareki, to_gregorian

_NOTHING = re.compile(r"[\s\-ー一＊*×xX/|｜:：・.。()（）\[\]]*|なし|無し?|該当なし|記載なし|未記載|空欄|未設定")
_BRACKETED = re.compile(r"[(\[【「〔<]([^()\[\]【】「」〔〕<>]*)[)\]】」〕>]")
_LEADING = " ::：)）]】」〕>・|｜=.,、"
_ENDING = " ::：(（[【「〔<・|｜=,、。"
_ERAS = {era.title: era for era in Era} | {era.letter: era for era in Era} | {era.title[0]: era for era in Era}
_ERA_DAY = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR明大昭平令][.・]?)(?P<y>元|\d{1,2})(?:年(?:\((?P<w>\d{4})年?\))?|[./・-])"
    r"(?P<m>\d{1,2})(?:月|[./・-])(?P<d>\d{1,2})日?",
)
_WESTERN_DAY = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?:年?\((?P<e>明治|大正|昭和|平成|令和|[明大昭平令])(?P<n>元|\d{1,2})年?\)年?|年|[./・-])"
    r"(?P<m>\d{1,2})(?:月|[./・-])(?P<d>\d{1,2})(?!\d)日?"
)
_EIGHT_DIGITS = re.compile(r"(?<!\d)(?P<y>(?:18|19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_RATIO = re.compile(r"(?P<n>\d+|[一二三])割|(?P<p>\d+)(?:%|パーセント)|(?<!\d)0(?P<o>[123])0(?!\d)")
_KANA = re.compile(r"[ァ-ヺー・゛゜ ぁ-ゖA-Za-z.,'●-]+")
_TITLES_OF_ADDRESS = re.compile(r"\s*(?:様|殿|さま)$")
_SENTENCE = re.compile(r"[。、]|ください|ません|ます|です|こと|場合|について|のみ|による")
_LOOKALIKE_KANA = str.maketrans("一二力口夕八工卜千三才へべぺ", "ーニカロタハエトチミオヘベペ")
_KANJI_TWINS = frozenset("ニカロタハエトチミオーリ")
_OF_LABELS = re.compile(r"年月|番号|記号|氏名|保険|資格|交付|有効|期限|負担|割合|生年|性別|枝番|適用|フリガナ")
_NAME_LETTERS = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff々〆ヶヵぁ-ゖァ-ヺーA-Za-z .,'’・●■〓?-]+")


@dataclass(frozen=True, repr=False)
class Found:
    """`line` is the part that was used. Personal data: no repr."""

    value: str | None
    line: Line
    warning: str | None = None


def clean(line: Line) -> Line:
    """Without the separators around it, and without what a note (※) says."""
    note = line.text.find("※")
    if note >= 0:
        line = line.cut(0, note)
    return line.stripped(_LEADING).stripped(_ENDING)


def is_nothing(line: Line) -> bool:
    return _NOTHING.fullmatch(line.text) is not None


def without_notes(line: Line) -> Line:
    """Without brackets that hold more than digits, as （8桁） or （70歳以上のみ記載）."""
    keep = [True] * len(line.text)
    for match in _BRACKETED.finditer(line.text):
        if not match.group(1).strip().isdecimal():
            for place in range(*match.span()):
                keep[place] = False
    return line.only(keep)


def insurer_number(line: Line) -> Found | None:
    """Six or eight digits with a right check digit, without blanks; 国保 padded to eight digits becomes its six."""
    tight = without_notes(line).tight().stripped(_LEADING + _ENDING)
    if is_nothing(tight):
        return None
    joined = tight.only(c != "-" for c in tight.text)
    runs = list(re.finditer(r"\d+", joined.text))
    good = [run for run in runs if len(run.group()) in (6, 8)]
    if len(good) != 1 or (len(runs) > 1 and not joined.text.startswith(good[0].group())):
        return Found(None, tight, "format") if runs else Found(None, tight, "unreadable")
    number = normal_insurer_number(good[0].group())
    used = joined.cut(*good[0].span())
    return Found(number, used) if check_digit_holds(number) else Found(None, used, "check_digit")


def symbol(line: Line) -> Found | None:
    """Kanji, kana, digits and hyphens, as printed but for their width and blanks."""
    part = without_notes(line).tight()
    if is_nothing(clean(part)):
        return None
    part = part.stripped(_LEADING).stripped(_ENDING)
    if len(part.text) > 20 or _SENTENCE.search(part.text) or "番号" in part.text or _is_torn(part):
        return Found(None, part, "format")
    return Found(_hyphens(part.text), part)


def number(line: Line) -> Found | None:
    tight = _without_leading_notes(line).tight().stripped(_LEADING + _ENDING)
    if is_nothing(tight):
        return None
    text = _hyphens(tight.text)
    match = re.match(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}(?![0-9A-Za-z-])", text)
    if match is None or not any(c.isdecimal() for c in match.group()):
        return Found(None, tight, "format")
    rest = text[match.end() :]
    used = tight.cut(*match.span())
    if (rest and rest[0] not in "()（）[]・/") or _is_torn(used):
        return Found(None, tight, "format")
    return Found(match.group().strip("-"), used)


def branch(line: Line) -> Found | None:
    """Two digits, kept as text."""
    tight = _without_leading_notes(line).tight().stripped(_LEADING + _ENDING)
    if is_nothing(tight):
        return None
    match = re.match(r"\d+", tight.text)
    if match is None or not could_be_branch(match.group()):
        return Found(None, tight, "format")
    return Found(match.group(), tight.cut(*match.span()))


def could_be_branch(digits: str) -> bool:
    return len(digits) == 2


def _without_leading_notes(line: Line) -> Line:
    """A note before the value goes; one behind it stays, and ends the value: 808（枝番）01 is not 80801."""
    line = line.stripped(" ::：")
    match = _BRACKETED.match(line.text)
    return line.cut(match.end(), len(line.text)) if match and not match.group(1).strip().isdecimal() else line


def _is_torn(line: Line) -> bool:
    """One gap far wider than the others: two numbers, the word between them unread."""
    glyphs = line.glyphs
    gaps = sorted(other.left - one.right for one, other in pairwise(glyphs))
    if len(gaps) < 2:
        return bool(gaps) and gaps[0] > 1.2 * glyphs[0].height
    return gaps[-1] > 0.9 * glyphs[0].height and gaps[-1] > 3 * max(gaps[-2], 0.1 * glyphs[0].height)


def day(line: Line) -> Found | None:
    """The first date. A western date beside a Japanese one must be the same day."""
    dates = days(line)
    if not dates:
        tight = clean(line).tight()
        return None if is_nothing(tight) else Found(None, tight, "format")
    first = dates[0]
    if len(dates) > 1 and first.value and dates[1].value and first.value != dates[1].value:
        return Found(None, first.line, "differs")
    return first


def days(line: Line) -> list[Found]:
    """Every date of a line, in order."""
    tight = line.tight()
    text = _hyphens(tight.text)
    spans: list[tuple[int, int]] = []
    found: list[tuple[int, Found]] = []
    for pattern in (_ERA_DAY, _WESTERN_DAY, _EIGHT_DIGITS):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b in spans):
                continue
            spans.append((start, end))
            value, warning = _date_of(match)
            found.append((start, Found(value, tight.cut(start, end), warning)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _date_of(match: re.Match[str]) -> tuple[str | None, str | None]:
    parts = match.groupdict()
    month, dom = int(parts["m"]), int(parts["d"])
    try:
        if parts.get("era"):
            era = _ERAS[parts["era"].rstrip(".・")]
            year = 1 if parts["y"] == "元" else int(parts["y"])
            if parts["w"] and int(parts["w"]) != era.starts.year + year - 1:
                return None, "differs"
            date(era.starts.year + year - 1, month, dom)
            try:
                return to_gregorian(Wareki(era, year, month, dom)).isoformat(), None
            except ValueError:
                return None, "outside_era"
        if parts.get("e"):
            first = _ERAS[parts["e"]].starts.year
            if int(parts["y"]) != first - 1 + (1 if parts["n"] == "元" else int(parts["n"])):
                return None, "differs"
        return date(int(parts["y"]), month, dom).isoformat(), None
    except ValueError:
        return None, "no_such_day"


def name(line: Line) -> Found | None:
    """Blanks collapsed, without 様. A reading in brackets beside it belongs to another item."""
    part = clean(without_notes(line))
    if is_nothing(part):
        return None
    title = _TITLES_OF_ADDRESS.search(part.text)
    if title and title.start() > 1:
        part = part.cut(0, title.start())
    text = _spaced_name(part)
    if len(text) > 60 or _SENTENCE.search(text) or _OF_LABELS.search(text) or not _NAME_LETTERS.fullmatch(text):
        return Found(None, part, "format")
    return Found(text, part)


def _spaced_name(line: Line) -> str:
    """Blanks collapsed. Letters that stand apart one by one (見 本　 太 郎), and Latin letters as wide as kanji, are
    parted at the widest gaps only."""
    parts = line.text.split()
    glyphs = line.glyphs
    letters = "".join(parts)
    latin = re.fullmatch(r"[A-Za-z]+", letters) is not None
    if len(parts) < 3 or len(glyphs) != len(letters) or not (latin or all(len(part) == 1 for part in parts)):
        return " ".join(parts)
    gaps = [other.left - one.right for one, other in pairwise(glyphs)]
    if latin:  # a blank of that width is as wide as a letter; the gaps beside a narrow or a broad letter differ by less
        wide = median(gaps) + 0.5 * median(other.left - one.left for one, other in pairwise(glyphs))
    else:
        wide = 1.3 * min(gaps) if max(gaps) > 1.3 * min(gaps) else float("inf")
    text = letters[0]
    for part, gap in zip(letters[1:], gaps, strict=True):
        text += (" " if gap > wide else "") + part
    return text


def kana(line: Line) -> Found | None:
    """Full-width katakana or as printed; letters that look like kanji are what the field allows."""
    part = clean(without_notes(line))
    if is_nothing(part):
        return None
    text = " ".join(part.text.split()).translate(_LOOKALIKE_KANA)
    text = re.sub(r"(?<=[ァ-ヺ])-(?=[ァ-ヺ ]|$)", "ー", text)
    if len(text) > 80 or not _KANA.fullmatch(text) or "フリガナ" in text:
        return Found(None, part, "format")
    return Found(text, part)


def kana_in_brackets(line: Line) -> Found | None:
    """見本 花子（ミホン ハナコ）: the reading, where only a reading stands in the brackets."""
    for match in _BRACKETED.finditer(line.text):
        inner = match.group(1).strip()
        if len(inner) > 2 and re.fullmatch(r"[ァ-ヺー・ ]+", inner):
            return kana(line.cut(match.start(1), match.end(1)))
    return None


def has_ambiguous_letter(text: str) -> bool:
    """A kana that looks like a kanji and has no kana beside it (健ニ for 健二): OCR cannot tell them apart."""
    for place, letter in enumerate(text):
        if letter in _KANJI_TWINS:
            beside = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
            if not any("ァ" <= c <= "ヺ" or c == "ー" for c in beside):
                return True
    return False


def sex(line: Line) -> Found | None:
    tight = line.tight()
    return _one_of(tight, {"男": "男", "女": "女"})


def relation(line: Line) -> Found | None:
    return _one_of(line.tight(), {"本人": "本人", "被保険者": "本人", "家族": "家族", "被扶養者": "家族"})


def ratio(line: Line) -> Found | None:
    """○割 or per cent, or the three digits of the online answer; in per cent."""
    tight = line.tight()
    seen: dict[str, re.Match[str]] = {}
    wrong = None
    for match in _RATIO.finditer(tight.text):
        digits = match["n"] or match["o"]
        tens = {"一": 1, "二": 2, "三": 3}.get(digits or "") or (int(digits) if digits else int(match["p"]) / 10)
        if tens in (1, 2, 3):
            seen.setdefault(str(int(tens * 10)), match)
        else:
            wrong = match
    if len(seen) == 1 and wrong is None:
        value, match = next(iter(seen.items()))
        return Found(value, tight.cut(*match.span()))
    if seen or wrong:
        return Found(None, tight, "format" if wrong else "differs")
    rest = clean(without_notes(line))
    return None if is_nothing(rest) else Found(None, rest, "format")


def words(line: Line) -> Found | None:
    """Free text of one line."""
    part = clean(line)
    if is_nothing(part):
        return None
    text = " ".join(part.text.split())
    if len(text) > 60 or _SENTENCE.search(text):
        return Found(None, part, "format")
    return Found(text, part)


def limit(line: Line) -> Found | None:
    found = words(without_notes(line))
    if found and found.value and len(found.value) > 20:
        return Found(None, found.line, "format")
    return found


def _one_of(tight: Line, meanings: dict[str, str]) -> Found | None:
    seen = {meaning: word for word, meaning in meanings.items() if word in tight.text}
    if len(seen) == 1:
        meaning, word = next(iter(seen.items()))
        start = tight.text.index(word)
        return Found(meaning, tight.cut(start, start + len(word)))
    rest = clean(without_notes(tight))
    if seen:
        return Found(None, tight, "differs")
    return None if is_nothing(rest) else Found(None, rest, "format")


def _hyphens(text: str) -> str:
    """ー between digits is a hyphen; elsewhere it is a long vowel."""
    return re.sub(r"(?<=\d)ー(?=\d)", "-", text)


READERS: dict[FieldKey, Callable[[Line], Found | None]] = {
    FieldKey.INSURER_NAME: words,
    FieldKey.INSURER_NO: insurer_number,
    FieldKey.SYMBOL: symbol,
    FieldKey.NUMBER: number,
    FieldKey.BRANCH: branch,
    FieldKey.NAME: name,
    FieldKey.KANA: kana,
    FieldKey.BIRTH: day,
    FieldKey.SEX: sex,
    FieldKey.HOUSEHOLDER: name,
    FieldKey.RELATION: relation,
    FieldKey.RATIO: ratio,
    FieldKey.ACQUIRED: day,
    FieldKey.ISSUED: day,
    FieldKey.VALID_FROM: day,
    FieldKey.VALID_TO: day,
    FieldKey.CHECKED_AT: day,
    FieldKey.LIMIT: limit,
}

OF_WORDS = frozenset(
    {
        FieldKey.TITLE,
        FieldKey.INSURER_NAME,
        FieldKey.NAME,
        FieldKey.KANA,
        FieldKey.HOUSEHOLDER,
        FieldKey.SEX,
        FieldKey.RELATION,
        FieldKey.LIMIT,
    }
)
"""Items whose letters OCR is less certain of than of digits."""
