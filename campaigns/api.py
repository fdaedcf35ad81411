"""Campaigns for machine clients: the lists, forms and verbs of the pages."""

from casework.api import CaseViewSet

from .forms import OF_A_CAMPAIGN
from .listings import CAMPAIGNS
from .models import Campaign


class Campaigns(CaseViewSet):
    """专项行动。阶段、任务的各行按编号：name_1、begins_on_1……；新的一行用 name_new1。没有写的栏视为空。"""

    listing, model, forms = CAMPAIGNS, Campaign, OF_A_CAMPAIGN


ROUTES = (("campaigns", Campaigns),)
