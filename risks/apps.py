from django.apps import AppConfig


class Risks(AppConfig):
    name = "risks"
    verbose_name = "风险排查"
