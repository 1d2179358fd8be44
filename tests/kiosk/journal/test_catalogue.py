"""The shipped catalogue loads and is sound; what it does not allow is refused without quoting the value."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from kiosk.domain.card import CardKind
from kiosk.domain.failures import FailureCode, Fatal
from kiosk.domain.outcome import Document, Eligibility, IdentityMethod, Status
from kiosk.journal.catalogue import EventCatalogue, load_catalogue
from kiosk.ports.face import FaceVerdict
from kiosk.ports.journal import JournalEntry

ROOT = Path(__file__).parents[3]

SMALL = """
version = 1
valid_from = 2024-12-02
source = "test"
forbidden_names = ["pin", "photo"]
[retention.visit]
ja = "受付"
en = "visit"
[[event]]
id = "test.all"
category = "test"
retention = "visit"
ja = "試験"
en = "test"
fields = [
  {name = "word", kind = "word", optional = true},
  {name = "closed", kind = "word", values = ["a", "b"], optional = true},
  {name = "words", kind = "words", optional = true},
  {name = "line", kind = "line", optional = true},
  {name = "file", kind = "file", optional = true},
  {name = "foreign", kind = "foreign", optional = true},
  {name = "count", kind = "count", optional = true},
  {name = "integer", kind = "integer", optional = true},
  {name = "similarity", kind = "number", digits = 2, optional = true},
  {name = "flag", kind = "flag", optional = true},
  {name = "code", kind = "code", optional = true},
  {name = "moment", kind = "moment", optional = true},
  {name = "month", kind = "month", optional = true},
  {name = "note", kind = "line", optional = true, personal = true},
]
[[event]]
id = "test.bound"
category = "test"
retention = "visit"
visit = true
ja = "試験"
en = "test"
fields = [{name = "needed", kind = "flag"}]
"""


@pytest.fixture(scope="module")
def small() -> EventCatalogue:
    return load_catalogue(SMALL.encode())


@pytest.fixture(scope="module")
def shipped() -> EventCatalogue:
    return load_catalogue((ROOT / "assets/rules/journal.toml").read_bytes())


@pytest.mark.parametrize(
    ("field", "value", "written"),
    [
        ("word", "face_failed", "face_failed"),
        ("word", IdentityMethod.FACE, "face"),
        ("closed", "b", "b"),
        ("words", "", ""),
        ("words", "surgery,medication", "surgery,medication"),
        ("line", "camera 窓口 1", "camera 窓口 1"),
        ("line", "tel 090-1234-5678", "tel ＊"),
        ("file", "OQSsiquc01res_face_20261124093000123.xml", "OQSsiquc01res_face_20261124093000123.xml"),
        ("line", "two\nlines\x1b[2J", "two lines [2J"),
        ("line", "long " * 40, ("long " * 40)[:120]),
        ("file", "../passwd", "?"),
        ("file", "folder/name.xml", "?"),
        ("foreign", "OQS00001", "OQS00001"),
        ("foreign", "", "?"),
        ("foreign", "山田 花子", "?"),
        ("foreign", "123456789018", "?"),
        ("foreign", "A" * 21, "?"),
        ("count", 0, 0),
        ("integer", -3, -3),
        ("similarity", 0.61499, 0.61),
        ("similarity", 1, 1.0),
        ("flag", False, False),
        ("code", "K402", "K402"),
        ("code", FailureCode.DISK_FULL, "K402"),
        ("moment", "2026-11-24", "2026-11-24"),
        ("month", "2031-02-11T14:59:59+00:00", "2031-02"),
        ("moment", "2026-11-24T09:30:00+09:00", "2026-11-24T09:30:00+09:00"),
    ],
)
def test_allowed_values(small: EventCatalogue, field: str, value: str | float, written: str | float) -> None:
    admitted = small.admit(JournalEntry("test.all", {field: value}))
    assert admitted == {field: written}
    assert type(admitted[field]) is type(written)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("word", ""),
        ("word", "two words"),
        ("word", "a,b"),
        ("word", "山田"),
        ("word", "1" * 12),
        ("word", 1),
        ("closed", "c"),
        ("words", "a,,b"),
        ("words", "a, b"),
        ("foreign", 3),
        ("count", -1),
        ("count", True),
        ("count", 1.0),
        ("count", 12345678),
        ("count", "3"),
        ("integer", -12345678),
        ("similarity", float("nan")),
        ("similarity", "0.5"),
        ("similarity", True),
        ("flag", 1),
        ("code", "K999"),
        ("moment", "yesterday"),
        ("month", "2031-02"),
        ("moment", "2026-02-30"),
        ("moment", "2026-11-24T09:30:00"),
    ],
)
def test_refused_values_are_named_but_not_quoted(small: EventCatalogue, field: str, value: str | float) -> None:
    with pytest.raises(Fatal) as caught:
        small.check(JournalEntry("test.all", {field: value}))
    assert caught.value.code is FailureCode.INTERNAL
    assert field in caught.value.detail
    if value and len(str(value)) > 3:
        assert str(value) not in str(caught.value)


def test_unknown_events_and_fields_are_refused(small: EventCatalogue) -> None:
    for entry in (JournalEntry("test.none"), JournalEntry("test.all", {"other": 1})):
        with pytest.raises(Fatal, match="unknown"):
            small.check(entry)
    with pytest.raises(Fatal) as caught:
        small.check(JournalEntry("山田 花子 1950-02-11"))
    assert "山田" not in str(caught.value)


def test_a_missing_field_and_a_missing_visit_are_refused(small: EventCatalogue) -> None:
    small.check(JournalEntry("test.bound", {"needed": True}, "v-1"))
    for entry in (
        JournalEntry("test.bound", {"needed": True}),
        JournalEntry("test.bound", {}, "v-1"),
        JournalEntry("test.bound", {"needed": None}, "v-1"),
        JournalEntry("test.bound", {"needed": True}, "山田 花子"),
    ):
        with pytest.raises(Fatal):
            small.check(entry)


def test_empty_optional_fields_are_left_out(small: EventCatalogue) -> None:
    assert small.admit(JournalEntry("test.all", {"word": None, "count": 1})) == {"count": 1}


def test_personal_fields_are_refused(small: EventCatalogue) -> None:
    with pytest.raises(Fatal, match="personal"):
        small.check(JournalEntry("test.all", {"note": "said hello"}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version ="),
        ("version = 1", ""),
        ('"word", kind = "word"', '"pin_text", kind = "word"'),
        ('"word", kind = "word"', '"face_photo", kind = "word"'),
        ('"word", kind = "word"', '"word", kind = "bytes"'),
        ('"word", kind = "word"', '"word", kind = "word", secret = true'),
        ('"word", kind = "word"', '"line", kind = "word"'),
        ("digits = 2", "digits = 9"),
        ('id = "test.bound"', 'id = "test.all"'),
        ('id = "test.bound"', 'id = "Test"'),
        ('retention = "visit"', 'retention = "ever"'),
        ('en = "test"', 'en = ""'),
        ("visit = true", "vist = true"),
    ],
)
def test_a_catalogue_with_a_mistake_is_refused(old: str, new: str) -> None:
    assert old in SMALL
    with pytest.raises(Fatal) as caught:
        load_catalogue(SMALL.replace(old, new, 1).encode())
    assert caught.value.code is FailureCode.ASSET_MISSING


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Fatal):
        load_catalogue(b"\xff\xfe")


@pytest.mark.parametrize(
    ("event", "field", "kind"),
    [
        ("visit.closed", "status", Status),
        ("visit.closed", "identity", IdentityMethod),
        ("visit.closed", "eligibility", Eligibility),
        ("visit.closed", "document", Document),
        ("eligibility.answered", "eligibility", Eligibility),
        ("card.read", "kind", CardKind),
        ("face.attempted", "verdict", FaceVerdict),
    ],
)
def test_closed_lists_follow_the_domain(shipped: EventCatalogue, event: str, field: str, kind: type[StrEnum]) -> None:
    assert shipped.events[event].fields[field].values == tuple(member.value for member in kind)


def test_the_similarity_of_faces_is_kept_coarse(shipped: EventCatalogue) -> None:
    fields = {
        "engine": "yunet+sface",
        "verdict": "match",
        "similarity": 0.618034,
        "threshold_match": 0.45,
        "threshold_review": 0.363,
        "frames_seen": 9,
        "frames_used": 5,
    }
    admitted = shipped.admit(JournalEntry("face.attempted", fields, "v-1"))
    assert admitted["similarity"] == 0.62
    assert admitted["threshold_review"] == 0.363


def test_the_end_of_a_certificate_does_not_tell_a_birthday(shipped: EventCatalogue) -> None:
    entry = JournalEntry("certificate.checked", {"until": "2031-02-11T14:59:59+00:00"}, "v-1")
    assert shipped.admit(entry) == {"until": "2031-02"}


def test_free_text_of_staff_counts_as_personal(shipped: EventCatalogue) -> None:
    entry = JournalEntry("staff.action", {"action": "visual_check", "staff": "sato", "note": "x"}, "v-1")
    with pytest.raises(Fatal, match="personal"):
        shipped.check(entry)
