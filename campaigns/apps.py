from django.apps import AppConfig


class Campaigns(AppConfig):
    name = "campaigns"
    verbose_name = "行动组织"
