"""Guidance for machine clients: the lists, forms and verbs of the pages."""

ROUTES = ()
