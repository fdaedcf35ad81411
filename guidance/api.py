"""Guidance for machine clients: the lists, forms and verbs of the pages."""

from .layoff_api import ROUTES as LAYOFFS
from .visits_api import ROUTES as VISITS

ROUTES = (*VISITS, *LAYOFFS)
