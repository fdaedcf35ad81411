"""Fill an empty installation with invented data and mark it as a demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports import demonstration


class Command(BaseCommand):
    help = "在空系统中装入虚构的演示数据"

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=demonstration.SEED)
        parser.add_argument("--enterprises", type=int, default=demonstration.ENTERPRISES)
        parser.add_argument("--if-empty", action="store_true", help="系统中已有数据时什么也不做")

    def handle(self, *, seed, enterprises, if_empty, **options):
        on = settings.PORTAL_DAY or settings.DEMONSTRATION_DAY
        try:
            loaded = demonstration.load(on=on, seed=seed, enterprises=enterprises, tell=self._tell)
        except demonstration.NotEmpty:
            if if_empty:
                return
            raise CommandError("系统中已有数据，不是演示系统，没有装入演示数据。") from None
        if loaded:
            self.stdout.write(f"演示数据已装入，演示日期 {on:%Y-%m-%d}。")
        elif not if_empty:
            self.stdout.write("演示数据此前已经装入，没有改动。")

    def _tell(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()
