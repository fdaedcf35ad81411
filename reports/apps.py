from django.apps import AppConfig


class Reports(AppConfig):
    name = "reports"
    verbose_name = "报告"
