"""Layouts of マイナポータル「医療保険の資格情報」: pages of a PDF, and screens of a phone."""

from __future__ import annotations

from datetime import date

from drivers.simulated.specimens.contents import (
    Contents,
    japanese_day,
    narrow_kana,
    ratio_text,
    western_day,
    wide,
)
from drivers.simulated.specimens.sheet import PALE, WHITE, Sheet
from drivers.simulated.specimens.truth import NUMBERS, PERSON, Drawn, truth
from kiosk.domain.documents import FieldKey as Key

_BLUE = (38, 92, 160)
_GREY = (226, 230, 234)


def portal_table(c: Contents, on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(20, 18, "医療保険の資格情報", 7, face="bold")
    rows = [
        ("保険者名", c.insurer_name),
        ("保険者番号", c.insurer_no),
        ("被保険者証記号", c.symbol),
        ("被保険者証番号", c.number),
        ("被保険者証枝番", c.branch),
        ("氏名", c.name),
        ("フリガナ", c.kana),
        ("生年月日", japanese_day(c.birth)),
        ("性別", c.sex),
        ("本人・家族の別", c.relation),
        ("負担割合", ratio_text(c.ratio)),
        ("資格取得年月日", japanese_day(c.acquired)),
        ("有効開始日", japanese_day(c.valid_from)),
    ]
    y = 36.0
    for label, value in rows:
        sheet.box(20, y, 60, 11, fill=_GREY)
        sheet.box(80, y, 110, 11)
        sheet.write(23, y + 3.4, label, 4)
        sheet.write(84, y + 3.2, value, 4.4)
        y += 11
    sheet.write(20, y + 8, f"確認日時　{western_day(on)}　9:30", 3.6)
    sheet.write(20, y + 16, "この画面は、マイナンバーカードと一緒に提示してください。", 3.2, colour=PALE)
    return sheet, truth(
        c,
        Key.INSURER_NAME,
        *NUMBERS,
        *PERSON,
        Key.RELATION,
        Key.RATIO,
        Key.ACQUIRED,
        Key.VALID_FROM,
        checked_at=on.isoformat(),
    )


def portal_list(c: Contents, on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(24, 20, "健康保険証", 8, face="sans_bold")
    sheet.write(24, 34, "登録状況：登録済み", 4, face="sans")
    sheet.write(24, 46, "資格情報", 5.5, face="sans_bold")
    lines = [
        f"氏　　　名：{c.name}",
        f"カナ氏名：{c.kana}",
        f"生年月日：{western_day(c.birth, '/')}",
        f"記号：{wide(c.symbol)}　番号：{wide(c.number)}（枝番）{wide(c.branch)}" if c.branch else "",
        f"番号：{wide(c.number)}" if not c.branch else "",
        f"保険者番号：{wide(c.insurer_no)}",
        f"保険者等名称：{c.insurer_name}",
        f"一部負担金割合：{ratio_text(c.ratio, '全')}" if c.elderly else "",
        f"適用開始年月日：{japanese_day(c.acquired, full=True)}",
        f"ダウンロード日：{western_day(on, '/')}",
    ]
    y = 58.0
    for line in lines:
        if line:
            sheet.write(24, y, line, 4.2, face="sans")
            y += 9
    keys = [Key.INSURER_NAME, Key.INSURER_NO, Key.NUMBER, Key.NAME, Key.KANA, Key.BIRTH, Key.ACQUIRED]
    keys += [Key.SYMBOL, Key.BRANCH] if c.branch else []
    keys += [Key.RATIO] if c.elderly else []
    return sheet, truth(c, *keys, checked_at=on.isoformat())


def portal_stacked(c: Contents, on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(20, 16, "あなたの医療保険の資格情報", 6, face="bold")
    pairs = [
        ("氏名", c.name),
        ("氏名（カナ）", narrow_kana(c.kana)),
        ("生年月日", western_day(c.birth)),
        ("保険者番号", " ".join(c.insurer_no)),
        ("被保険者等記号・番号", f"{c.symbol}・{c.number}" if c.symbol else ""),
        ("被保険者番号", c.number if not c.symbol else ""),
        ("枝番", c.branch),
        ("保険者名称", c.insurer_name),
        ("一部負担金の割合", ratio_text(c.ratio, "%")),
        ("有効期限", japanese_day(c.valid_to)),
        ("表示日時", f"{western_day(on)} 18時05分"),
    ]
    y = 32.0
    for label, value in pairs:
        if value:
            sheet.write(20, y, label, 3.4, colour=PALE)
            sheet.write(20, y + 5, value, 4.6)
            y += 17
    return sheet, truth(
        c,
        Key.INSURER_NAME,
        *NUMBERS,
        Key.NAME,
        Key.KANA,
        Key.BIRTH,
        Key.RATIO,
        Key.VALID_TO,
        checked_at=on.isoformat(),
    )


def screen_rows(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(68, 140, rest=(16, 16, 18), corner=3)
    sheet.box(0, 0, 68, 14, fill=_BLUE, edge=None)
    sheet.write(5, 4.6, "医療保険の資格情報", 4.2, face="sans_bold", colour=WHITE)
    rows = [
        ("氏名", c.name),
        ("フリガナ", c.kana),
        ("生年月日", japanese_day(c.birth)),
        ("負担割合", ratio_text(c.ratio)),
        ("保険者番号", c.insurer_no),
        ("記号", c.symbol),
        ("番号", c.number),
        ("枝番", c.branch),
    ]
    y = 20.0
    for label, value in rows:
        if value:
            sheet.write(4, y, label, 2.6, face="sans", colour=PALE)
            sheet.write(26, y - 0.2, value, 3.0, face="sans")
            sheet.box(4, y + 6, 60, 0.1, edge=_GREY)
            y += 9.5
    sheet.write(4, y, "保険者名", 2.6, face="sans", colour=PALE)
    _wrapped(sheet, 26, y, c.insurer_name, 3.0, 12, face="sans")
    sheet.write(4, 128, "この画面だけでは受診できません", 2.4, face="sans", colour=PALE)
    return sheet, truth(c, Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.KANA, Key.BIRTH, Key.RATIO)


def screen_stacked(c: Contents, on: date) -> Drawn:
    sheet = Sheet(70, 150, ground=(246, 248, 250), rest=(28, 28, 30), corner=3)
    sheet.write(5, 6, "健康保険証", 4.4, face="bold")
    sheet.write(5, 14, "登録済み", 3.0, colour=(20, 110, 60))
    pairs = [
        ("氏名", c.name),
        ("生年月日", western_day(c.birth)),
        ("保険者番号", c.insurer_no),
        ("被保険者等記号", c.symbol),
        ("被保険者等番号", c.number),
        ("枝番", c.branch),
        ("一部負担金割合", ratio_text(c.ratio)),
        ("確認日", western_day(on, "/")),
    ]
    y = 24.0
    for label, value in pairs:
        if value:
            sheet.box(4, y - 2, 62, 13, fill=WHITE, edge=_GREY)
            sheet.write(7, y, label, 2.6, colour=PALE)
            sheet.write(7, y + 4.4, value, 3.4)
            y += 14.5
    return sheet, truth(c, *NUMBERS, Key.NAME, Key.BIRTH, Key.RATIO, checked_at=on.isoformat())


def screen_dark(c: Contents, on: date) -> Drawn:
    light = (236, 238, 240)
    sheet = Sheet(68, 140, ground=(24, 26, 30), rest=(120, 116, 110), corner=3)
    sheet.write(5, 6, "医療保険の資格情報", 4.0, face="sans_bold", colour=light)
    rows = [
        ("保険者番号", c.insurer_no),
        ("記号", c.symbol),
        ("番号", c.number),
        ("枝番", c.branch),
        ("氏名", c.name),
        ("生年月日", japanese_day(c.birth)),
        ("性別", c.sex),
        ("負担割合", ratio_text(c.ratio)),
        ("表示日時", western_day(on)),
    ]
    y = 20.0
    for label, value in rows:
        if value:
            sheet.write(5, y, label, 2.8, face="sans", colour=(170, 176, 182))
            size = min(3.1, (sheet.width - 30) / (len(value) + 1))  # a name in full-width Latin letters stays on it
            sheet.write(30, y, value, size, face="sans", colour=light)
            y += 10
    return sheet, truth(c, *NUMBERS, Key.NAME, Key.BIRTH, Key.SEX, Key.RATIO, checked_at=on.isoformat())


def _wrapped(sheet: Sheet, x: float, y: float, text: str, size: float, most: int, *, face: str) -> None:
    for i in range(0, len(text), most):
        sheet.write(x, y + i / most * size * 1.5, text[i : i + most], size, face=face)
