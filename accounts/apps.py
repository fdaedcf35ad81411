from django.apps import AppConfig


class Accounts(AppConfig):
    name = "accounts"
    verbose_name = "机构与人员"

    def ready(self):
        from . import proof  # noqa: F401 - hears of log-ins
