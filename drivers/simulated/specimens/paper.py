"""Layouts on paper: 資格情報のお知らせ, 資格確認書 and 健康保険証. Each function draws one and its truth."""

from __future__ import annotations

from datetime import date

from drivers.simulated.specimens.contents import (
    Contents,
    japanese_day,
    old_card_dates,
    ratio_text,
    scheme_title,
    western_day,
    wide,
)
from drivers.simulated.specimens.sheet import INK, PALE, Sheet
from drivers.simulated.specimens.truth import NUMBERS, PERSON, Drawn, truth
from kiosk.domain.documents import FieldKey as Key

# --- 資格情報のお知らせ ------------------------------------------------------------------------------


def notice_draft(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(66, 24, "資格情報のお知らせ", 8, face="bold")
    sheet.write(120, 40, c.insurer_name, 4)
    sheet.write(120, 47, f"（保険者番号）{c.insurer_no}", 4)
    sheet.write(24, 62, "あなたの加入する健康保険の資格情報を下記のとおりお知らせします。", 4)
    numbers = (f"記号　{c.symbol}　" if c.symbol else "") + f"番号　{c.number}"
    rows = [
        numbers + (f"　（枝番）{c.branch}" if c.branch else ""),
        f"氏　　名　{c.name}",
        f"フリガナ　{c.kana}",
        f"生年月日　{japanese_day(c.birth)}　　　　性別　{c.sex}",
        f"負担割合　{ratio_text(c.ratio)}",
        f"資格取得年月日　{japanese_day(c.acquired)}",
        f"交付年月日　{japanese_day(c.issued)}",
    ]
    for i, row in enumerate(rows):
        sheet.write(34, 80 + 12 * i, row, 4.6)
    sheet.write(34, 170, f"保険者名　{c.insurer_name}", 4.6)
    sheet.write(24, 190, "この文書でのみ医療機関を受診することはできません。", 4)
    return sheet, truth(c, Key.INSURER_NAME, *NUMBERS, *PERSON, Key.RATIO, Key.ACQUIRED, Key.ISSUED)


def notice_final(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(68, 20, "資格情報のお知らせ", 7.5, face="bold")
    sheet.write(24, 36, c.insurer_name, 4.2)
    sheet.write(24, 43, f"（保険者番号）{c.insurer_no}", 4.2)
    sheet.write(24, 54, "あなたの加入する健康保険の資格情報を下記のとおりお知らせします。", 3.8)
    sheet.write(24, 61, "なお、このお知らせのみでは受診できません。", 3.8)
    numbers = (f"記号 {c.symbol} " if c.symbol else "") + f"番号 {c.number}"
    rows = [numbers, f"（枝番）{c.branch}" if c.branch else "", f"氏名 {c.name}", f"フリガナ {c.kana}"]
    if c.elderly:
        rows += [f"負担割合　{ratio_text(c.ratio)}", f"有効期限　{japanese_day(c.valid_to)}"]
    rows += [f"適用開始年月日 {japanese_day(c.acquired)}", f"交付年月日 {japanese_day(c.issued)}"]
    y = 76.0
    for row in rows:
        if row:
            sheet.write(34, y, row, 4.4)
            y += 10
    sheet.write(24, 168, "スマートフォンで、マイナポータルの健康保険証の画面をご覧いただけます。", 3.4)
    sheet.box(96, 206, 98, 66, edge=INK)
    _slip(sheet, c, 100, 210)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.KANA, Key.ACQUIRED, Key.ISSUED]
    return sheet, truth(c, *keys, *((Key.RATIO, Key.VALID_TO) if c.elderly else ()))


def notice_slip(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(98, 66)
    _slip(sheet, c, 6, 5)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.ISSUED]
    return sheet, truth(c, *keys, *((Key.RATIO,) if c.elderly else ()))


def _slip(sheet: Sheet, c: Contents, x: float, y: float) -> None:
    sheet.write(x + 18, y, "資格情報のお知らせ", 4.8, face="bold")
    sheet.write(x + 46, y + 8, f"{japanese_day(c.issued)}発行", 3)
    sheet.write(x, y + 14, c.insurer_name, 3.4)
    sheet.write(x, y + 20, f"（保険者番号）{c.insurer_no}", 3.4)
    numbers = (f"記号 {c.symbol}　" if c.symbol else "") + f"番号 {c.number}"
    sheet.write(x, y + 28, numbers + (f"　（枝番）{c.branch}" if c.branch else ""), 3.8)
    sheet.write(x, y + 35, f"氏名　{c.name}", 3.8)
    if c.elderly:
        sheet.write(x, y + 42, f"負担割合　{ratio_text(c.ratio)}", 3.8)
    sheet.write(x, y + 50, "受診の際にはマイナ保険証があわせて必要です", 2.9)


# --- 資格確認書 ------------------------------------------------------------------------------------


def certificate_card(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(86, 54, ground=(238, 246, 240), corner=2)
    sheet.write(5, 3.6, scheme_title(c.scheme, "資格確認書"), 3.6, face="bold")
    sheet.write(5, 9.2, f"有効期限　{japanese_day(c.valid_to)}", 2.6)
    numbers = (f"記号　{c.symbol}　" if c.symbol else "") + f"番号　{c.number}"
    sheet.write(5, 14.2, numbers + (f"　（枝番）{c.branch}" if c.branch else ""), 2.9)
    sheet.write(5, 19.4, "氏名", 2.4)
    sheet.write(17, 19.2, c.name, 3.2)
    sheet.write(5, 24.8, "生年月日", 2.4)
    sheet.write(17, 24.7, japanese_day(c.birth), 2.8)
    sheet.write(58, 24.8, "性別", 2.4)
    sheet.write(66, 24.7, c.sex, 2.8)
    sheet.write(5, 30, f"資格取得年月日　{japanese_day(c.acquired)}", 2.6)
    sheet.write(5, 35, f"交付年月日　{japanese_day(c.issued)}", 2.6)
    if c.elderly:
        sheet.write(58, 30, f"負担割合　{ratio_text(c.ratio)}", 2.6)
    sheet.write(5, 41, f"保険者番号　{c.insurer_no}", 2.9)
    sheet.write(5, 46.4, f"保険者名　{c.insurer_name}", 2.7)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.BIRTH, Key.SEX, Key.ACQUIRED, Key.ISSUED, Key.VALID_TO]
    return sheet, truth(c, *keys, *((Key.RATIO,) if c.elderly else ()))


def certificate_postcard(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(128, 91, ground=(250, 246, 234))
    sheet.write(30, 6, scheme_title(c.scheme, "資格確認書"), 5, face="bold")
    cells = [
        (8, 18, 40, "記号", c.symbol),
        (48, 18, 48, "番号", c.number),
        (96, 18, 24, "枝番", c.branch),
        (8, 31, 74, "氏名", c.name),
        (82, 31, 38, "性別", c.sex),
        (8, 44, 56, "生年月日", japanese_day(c.birth)),
        (64, 44, 56, "有効期限", japanese_day(c.valid_to)),
        (8, 57, 56, "発効期日", japanese_day(c.valid_from)),
        (64, 57, 56, "一部負担金の割合", ratio_text(c.ratio) if c.elderly else ""),
        (8, 70, 40, "保険者番号", c.insurer_no),
        (48, 70, 72, "保険者名", c.insurer_name),
    ]
    for x, y, width, label, value in cells:
        sheet.box(x, y, width, 13, edge=PALE)
        sheet.write(x + 1.5, y + 1.2, label, 2.5, colour=PALE)
        sheet.write(x + 3, y + 6, value, 3.6)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.BIRTH, Key.SEX, Key.VALID_FROM, Key.VALID_TO]
    return sheet, truth(c, *keys, *((Key.RATIO,) if c.elderly else ()), acquired=c.valid_from.isoformat())


def certificate_a4(c: Contents, _on: date) -> Drawn:
    sheet = Sheet(210, 297)
    sheet.write(56, 22, scheme_title(c.scheme, "資格確認書"), 8, face="bold")
    rows = [
        ("被保険者等記号", c.symbol),
        ("被保険者等番号", c.number),
        ("枝番", c.branch),
        ("フリガナ", c.kana),
        ("氏名", c.name),
        ("生年月日", japanese_day(c.birth, full=True)),
        ("性別", c.sex),
        ("世帯主氏名", c.householder),
        ("適用開始年月日", japanese_day(c.acquired, full=True)),
        ("交付年月日", japanese_day(c.issued, full=True)),
        ("有効期限", japanese_day(c.valid_to, full=True)),
        ("負担割合", ratio_text(c.ratio, "全") if c.elderly else ""),
        ("保険者番号", wide(c.insurer_no)),
        ("交付者名", c.insurer_name),
    ]
    y = 44.0
    for label, value in rows:
        sheet.box(24, y, 52, 12)
        sheet.box(76, y, 110, 12)
        sheet.write(27, y + 4, label, 4)
        sheet.write(80, y + 3.8, value, 4.4)
        y += 12
    keys = [Key.INSURER_NAME, *NUMBERS, *PERSON, Key.HOUSEHOLDER, Key.ACQUIRED, Key.ISSUED, Key.VALID_TO]
    return sheet, truth(c, *keys, *((Key.RATIO,) if c.elderly else ()))


# --- 健康保険証 ------------------------------------------------------------------------------------


def old_company(c: Contents, _on: date) -> Drawn:
    issued, _ = old_card_dates(c)
    sheet = Sheet(86, 54, ground=(230, 240, 250), corner=2)
    who = {"本人": "本人（被保険者）", "家族": "家族（被扶養者）"}.get(c.relation, "")
    sheet.write(5, 3.4, "健康保険被保険者証", 3.8, face="bold")
    sheet.write(50, 3.9, who, 3)
    sheet.write(50, 9, f"{japanese_day(issued)}交付", 2.5)
    numbers = (f"記号　{c.symbol}　" if c.symbol else "") + f"番号　{c.number}"
    sheet.write(5, 14, numbers + (f"（枝番）{c.branch}" if c.branch else ""), 2.9)
    sheet.write(5, 19.4, f"氏名　　{c.name}", 3.1)
    sheet.write(5, 25, f"生年月日　{japanese_day(c.birth)}", 2.8)
    sheet.write(56, 25, f"性別　{c.sex}", 2.8)
    sheet.write(5, 30, f"資格取得年月日　{japanese_day(c.acquired)}", 2.7)
    sheet.write(5, 38, f"保険者番号　{c.insurer_no}", 2.9)
    sheet.write(5, 43.4, f"保険者名称　{c.insurer_name}", 2.7)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.BIRTH, Key.SEX, Key.RELATION, Key.ACQUIRED]
    return sheet, truth(c, *keys, issued=issued.isoformat())


def old_municipal(c: Contents, _on: date) -> Drawn:
    issued, ends = old_card_dates(c)
    sheet = Sheet(86, 54, ground=(252, 240, 236), corner=2)
    sheet.write(5, 3.4, scheme_title(c.scheme, "被保険者証"), 3.6, face="bold")
    sheet.write(5, 9, f"有効期限　{japanese_day(ends)}", 2.7)
    sheet.write(5, 14.4, "記号", 2.3, colour=PALE)
    sheet.write(14, 14.2, c.symbol, 2.9)
    sheet.write(40, 14.4, "番号", 2.3, colour=PALE)
    sheet.write(49, 14.2, c.number, 2.9)
    sheet.write(68, 14.4, "枝番", 2.3, colour=PALE)
    sheet.write(76, 14.2, c.branch, 2.9)
    sheet.write(5, 20, "氏名", 2.3, colour=PALE)
    sheet.write(20, 19.6, c.name, 3.2)
    sheet.write(5, 25.4, "生年月日", 2.3, colour=PALE)
    sheet.write(20, 25.1, japanese_day(c.birth), 2.8)
    sheet.write(5, 30.4, "適用開始年月日", 2.3, colour=PALE)
    sheet.write(26, 30.1, japanese_day(c.acquired), 2.8)
    sheet.write(5, 35.4, "交付年月日", 2.3, colour=PALE)
    sheet.write(26, 35.1, japanese_day(issued), 2.8)
    sheet.write(5, 41.4, "保険者番号", 2.3, colour=PALE)
    sheet.write(26, 41.1, c.insurer_no, 2.9)
    sheet.write(5, 46.8, "交付者名", 2.3, colour=PALE)
    sheet.write(26, 46.5, c.insurer_name, 2.7)
    keys = [Key.INSURER_NAME, *NUMBERS, Key.NAME, Key.BIRTH, Key.ACQUIRED]
    return sheet, truth(c, *keys, issued=issued.isoformat(), valid_to=ends.isoformat())


def old_paper(c: Contents, _on: date) -> Drawn:
    issued, ends = old_card_dates(c)
    sheet = Sheet(128, 91, ground=(244, 250, 240))
    sheet.write(36, 6, "健康保険証", 6, face="sans_bold")
    rows = [
        ("保険者番号", c.insurer_no),
        ("記号・番号", f"{c.symbol} ・ {c.number}" if c.symbol else ""),
        ("番号", c.number if not c.symbol else ""),
        ("枝番", c.branch),
        ("フリガナ", c.kana),
        ("氏名", c.name),
        ("生年月日", western_day(c.birth)),
        ("交付年月日", japanese_day(issued)),
        ("有効期限", japanese_day(ends)),
        ("事業所名称", "架空商事"),
    ]
    y = 17.0
    for label, value in rows:
        if value:
            sheet.write(12, y, label, 3, face="sans")
            sheet.write(46, y, value, 3.4, face="sans")
            y += 7.4
    keys = [*NUMBERS, Key.NAME, Key.KANA, Key.BIRTH]
    return sheet, truth(c, *keys, issued=issued.isoformat(), valid_to=ends.isoformat())
