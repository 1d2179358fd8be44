"""Faulty result files by number: bytes, elements, encodings and bombs. The same number gives the same file."""

from __future__ import annotations

import random
from collections.abc import Sequence

KINDS = ("bytes", "cut", "elements", "texts", "encoding", "bomb", "several")
_TEXTS = (
    "",
    "0",
    "9" * 40,
    "●",
    "99999999",
    "20260231",
    "-1",
    "　",
    "\ufeff",
    "１２３",
    "&#0;",
    "&#x110000;",
    "<",
    "]]>",
    "𠮷",
    "a" * 5000,
)
_CODECS = (b"Shift_JIS", b"utf-16", b"UTF-7", b"idna", b"hex", b"zlib", b"cp932", b"EUC-JP", b"", b"A" * 60)
_BOMB = b'<!DOCTYPE x [<!ENTITY a "%s">%s]>'


def mutated(samples: Sequence[bytes], number: int) -> bytes:
    """One file, spoiled."""
    dice = random.Random(number)
    content = dice.choice(samples)
    return _spoil(content, dice, KINDS[number % len(KINDS)])


def _spoil(content: bytes, dice: random.Random, kind: str) -> bytes:
    match kind:
        case "bytes":
            spoiled = bytearray(content)
            for _ in range(dice.randint(1, 20)):
                spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
            return bytes(spoiled)
        case "cut":
            start, end = sorted(dice.randrange(len(content)) for _ in range(2))
            return dice.choice((content[:end], content[start:], content[:start] + content[end:]))
        case "elements":
            lines = content.split(b"\n")
            for _ in range(dice.randint(1, 6)):
                at, change = dice.randrange(len(lines)), dice.randrange(3)
                if change == 0 and len(lines) > 1:
                    lines.pop(at)
                elif change == 1:
                    lines.insert(at, dice.choice(lines))
                else:
                    dice.shuffle(lines)
            return b"\n".join(lines)
        case "texts":
            parts = content.split(b">")
            at = dice.randrange(len(parts))
            parts[at] = dice.choice(_TEXTS).encode() + parts[at]
            return b">".join(parts)
        case "encoding":
            if dice.random() < 0.5:
                return content.replace(b"UTF-8", dice.choice(_CODECS), 1)
            text = content.decode("utf-8", "replace")
            return text.encode(dice.choice(("utf-16", "utf-32", "cp932", "euc-jp", "utf-7")), "replace")
        case "bomb":
            return _bomb(content, dice)
        case _:
            return _spoil(_spoil(content, dice, "texts"), dice, dice.choice(("bytes", "cut", "elements")))


def _bomb(content: bytes, dice: random.Random) -> bytes:
    deep, wide = dice.randint(1, 4000), dice.randint(1, 40_000)
    return dice.choice(
        (
            lambda: _BOMB % (b"x" * 100, b"".join(b'<!ENTITY b%d "&a;&a;">' % n for n in range(50))) + content,
            lambda: b'<!DOCTYPE x SYSTEM "file:///etc/hostname">' + content,
            lambda: b"<XmlMsg>" + b"<a>" * deep + b"</a>" * deep + b"</XmlMsg>",
            lambda: b"<XmlMsg>" + b"<a/>" * wide + b"</XmlMsg>",
            lambda: b"<XmlMsg " + b" ".join(b'a%d="1"' % n for n in range(deep)) + b"></XmlMsg>",
            lambda: b"<" + b"x" * dice.randint(1, 2_000_000),
            lambda: content + b" " * dice.randint(0, 1 << 21),
            lambda: b"<XmlMsg><!--" + b"-" * deep + b"--></XmlMsg>",
            lambda: b"<XmlMsg><![CDATA[" + b"]" * wide + b"]]></XmlMsg>",
        )
    )()
