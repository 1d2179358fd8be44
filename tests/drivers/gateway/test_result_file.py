from __future__ import annotations

import dataclasses
import re
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.gateway.result_file import MAX_BYTES, Branch, read_result
from drivers.gateway.safe_xml import SINGLE
from kiosk.domain.eligibility import ConsentState, EligibilityAnswer, SpecificDisease
from kiosk.domain.failures import FailureCode, KioskError, NeedsStaff
from kiosk.domain.outcome import Eligibility

SAMPLES = Path(__file__).parent / "samples"
FULL = "face_47199999960a1b2c3d4e5f60718293_20261005101503"
DOT = "face_47199999969f8e7d6c5b4a39281706_20261005102210"
GRACE = "face_471999999600112233445566778899_20261005103355"
CHILD = "face_4719999996abcdefabcdefabcdefab_20261005104440"
ASSISTANCE = "face_471999999613579bdf02468ace1357_20261005105000"


def sample(part: str) -> bytes:
    return (SAMPLES / f"OQSsiquc01res_{part}.xml").read_bytes()


def failure(content: bytes) -> FailureCode:
    with pytest.raises(NeedsStaff) as caught:
        read_result(content)
    return caught.value.code


def message(*, header: str = "", body: str = "", persons: str = "", declaration: str = "") -> bytes:
    return (
        f"{declaration}<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>{header}</MessageHeader>"
        f"<MessageBody>{body}<ResultList>{persons}</ResultList></MessageBody></XmlMsg>"
    ).encode()


def person(content: str) -> bytes:
    body = "<ProcessingResultStatus>1</ProcessingResultStatus><QualificationValidity>1</QualificationValidity>"
    return message(
        body=body, persons=f"<ResultOfQualificationConfirmation>{content}</ResultOfQualificationConfirmation>"
    )


def test_a_valid_answer_by_number() -> None:
    result = read_result(sample("202610050001"))
    answer = result.answer
    (who,) = answer.persons
    assert result.branch is Branch.ANSWERED
    assert answer.eligibility is Eligibility.VALID
    assert (answer.file_identifier, answer.identifier, answer.by_card) == ("KIOSK-0001", "PT00012345", False)
    assert (answer.confirmed_on, answer.processed_at) == (date(2026, 10, 5), datetime(2026, 10, 5, 9, 15, 12))
    assert (answer.institution_code, answer.character_code_agrees) == ("4719999996", True)
    assert (who.insurer_number, who.symbol, who.number, who.branch) == ("06479992", "2026", "158", "00")
    assert (who.name, who.kana, who.sex, who.birth_date) == ("見本　花子", "ﾐﾎﾝ ﾊﾅｺ", "2", date(1985, 6, 12))
    assert (who.limit_class, who.limit_from, who.limit_to) == ("A03", date(2026, 8, 1), date(2027, 7, 31))
    assert who.reference_number == "00012345"
    assert [state.information for state in who.consents] == ["LimitApplicationCertificateRelated"]


@pytest.mark.parametrize(
    ("part", "branch", "eligibility", "count"),
    [
        ("202610050002", Branch.ANSWERED, Eligibility.INVALID, 1),
        ("202610050003", Branch.ANSWERED, Eligibility.INVALID_NEWER, 1),
        ("202610050004", Branch.ANSWERED, Eligibility.NOT_FOUND, 0),
        ("202610050005", Branch.ANSWERED, Eligibility.MULTIPLE, 0),
        ("202610050006", Branch.ANSWERED, Eligibility.MULTIPLE, 2),
        ("202610050007", Branch.REFUSED, Eligibility.UNCONFIRMED, 0),
        ("202610050008", Branch.RUNNING, Eligibility.UNCONFIRMED, 0),
        (FULL, Branch.ANSWERED, Eligibility.VALID, 1),
        (DOT, Branch.ANSWERED, Eligibility.VALID, 1),
        (GRACE, Branch.ANSWERED, Eligibility.VALID, 1),
        (CHILD, Branch.ANSWERED, Eligibility.VALID, 1),
        (ASSISTANCE, Branch.ANSWERED, Eligibility.VALID, 1),
    ],
)
def test_every_sample(part: str, branch: Branch, eligibility: Eligibility, count: int) -> None:
    result = read_result(sample(part))
    assert (result.branch, result.answer.eligibility, len(result.answer.persons)) == (branch, eligibility, count)


def test_a_lost_qualification() -> None:
    (who,) = read_result(sample("202610050002")).answer.persons
    assert who.insurer_number == "479998"
    assert who.symbol == "架空・１２"
    assert (who.disqualified_on, who.loss_reason, who.insured_name) == (date(2026, 9, 1), "03", "架空　太郎")


def test_an_abnormal_end_keeps_the_terminals_words() -> None:
    answer = read_result(sample("202610050007")).answer
    assert answer.message_code == "SAMPLE-E0001"
    assert answer.message == "架空のエラー文"


def test_consents_of_a_shuffled_file() -> None:
    answer = read_result(sample(FULL)).answer
    at = datetime(2026, 10, 5, 10, 15, 3)
    states = {state.information: state for state in answer.persons[0].consents}
    assert states["PharmacistsInfo"] == ConsentState("PharmacistsInfo", "1", at, datetime(2026, 10, 6, 10, 15, 3))
    assert states["SpecificDiseasesCertificateRelated"] == ConsentState("SpecificDiseasesCertificateRelated", "0")
    assert answer.prescription == "1"
    assert answer.by_card


def test_lost_characters_in_cp932() -> None:
    (who,) = read_result(sample(DOT)).answer.persons
    assert (who.name, who.kana, who.address) == ("●橋　良子", "ﾀｶﾊｼ ﾘｮｳｺ", "架空県架空市●町８８番地")
    assert (who.name_of_other, who.kana_of_other, who.sex_on_card) == ("●橋　良子", "ﾀｶﾊｼ ﾘｮｳｺ", "3")
    assert (who.contribution_ratio, who.limit_class) == (20, "B09")
    assert who.specific_diseases == (SpecificDisease("1", date(2026, 8, 1), date(2027, 7, 31), 10000),)


def test_grace_gives_eligibility_only() -> None:
    answer = read_result(sample(GRACE)).answer
    assert not answer.medical_information_allowed
    assert answer.card_registered
    assert answer.message_code == "SAMPLE-W0001"
    assert (answer.persons[0].elderly_ratio, answer.persons[0].elderly_to) == (20, date(2027, 7, 31))


def test_a_child_of_the_family() -> None:
    (who,) = read_result(sample(CHILD)).answer.persons
    assert who.preschool
    assert (who.relation, who.insured_name) == ("2", "見本　花子")


def test_medical_assistance_keeps_its_ticket() -> None:
    (who,) = read_result(sample(ASSISTANCE)).answer.persons
    assert (who.card_class, who.public_expense_number, who.beneficiary_number) == ("A1", "12479994", "0001230")
    assert who.welfare_office == "架空市福祉事務所"
    ticket = "PublicExpenseResultList/MedicalTicketInfo"
    assert (f"{ticket}/MedicalTreatmentMonth", "202610") in who.other


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("OQSsiquc01res_*.xml")), ids=lambda path: path.stem[-14:])
def test_order_never_matters(path: Path) -> None:
    """The leaves of every element in reverse give the same answer."""
    content = path.read_bytes()
    codec = "cp932" if b"Shift_JIS" in content else "utf-8"
    text = content.decode(codec)
    block = re.compile(r"((?:^ {8}<(\w+)>[^<\n]*</\2>\n)+)", re.MULTILINE)
    turned = block.sub(lambda m: "".join(reversed(m.group(1).splitlines(keepends=True))), text)
    assert in_order(read_result(turned.encode(codec)).answer) == in_order(read_result(content).answer)


def in_order(answer: EligibilityAnswer) -> EligibilityAnswer:
    persons = tuple(
        dataclasses.replace(
            p, consents=tuple(sorted(p.consents, key=lambda c: c.information)), other=tuple(sorted(p.other))
        )
        for p in answer.persons
    )
    return dataclasses.replace(answer, persons=persons, other=tuple(sorted(answer.other)))


def test_unknown_elements_and_unfit_text_are_kept() -> None:
    (who,) = read_result(
        person(
            "<Birthdate>99999999</Birthdate><InsuredPartialContributionRatio>1割</InsuredPartialContributionRatio>"
            "<PreschoolClassification>2</PreschoolClassification><QualificationConfirmationKey>K</QualificationConfirmationKey>"
            "<New><Part>1</Part><Part>2</Part></New><Empty/><Blank>　 </Blank>"
        )
    ).answer.persons
    assert (who.birth_date, who.contribution_ratio, who.preschool) == (None, None, False)
    assert dict(who.other) == {
        "Birthdate": "99999999",
        "InsuredPartialContributionRatio": "1割",
        "PreschoolClassification": "2",
        "QualificationConfirmationKey": "K",
        "New/Part": "1",
        "New/Part[2]": "2",
    }
    answer = read_result(message(header="<Novel>x</Novel>", body="<Novel><In>y</In></Novel>")).answer
    assert ("MessageHeader/Novel", "x") in answer.other
    assert ("MessageBody/Novel/In", "y") in answer.other


def test_specific_diseases_directly_under_a_repeated_list() -> None:
    category = "<SpecificDiseasesDiseaseCategory>{}</SpecificDiseasesDiseaseCategory>"
    entry = f"<SpecificDiseasesCertificateList>{category}</SpecificDiseasesCertificateList>"
    (who,) = read_result(person(entry.format(1) + entry.format(2))).answer.persons
    assert [disease.category for disease in who.specific_diseases] == ["1", "2"]


@pytest.mark.parametrize("received", ["  479998", "00479998", "479998"])
def test_padding_of_insurer_numbers(received: str) -> None:
    (who,) = read_result(person(f"<InsurerNumber>{received}</InsurerNumber>")).answer.persons
    assert who.insurer_number == "479998"


def entries(*kinds: str) -> bytes:
    one = "<ResultOfQualificationConfirmation>{}</ResultOfQualificationConfirmation>"
    cards = (f"<InsuredCardClassification>{kind}</InsuredCardClassification>" for kind in kinds)
    body = "<ProcessingResultStatus>1</ProcessingResultStatus><QualificationValidity>1</QualificationValidity>"
    return message(body=body, persons="".join(one.format(card) for card in cards))


@pytest.mark.parametrize(
    ("kinds", "eligibility"),
    [
        ((), Eligibility.UNCONFIRMED),
        (("01",), Eligibility.VALID),
        (("01", "01"), Eligibility.MULTIPLE),
        (("01", "A1"), Eligibility.VALID),  # insurance and assistance of one person
        (("A1", "A1"), Eligibility.MULTIPLE),
    ],
)
def test_a_valid_answer_about_several_is_nobodys(kinds: tuple[str, ...], eligibility: Eligibility) -> None:
    assert read_result(entries(*kinds)).answer.eligibility is eligibility


@pytest.mark.parametrize(
    ("segment", "status", "validity", "branch", "eligibility"),
    [
        ("1", "1", "4", Branch.ANSWERED, Eligibility.NOT_FOUND),
        ("1", "2", "4", Branch.ANSWERED, Eligibility.NOT_FOUND),  # which of the two is not public
        ("1", "2", "5", Branch.ANSWERED, Eligibility.MULTIPLE),
        ("1", "2", "1", Branch.REFUSED, Eligibility.UNCONFIRMED),
        ("1", "2", "", Branch.REFUSED, Eligibility.UNCONFIRMED),
        ("1", "1", "", Branch.ANSWERED, Eligibility.UNCONFIRMED),
        ("1", "1", "7", Branch.ANSWERED, Eligibility.UNCONFIRMED),
        ("1", "", "2", Branch.ANSWERED, Eligibility.INVALID),
        ("2", "1", "1", Branch.RUNNING, Eligibility.UNCONFIRMED),
        ("3", "1", "1", Branch.REFUSED, Eligibility.UNCONFIRMED),
        ("9", "1", "4", Branch.REFUSED, Eligibility.NOT_FOUND),
    ],
)
def test_segment_then_status_then_validity(
    segment: str, status: str, validity: str, branch: Branch, eligibility: Eligibility
) -> None:
    result = read_result(
        f"<XmlMsg><MessageHeader><SegmentOfResult>{segment}</SegmentOfResult></MessageHeader><MessageBody>"
        f"<ProcessingResultStatus>{status}</ProcessingResultStatus>"
        f"<QualificationValidity>{validity}</QualificationValidity></MessageBody></XmlMsg>".encode()
    )
    assert (result.branch, result.answer.eligibility) == (branch, eligibility)


def test_a_card_that_is_not_registered() -> None:
    body = (
        "<ProcessingResultStatus>{}</ProcessingResultStatus><ProcessingResultCode>SAMPLE-W0002</ProcessingResultCode>"
    )
    for status in "12":
        result = read_result(message(body=body.format(status)))
        assert result.branch is Branch.ANSWERED
        assert not result.answer.card_registered


def test_the_declaration_decides_and_a_contradiction_is_told() -> None:
    text = (
        "<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>"
        "<CharacterCodeIdentifier>{}</CharacterCodeIdentifier></MessageHeader>"
        "<MessageBody><ProcessingResultMessage>髙①～－</ProcessingResultMessage></MessageBody></XmlMsg>"
    )
    for declaration, codec, identifier, agrees in (
        ("", "utf-8", "0", True),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8", "1", False),
        ("<?xml version='1.0' encoding='shift_jis' standalone='no'?>", "cp932", "1", True),
        ('<?xml version="1.0" encoding="Windows-31J"?>', "cp932", "0", False),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8", "7", True),
    ):
        answer = read_result((declaration + text.format(identifier)).encode(codec)).answer
        assert answer.message == "髙①～－"
        assert answer.character_code_agrees is agrees


def test_byte_order_mark_and_blanks_before_the_file() -> None:
    assert read_result(b"\xef\xbb\xbf\r\n " + sample("202610050001")).answer.eligibility is Eligibility.VALID


@pytest.mark.parametrize("namespace", ['xmlns="http://example.jp/oqs"', 'xmlns:o="urn:x"'])
def test_a_namespace_changes_no_element(namespace: str) -> None:
    text = sample("202610050001").decode()
    if "xmlns:o" in namespace:
        text = re.sub(r"<(/?)(?=[A-Z])", r"<\1o:", text)
    text = re.sub(r"<(o:)?XmlMsg>", rf"<\1XmlMsg {namespace}>", text)
    assert read_result(text.encode()) == read_result(sample("202610050001"))


@pytest.mark.parametrize("content", [b"\x01\x02", b"U2FsdGVkX1", "暗号".encode(), b"\x80<XmlMsg/>"])
def test_what_is_no_xml_is_encrypted(content: bytes) -> None:
    assert failure(content) is FailureCode.ANSWER_ENCRYPTED


ENTITY = b'<!DOCTYPE XmlMsg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><XmlMsg>&b;</XmlMsg>'
OUTSIDE = b'<!DOCTYPE XmlMsg SYSTEM "file:///etc/hostname"><XmlMsg/>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n\t",
        b"\0\0\0\0",
        b"<",
        b"<?xml version='1.0'?>",
        b"<XmlMsg>",
        b"<html></html>",
        b"<XmlMsg/>",
        b"<XmlMsg><MessageHeader/></XmlMsg>",
        b"<x:XmlMsg xmlns:x='u'><MessageHeader/></x:XmlMsg>",
        ENTITY,
        OUTSIDE,
        "<XmlMsg/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-7'?><XmlMsg/>",
        b"<?xml version='1.0' encoding='EUC-JP'?><XmlMsg/>",
        sample(DOT).replace(b"Shift_JIS", b"UTF-8"),
        b"<XmlMsg>\0</XmlMsg>",
        b"<XmlMsg>" + b"<a>" * SINGLE.depth + b"</a>" * SINGLE.depth + b"</XmlMsg>",
        b"<XmlMsg>" + b"<a/>" * SINGLE.elements + b"</XmlMsg>",
        b"<XmlMsg>" + b"a" * MAX_BYTES,
    ],
)
def test_what_is_damaged(content: bytes) -> None:
    assert failure(content) is FailureCode.ANSWER_DAMAGED


@pytest.mark.parametrize("part", ["202610050001", DOT])
def test_a_file_cut_off_anywhere_is_damaged(part: str) -> None:
    content = sample(part).rstrip()
    for end in range(1, len(content), 7):
        assert failure(content[:end]) is FailureCode.ANSWER_DAMAGED


def test_errors_and_values_show_nothing_of_the_file() -> None:
    result = read_result(sample(FULL))
    assert "見本" not in repr(result)
    with pytest.raises(NeedsStaff) as caught:
        read_result(sample(FULL).replace("見本　花子</Name>".encode(), "見本　花子<見本>".encode()))
    assert "見本" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


TAGS = sorted(set(re.findall(r"<(\w+)>", "".join(p.read_text("cp932", "replace") for p in SAMPLES.glob("*res_*.xml")))))
pieces = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"<", b">", b"</", b"&", b"&lt;", b"&#0;", b"&#x1F;", b"]]>", b"<!--", b"<![CDATA[", b"<?x ?>"]),
    st.sampled_from([b"<!DOCTYPE a>", b"<!ENTITY a 'b'>", b"\x81", b"\xff\xfe", b"\xef\xbb\xbf", b"\0"]),
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>".encode()),
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>9</{tag}>".encode()),
    st.text(max_size=4).map(lambda text: escape(text).encode("utf-8", "replace")),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample with a few places overwritten, cut out, doubled or filled in, and sometimes another declaration."""
    content = draw(st.sampled_from(sorted(SAMPLES.glob("*res_*.xml")))).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        piece = draw(st.one_of(pieces, st.just(content[start:end] * 2), st.just(b"")))
        content = content[:start] + piece + content[end:]
    if draw(st.booleans()):
        content = content.replace(b"UTF-8", draw(st.sampled_from([b"Shift_JIS", b"utf-16", b"ascii", b"idna", b"hex"])))
    return content


@settings(max_examples=800, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mutated())
def test_mutated_files_give_an_answer_or_a_typed_error(content: bytes) -> None:
    try:
        result = read_result(content)
    except KioskError as error:
        assert error.code in (FailureCode.ANSWER_DAMAGED, FailureCode.ANSWER_ENCRYPTED)  # noqa: PT017
    else:
        assert read_result(content) == result


@settings(max_examples=250, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(TAGS), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
    )
)
def test_every_text_of_a_person_is_found_again(texts: dict[str, str]) -> None:
    """Nothing is lost: each text stands in a field, in a date or number, or in `other`."""
    content = person("".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in texts.items()))
    who = read_result(content).answer.persons
    assert len(who) == 1
    held = " ".join(f"{value}" for value in vars(who[0]).values())
    for tag, text in texts.items():
        if (
            text.strip()
            and not text.strip().isdecimal()
            and tag not in ("ArbitraryIdentifier", "PrescriptionIssueSelect")
        ):
            wanted = text.strip()
            assert wanted in held or repr(wanted)[1:-1] in held or tag == "InsurerNumber"
