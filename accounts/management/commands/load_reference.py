from django.core.management.base import BaseCommand

from accounts import reference
from accounts.models import District, Organisation


class Command(BaseCommand):
    help = "Create or refresh the eight districts and the organisations of the three parties. Safe to repeat."

    def handle(self, **options):
        reference.load()
        if options["verbosity"]:
            self.stdout.write(f"{District.objects.count()} 个区市，{Organisation.objects.count()} 个单位。")
