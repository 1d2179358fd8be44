"""The handbook's page on the journal, made from the event catalogue: `python -m kiosk.app.journal_handbook`."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.app.journal import event_catalogue
from kiosk.app.paths import ASSETS
from kiosk.domain.rules import RuleTable, load_rules
from kiosk.journal.catalogue import EventCatalogue, EventRule, FieldRule

PAGE = ASSETS / "handbook" / "journal.md"


def page(catalogue: EventCatalogue, retention: RuleTable) -> str:
    lines = [
        "# 記録（ジャーナル） / The journal",
        "",
        "出来事の一覧です。ここにない出来事や項目は記録できません。「個人」の項目は受付ごとの鍵で暗号化され、保存期間が終わると鍵が壊されて読めなくなります。",
        "",
        "Every event that can be written, made from `assets/rules/journal.toml`. A personal field is encrypted under a "
        "key of its visit; when the retention ends, the key is destroyed and the chain still verifies.",
        "",
        "## 保存の区分 / Retention",
        "",
        "| class | 意味 | meaning | years | source |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = {row.text("class"): row for row in retention.sections["retention"]}
    for name, meaning in catalogue.retention.items():
        row = rows.get(name)
        years, source = (str(row.number("years")), row.source) if row else ("–", "–")
        lines.append(_line(name, meaning["ja"], meaning["en"], years, source))
    lines += ["", "## 監査の問い / Questions of an audit", "", "| question | entries |", "| --- | --- |"]
    for name, picks in catalogue.audit.items():
        told = ", ".join(pick.event + (f" ({pick.field} = {pick.value})" if pick.field else "") for pick in picks)
        lines.append(_line(name, told))
    for category in dict.fromkeys(rule.category for rule in catalogue.events.values()):
        lines += [
            "",
            f"## {category}",
            "",
            "| id | 意味 | meaning | fields | class |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [_event(rule) for rule in catalogue.events.values() if rule.category == category]
    return "\n".join([*lines, ""])


def _event(rule: EventRule) -> str:
    fields = "<br>".join(_field(field) for field in rule.fields.values()) or "–"
    return _line(f"`{rule.id}`", rule.meaning["ja"], rule.meaning["en"], fields, rule.retention)


def _field(rule: FieldRule) -> str:
    return " ".join(_parts(rule))


def _parts(rule: FieldRule) -> Iterator[str]:
    yield f"`{rule.name}`"
    yield " ".join(rule.values) if rule.values else rule.kind.value
    if rule.optional:
        yield "(optional)"
    if rule.personal:
        yield "**個人 personal**"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def main() -> None:
    PAGE.write_text(page(event_catalogue(), load_rules(ASSETS / "rules" / "retention.toml")), encoding="utf-8")


if __name__ == "__main__":
    main()
