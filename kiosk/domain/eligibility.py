"""The answer of the eligibility system (オンライン資格確認) as values.

Source: eligibility interface reference 1.5 and 1.6 (element names and code tables OQSCD001-044).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain.outcome import Eligibility


@dataclass(frozen=True)
class ConsentState:
    """One group of medical information: its consent (OQSCD016), when it was given and until when it holds."""

    information: str  # the group's element name without its ending, e.g. "PharmacistsInfo"
    flag: str  # "0" none, "1" given, "2" expired, "3" could not be asked
    at: datetime | None = None  # ConsTime, local Japanese time, naive
    until: datetime | None = None  # AvailableTime, the same


@dataclass(frozen=True)
class SpecificDisease:
    """One 特定疾病療養受療証. `category` is OQSCD013, `self_pay` the monthly ceiling in yen."""

    category: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    self_pay: int | None = None

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


ASSISTANCE = "A1"
"""InsuredCardClassification of 医療扶助; it may stand beside the insurance of the same person."""


@dataclass(frozen=True)
class MedicalTicket:
    """One 医療券 or 調剤券. `for_this_facility` is OQSCD026; None where the answer does not say."""

    ticket_type: str | None = None  # OQSCD018
    valid_from: date | None = None
    valid_to: date | None = None
    for_this_facility: bool | None = None
    self_pay: int | None = None  # yen

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, repr=False)
class InsuredPerson:
    """One ResultOfQualificationConfirmation. Every item may be missing; text is as received, trimmed.

    `repr` shows nothing, because it ends up in logs and tracebacks.
    """

    insurer_number: str | None = None
    insurer_name: str | None = None
    symbol: str | None = None  # 被保険者証記号
    number: str | None = None  # 被保険者証番号
    branch: str | None = None  # 枝番
    name: str | None = None
    kana: str | None = None  # half-width as received
    name_of_other: str | None = None
    kana_of_other: str | None = None
    sex: str | None = None  # Sex1: "1", "2", "3"
    birth_date: date | None = None
    address: str | None = None
    postal_code: str | None = None
    qualified_on: date | None = None
    disqualified_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    card_class: str | None = None  # InsuredCardClassification
    relation: str | None = None  # PersonalFamilyClassification: "1" insured, "2" family
    contribution_ratio: int | None = None  # per cent, 後期高齢者 only
    elderly_ratio: int | None = None  # per cent, 高齢受給者証 (70-74)
    elderly_from: date | None = None
    elderly_to: date | None = None
    preschool: bool = False
    reference_number: str | None = None  # 照会番号
    public_expense_number: str | None = None
    beneficiary_number: str | None = None
    limit_class: str | None = None  # 適用区分, e.g. "A03"
    limit_from: date | None = None
    limit_to: date | None = None
    insured_name: str | None = None  # 被保険者氏名 or 世帯主氏名, where it differs from the patient
    sex_on_card: str | None = None  # Sex2, only where the card face is kept neutral
    issued_on: date | None = None
    loss_reason: str | None = None  # 資格喪失事由, OQSCD008
    welfare_office: str | None = None  # 福祉事務所
    specific_diseases: tuple[SpecificDisease, ...] = ()
    tickets: tuple[MedicalTicket, ...] = ()  # 医療券, 医療扶助 only
    consents: tuple[ConsentState, ...] = ()
    other: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # elements not modelled, path and text

    def __repr__(self) -> str:
        return "InsuredPerson()"


@dataclass(frozen=True)
class EligibilityAnswer:
    """One result file, read. `persons` may be empty at 該当なし and hold several at 複数該当."""

    eligibility: Eligibility
    confirmed_on: date | None
    processed_at: datetime | None  # as written, local Japanese time, naive
    persons: tuple[InsuredPerson, ...]
    message_code: str | None = None  # ProcessingResultCode
    message: str | None = None  # ProcessingResultMessage, shown to staff unchanged
    file_identifier: str | None = None  # ArbitraryFileIdentifier
    identifier: str | None = None  # ArbitraryIdentifier
    by_card: bool = False  # ReferenceClassification 1
    by_numbers: bool = False  # ReferenceClassification 2: of insurance numbers, nobody's card
    card_registered: bool = True  # False: the card is not yet used as マイナ保険証
    medical_information_allowed: bool = True  # False in the grace period after the certificate's end
    certificate_ends_soon: bool = False
    viewing_suspended: bool = False  # no medical information of this person is given to anybody
    prescription: str | None = None  # PrescriptionIssueSelect
    institution_code: str | None = None  # MedicalInstitutionCode
    character_code_agrees: bool = True  # False: CharacterCodeIdentifier contradicts the XML declaration
    other: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # unmodelled elements outside the persons
