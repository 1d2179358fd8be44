"""How a later answer differs from what the visit rested on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from kiosk.domain.claim_note import Numbers
from kiosk.domain.eligibility import EligibilityAnswer, InsuredPerson
from kiosk.domain.outcome import Eligibility
from kiosk.domain.pending import CardFace, Difference, PendingVisit, differences

BORN = date(1950, 2, 11)
VISIT = PendingVisit(
    "v",
    datetime(2026, 11, 24, 9, 30),
    CardFace("見本　花子", BORN, "2", "架空県架空市１"),
    numbers=Numbers("39479993", None, "00123456"),
    share_percent=10,
)
PERSON = InsuredPerson(
    insurer_number="39479993", number="123456", name="見本　花子", kana="ﾐﾎﾝ ﾊﾅｺ", sex="2", birth_date=BORN
)


def answer(*persons: InsuredPerson, eligibility: Eligibility = Eligibility.VALID) -> EligibilityAnswer:
    return EligibilityAnswer(eligibility, None, None, persons)


@pytest.mark.parametrize(
    ("visit", "found", "share", "expected"),
    [
        (VISIT, answer(PERSON), 10, ()),
        (VISIT, answer(PERSON), None, ()),  # a share that nobody knows is none to differ
        (VISIT, answer(replace(PERSON, name="●本　花子")), 10, ()),
        (VISIT, answer(PERSON), 20, (Difference.SHARE,)),
        (VISIT, answer(replace(PERSON, number="123457")), 10, (Difference.NUMBERS,)),
        (replace(VISIT, numbers=Numbers(None, None, "123456")), answer(PERSON), 10, (Difference.NUMBERS,)),
        (replace(VISIT, numbers=None, share_percent=None), answer(PERSON), 10, ()),
        (VISIT, answer(replace(PERSON, birth_date=date(1950, 2, 12))), 10, (Difference.PERSON,)),
        (VISIT, answer(replace(PERSON, name="別　人", kana=None)), 10, (Difference.PERSON,)),
        (VISIT, answer(replace(PERSON, sex="1", number="9")), 30, (Difference.PERSON,)),
        (VISIT, answer(PERSON, PERSON), 10, (Difference.SEVERAL,)),
        (VISIT, answer(PERSON, eligibility=Eligibility.MULTIPLE), 10, (Difference.SEVERAL,)),
        (VISIT, answer(eligibility=Eligibility.NOT_FOUND), None, (Difference.ELIGIBILITY,)),
        (VISIT, answer(), None, (Difference.ELIGIBILITY,)),
        (
            VISIT,
            answer(replace(PERSON, number="8"), eligibility=Eligibility.INVALID),
            10,
            (Difference.ELIGIBILITY, Difference.NUMBERS),
        ),
    ],
)
def test_differences(
    visit: PendingVisit, found: EligibilityAnswer, share: int | None, expected: tuple[Difference, ...]
) -> None:
    assert differences(visit, found, share) == expected


def test_two_branches_are_two_people_of_one_card() -> None:
    visit = replace(VISIT, numbers=Numbers("39479993", None, "123456", "01"))
    assert differences(visit, answer(replace(PERSON, branch="02")), 10) == (Difference.NUMBERS,)
    assert differences(visit, answer(replace(PERSON, branch="1")), 10) == ()


def test_what_a_look_up_needs() -> None:
    assert VISIT.by_number
    assert VISIT.face.whole
    assert not replace(VISIT, numbers=Numbers(None, None, "123456")).by_number
    assert not replace(VISIT, face=CardFace("見本　花子")).by_number
    assert not CardFace("見本　花子", BORN, "2").whole


def test_nothing_personal_is_printed() -> None:
    assert "見本" not in repr(VISIT)
    assert "00123456" not in repr(VISIT)
