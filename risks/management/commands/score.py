"""Score the whole register as of a month, here and now, without a worker."""

import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from risks import runs
from risks.models import Level
from risks.scoring import LEVELS, CardError


class Command(BaseCommand):
    help = "对全部存续企业评分"

    def add_arguments(self, parser):
        parser.add_argument("--as-of", required=True, metavar="2023-06", help="截至月份")
        parser.add_argument("--card", type=Path, help="评分卡文件，默认用自带的一份")
        parser.add_argument("--parts", type=int, default=1, help="分成几片，逐片提交")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, as_of, card, parts, **options):
        if not 1 <= parts <= 1000:
            raise CommandError("--parts 须在 1 到 1000 之间。")
        started = time.monotonic()
        try:
            run = runs.begin(runs.month(as_of), card=card.read_bytes() if card else None, parts=parts)
        except CardError as fault:
            raise CommandError("评分卡有误：\n" + "\n".join(f"  · {each}" for each in fault.faults)) from None
        except (ValueError, OSError) as fault:
            raise CommandError(str(fault)) from None
        for part in range(parts):
            runs.score_part(run, part)
        run.refresh_from_db()
        self._report(run, time.monotonic() - started, options["json"])

    def _report(self, run, seconds, as_json):
        levels = run.levels
        if as_json:
            report = {
                "run": run.pk,
                "as_of": f"{run.as_of:%Y-%m}",
                "card": run.card.name,
                "hash": run.card.sha256,
                "enterprises": run.enterprises,
                "levels": levels,
                "seconds": round(seconds, 3),
            }
            return self.stdout.write(json.dumps(report, ensure_ascii=False))
        counts = "，".join(f"{Level(number).label} {levels[name]}" for number, name in reversed([*enumerate(LEVELS)]))
        self.stdout.write(
            f"第 {run.pk} 轮，截至 {run.as_of:%Y-%m}，评分卡 {run.card.name}（{run.card.sha256[:12]}）："
            f"共 {run.enterprises} 户，{counts}；其中无数据 {levels['unknown']} 户。用时 {seconds:.1f} 秒"
        )
