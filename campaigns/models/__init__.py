from .campaign import CAMPAIGN, Campaign, CityCase, Duty, Phase
from .cooperation import JOINT_CASE, TRANSFER, WARNING, JointCase, JointNote, Receipt, SpreadWarning, Transfer
from .dispatch import ANSWER, DISPATCH, SUPERVISION, Answer, Dispatch, Supervision
from .exemplars import EXEMPLAR, Exemplar, Opinion
from .library import PRACTICE, Practice
from .pilots import PILOT, Pilot, PilotNote
from .plans import PLAN, Measure, Plan, Target
from .publicity import PUBLICITY, Publicity

__all__ = [
    "ANSWER", "CAMPAIGN", "DISPATCH", "EXEMPLAR", "JOINT_CASE", "PILOT", "PLAN", "PRACTICE", "PUBLICITY", "SUPERVISION",
    "TRANSFER", "WARNING", "Answer", "Campaign", "CityCase", "Dispatch", "Duty", "Exemplar", "JointCase", "JointNote",
    "Measure", "Opinion", "Phase", "Pilot", "PilotNote", "Plan", "Practice", "Publicity", "Receipt", "SpreadWarning",
    "Supervision", "Target", "Transfer",
]  # fmt: skip
