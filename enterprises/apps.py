from django.apps import AppConfig


class Enterprises(AppConfig):
    name = "enterprises"
    verbose_name = "企业"
