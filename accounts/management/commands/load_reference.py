from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.module_loading import module_has_submodule

from accounts.models import District, Organisation


class Command(BaseCommand):
    """Each app may bring a module `reference` with `load()`: what an empty portal must hold before anybody works."""

    help = "Create or refresh what the portal refers to: districts, organisations, campaigns. Safe to repeat."

    def handle(self, **options):
        for config in apps.get_app_configs():  # lower apps stand first in the settings
            if module_has_submodule(config.module, "reference"):
                import_module(f"{config.name}.reference").load()
        if options["verbosity"]:
            self.stdout.write(f"{District.objects.count()} 个区市，{Organisation.objects.count()} 个单位。")
