"""What is done for enterprises and their people, one record a file."""

from .joint import JointVisit
from .layoffs import Help, Hiring, LaidOff, Layoff
from .visits import GuidanceVisit

__all__ = ["GuidanceVisit", "Help", "Hiring", "JointVisit", "LaidOff", "Layoff"]
