"""The simulated Individual Number Card, with published TEST keys and a CA whose name says TEST."""

from drivers.simulated.card.card import VirtualCard
from drivers.simulated.card.certificates import simulated_ca_certificates
from drivers.simulated.card.records import INDIVIDUAL_NUMBER, simulated_record_issuers
from drivers.simulated.card.verification import verification_number_b

__all__ = [
    "INDIVIDUAL_NUMBER",
    "VirtualCard",
    "simulated_ca_certificates",
    "simulated_record_issuers",
    "verification_number_b",
]
