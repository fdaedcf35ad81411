"""What is done for enterprises and their people, one record a file."""

from .layoffs import Help, Hiring, LaidOff, Layoff

__all__ = ["Help", "Hiring", "LaidOff", "Layoff"]
