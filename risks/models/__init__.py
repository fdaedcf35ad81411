"""Scorecards, runs and scores, and what people do about them. A score never decides: a person confirms a level."""

from .scores import COUNTED, Level, Score, Scorecard, ScoreRun, ScoreRunQuerySet, Tally

__all__ = ["COUNTED", "Level", "Score", "ScoreRun", "ScoreRunQuerySet", "Scorecard", "Tally"]
