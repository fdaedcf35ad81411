"""What is bargained and what comes of it, one record a file."""

from .consultations import Consultation, FirmClass
from .contracts import Contract, ContractMember, Ending, Ground, PerformanceReport, Review
from .figures import Figures
from .participants import Participant
from .platforms import Mechanism, Round, Term
from .seats import Seat
from .stages import Side
from .suspensions import Suspension
from .table import Clause, ClauseText, Meeting
from .urgings import Urging
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
    "Participant",
    "PerformanceReport",
    "Review",
    "Round",
    "Seat",
    "Side",
    "Suspension",
    "Term",
    "Urging",
    "Vote",
]
