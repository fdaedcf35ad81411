"""Scorecards, runs and scores, and what people do about them. A score never decides: a person confirms a level."""

from .scores import Level, Score, Scorecard, ScoreRun, ScoreRunQuerySet

__all__ = ["Level", "Score", "ScoreRun", "ScoreRunQuerySet", "Scorecard"]
