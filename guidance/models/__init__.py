"""What is done for enterprises and their people, one record a file."""

from .inquiries import Inquiry
from .joint import JointVisit
from .layoffs import Help, Hiring, LaidOff, Layoff
from .leaflets import Handout, Leaflet, LeafletVersion, hand_out
from .lectures import Attendance, Lecture
from .newcomers import Newcomer
from .policies import Benefit, Policy
from .systems import RuleSystem
from .visits import GuidanceVisit

__all__ = [
    "Attendance",
    "Benefit",
    "GuidanceVisit",
    "Handout",
    "Help",
    "Hiring",
    "Inquiry",
    "JointVisit",
    "LaidOff",
    "Layoff",
    "Leaflet",
    "LeafletVersion",
    "Lecture",
    "Newcomer",
    "Policy",
    "RuleSystem",
    "hand_out",
]
