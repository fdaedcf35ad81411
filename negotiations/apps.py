from django.apps import AppConfig


class Negotiations(AppConfig):
    name = "negotiations"
    verbose_name = "协商要约"
