"""Guidance for machine clients: the lists, forms and verbs of the pages."""

from .layoff_api import ROUTES as LAYOFFS
from .service_api import ROUTES as SERVICES
from .visits_api import ROUTES as VISITS

ROUTES = (*VISITS, *SERVICES, *LAYOFFS)
