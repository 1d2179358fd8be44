"""What the dates of the card's certificate mean for this visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.card import CertificateInfo
from kiosk.domain.certificate_window import (
    CertificateRule,
    CertificateState,
    CertificateWindow,
    certificate_rule,
    certificate_state,
    certificate_window,
)
from kiosk.domain.failures import KioskError
from kiosk.flow.settings import FlowSettings


@dataclass(frozen=True)
class CertificateStanding:
    lapsed: bool
    medical_information: bool
    cause: str = ""  # message id when lapsed
    alerts: tuple[str, ...] = ()
    state: CertificateState | None = None
    window: CertificateWindow | None = None


def certificate_standing(
    certificate: CertificateInfo | None, at: datetime, settings: FlowSettings
) -> CertificateStanding:
    if certificate is None:
        return CertificateStanding(True, False, "card.no_certificate", ("no_certificate",))
    if settings.trusted_certificates_only and not certificate.trusted:
        # A card that anybody could have made: whatever else it says counts for nothing.
        return CertificateStanding(True, False, "card.untrusted", ("certificate_untrusted",))
    rule = _rule(at, settings)
    state = certificate_state(certificate.not_after, at, rule)
    window = certificate_window(certificate.not_after, rule)
    if state is CertificateState.LAPSED:
        return CertificateStanding(True, False, "result.expired_over", ("certificate_lapsed",), state, window)
    if state is CertificateState.IN_GRACE:
        return CertificateStanding(False, False, "", ("certificate_in_grace",), state, window)
    alerts = ("certificate_expires_soon",) if state is CertificateState.EXPIRES_SOON else ()
    return CertificateStanding(False, True, "", alerts, state, window)


def _rule(at: datetime, settings: FlowSettings) -> CertificateRule:
    """Without a row for the day a certificate is good until its end and not a day longer."""
    try:
        return certificate_rule(settings.certificate_rules, at.date())
    except KioskError:
        return CertificateRule()
