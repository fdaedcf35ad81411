"""A district's report: its text section by section, its typical cases, who confirmed it, and what was submitted; and
the city's summary from them."""

from .cases import TypicalCase
from .reports import Confirmation, Report, State
from .revisions import Revision
from .sections import Key, Section, SectionText
from .submissions import FrozenFigure, Submission
from .summaries import (
    Bundle,
    BundledFile,
    ChosenCase,
    Issue,
    IssuedSubmission,
    Stage,
    Summary,
    SummarySection,
    SummaryText,
)
from .templates import Template

__all__ = [
    "Bundle",
    "BundledFile",
    "ChosenCase",
    "Confirmation",
    "FrozenFigure",
    "Issue",
    "IssuedSubmission",
    "Key",
    "Report",
    "Revision",
    "Section",
    "SectionText",
    "Stage",
    "State",
    "Submission",
    "Summary",
    "SummarySection",
    "SummaryText",
    "Template",
    "TypicalCase",
]
