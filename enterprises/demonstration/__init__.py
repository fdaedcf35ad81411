"""An invented economy of Weihai: enterprises, how they fare over months, and what departments report of them.

Nothing here is taken from a real enterprise or person. Codes carry the unassigned area 371099, telephone numbers an
area code that does not exist, names are made of invented words.
"""

from .population import FEEDS, Population, arrears_between, generate, generate_blocks

__all__ = ["FEEDS", "Population", "arrears_between", "generate", "generate_blocks"]
