from django.apps import AppConfig


class Reports(AppConfig):
    name = "reports"
    verbose_name = "报告"

    def ready(self):
        from campaigns import figures

        from . import indicators  # noqa: F401 - declares the catalogue
        from .figures import Source

        figures.tell(Source())
