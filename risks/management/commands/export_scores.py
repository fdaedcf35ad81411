"""Write a run's scores to a CSV for machines, ranked.

UTF-8 without a byte order mark, because naive readers take the mark for a part of the first heading; no name of an
enterprise is in it. Exports for people go through the ranked list's page, where the house rule for CSV holds.
"""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from risks.models import ScoreRun
from risks.scoring import FEATURES, LEVELS

FEEDS = len({definition.feed for definition in FEATURES.values() if definition.feed})
ROWS_AT_ONCE = 5_000

RANKED = """
SELECT e.uscc, s.score, s.level, s.coverage, s.reasons
FROM risks_score s JOIN enterprises_enterprise e ON e.id = s.enterprise_id
WHERE s.run_id = %s ORDER BY s.score DESC, s.level DESC, s.enterprise_id
"""


class Command(BaseCommand):
    help = "导出一轮评分，供其他系统读取"

    def add_arguments(self, parser):
        parser.add_argument("run", help="轮次编号，或 latest")
        parser.add_argument("file", type=Path)

    def handle(self, *, run, file, **options):
        found = asked_run(run)
        with transaction.atomic(), file.open("w", encoding="utf-8", newline="") as out:
            rows = write(found, out)
        self.stdout.write(f"第 {found.pk} 轮 {rows} 户，已写入 {file}")


def write(run, out):
    """`uscc,score,level,coverage,reasons` of a run, highest score first, through a cursor on the server."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["uscc", "score", "level", "coverage", "reasons"])
    written = 0
    with connection.chunked_cursor() as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(RANKED, [run.pk])
        for uscc, score, level, coverage, reasons in cursor:
            table.writerow([uscc, score, LEVELS[level], f"{coverage.bit_count()}/{FEEDS}", "；".join(reasons)])
            written += 1
    return written


def asked_run(asked):
    kept = ScoreRun.objects.finished().filter(pruned_at=None)
    if asked == "latest":
        found = kept.order_by("-as_of", "-id").first()
    else:
        found = kept.filter(pk=asked).first() if asked.isdecimal() else None
    if found is None:
        raise CommandError(f"没有可导出的轮次 {asked}，它可能没有完成，或者明细已清理。")
    return found
