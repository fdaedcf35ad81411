from .campaign import CAMPAIGN, Campaign, CityCase, Duty, Phase
from .cooperation import JOINT_CASE, TRANSFER, WARNING, JointCase, JointNote, Receipt, SpreadWarning, Transfer
from .dispatch import ANSWER, DISPATCH, SUPERVISION, Answer, Dispatch, Supervision
from .plans import PLAN, Measure, Plan, Target
from .publicity import PUBLICITY, Publicity

__all__ = [
    "ANSWER", "CAMPAIGN", "DISPATCH", "JOINT_CASE", "PLAN", "PUBLICITY", "SUPERVISION", "TRANSFER", "WARNING",
    "Answer", "Campaign", "CityCase", "Dispatch", "Duty", "JointCase", "JointNote", "Measure", "Phase", "Plan",
    "Publicity", "Receipt", "SpreadWarning", "Supervision", "Target", "Transfer",
]  # fmt: skip
