from .campaign import CAMPAIGN, Campaign, CityCase, Duty, Phase

__all__ = ["CAMPAIGN", "Campaign", "CityCase", "Duty", "Phase"]
