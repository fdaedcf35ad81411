from django.apps import AppConfig


class Accounts(AppConfig):
    name = "accounts"
    verbose_name = "机构与人员"
