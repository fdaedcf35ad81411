"""Scorecards, runs and scores, and what people do about them. A score never decides: a person confirms a level."""

from .checklists import Checklist, ChecklistVersion, Item, Published, RiskClass, Severity, Subject
from .decisions import Arrears, LevelDecision
from .disclosures import Disclosure
from .handovers import Handover
from .inspections import Answer, Finding, Inspection, ReasonCheck
from .majors import DailyNote, MajorRisk, Measure
from .prescriptions import Prescription, PrescriptionLine
from .rectifications import Extension, Rectification
from .scores import COUNTED, Level, Score, Scorecard, ScoreRun, ScoreRunQuerySet, Tally
from .sweeps import PlannedVisit, Sweep

__all__ = [
    "COUNTED",
    "Answer",
    "Arrears",
    "Checklist",
    "ChecklistVersion",
    "DailyNote",
    "Disclosure",
    "Extension",
    "Finding",
    "Handover",
    "Inspection",
    "Item",
    "Level",
    "LevelDecision",
    "MajorRisk",
    "Measure",
    "PlannedVisit",
    "Prescription",
    "PrescriptionLine",
    "Published",
    "ReasonCheck",
    "Rectification",
    "RiskClass",
    "Score",
    "ScoreRun",
    "ScoreRunQuerySet",
    "Scorecard",
    "Severity",
    "Subject",
    "Sweep",
    "Tally",
]
