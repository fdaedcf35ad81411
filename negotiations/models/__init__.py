"""What is bargained and what comes of it, one record a file."""

from .consultations import (
    Consultation,
    Figures,
    FirmClass,
    Side,
    Suspension,
    Urging,
)
from .contracts import Contract, ContractMember, Ending, Ground, PerformanceReport
from .platforms import Mechanism, Round, Term
from .seats import Seat
from .table import Clause, ClauseText, Meeting
from .votes import Vote

__all__ = [
    "Clause",
    "ClauseText",
    "Consultation",
    "Contract",
    "ContractMember",
    "Ending",
    "Figures",
    "FirmClass",
    "Ground",
    "Mechanism",
    "Meeting",
    "PerformanceReport",
    "Round",
    "Seat",
    "Side",
    "Suspension",
    "Term",
    "Urging",
    "Vote",
]
