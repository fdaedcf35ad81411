"""Scoring: from months of signals to points, level and reasons, by a card that people can read. Pure: no database."""

from .features import FEATURES, LOOKS_BACK, MONTHS, UNKNOWN, coverage, empty, measure
from .score import Reason, Scores, marked_months, month_rows, score
from .scorecard import DEFAULT, FACTS, FULL, LEVEL_WORDS, LEVELS, Card, CardError, load, parse

__all__ = [
    "DEFAULT",
    "FACTS",
    "FEATURES",
    "FULL",
    "LEVELS",
    "LEVEL_WORDS",
    "LOOKS_BACK",
    "MONTHS",
    "UNKNOWN",
    "Card",
    "CardError",
    "Reason",
    "Scores",
    "coverage",
    "empty",
    "load",
    "marked_months",
    "measure",
    "month_rows",
    "parse",
    "score",
]
