from .campaign import CAMPAIGN, Campaign, CityCase, Duty, Phase
from .dispatch import ANSWER, DISPATCH, SUPERVISION, Answer, Dispatch, Supervision
from .plans import PLAN, Measure, Plan, Target

__all__ = [
    "ANSWER", "CAMPAIGN", "DISPATCH", "PLAN", "SUPERVISION", "Answer", "Campaign", "CityCase", "Dispatch", "Duty",
    "Measure", "Phase", "Plan", "Supervision", "Target",
]  # fmt: skip
