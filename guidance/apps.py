from django.apps import AppConfig


class Guidance(AppConfig):
    name = "guidance"
    verbose_name = "指导服务"
