from django.apps import AppConfig


class Casework(AppConfig):
    name = "casework"
    verbose_name = "办理"
