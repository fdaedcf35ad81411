"""A district's report: its text section by section, its typical cases, who confirmed it, and what was submitted."""

from .cases import TypicalCase
from .reports import Confirmation, Report, State
from .revisions import Revision
from .sections import Key, Section, SectionText
from .submissions import FrozenFigure, Submission
from .templates import Template

__all__ = [
    "Confirmation",
    "FrozenFigure",
    "Key",
    "Report",
    "Revision",
    "Section",
    "SectionText",
    "State",
    "Submission",
    "Template",
    "TypicalCase",
]
