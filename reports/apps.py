from django.apps import AppConfig


class Reports(AppConfig):
    name = "reports"
    verbose_name = "报告"

    def ready(self):
        from campaigns import coverage, figures

        from . import indicators  # noqa: F401 - declares the catalogue
        from .figures import HANDED_IN, Source

        figures.tell(Source())
        coverage.count("report.handed_in", HANDED_IN)
