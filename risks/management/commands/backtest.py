"""Hold a run's scores against the arrears that became known since, and write the labels for other tools."""

import csv
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from enterprises.models import Enterprise
from risks import outcomes
from risks.models import Level

from .export_scores import asked_run

DAYS = 90


class Command(BaseCommand):
    help = "以已核实的欠薪回测一轮评分，可同时导出标签"

    def add_arguments(self, parser):
        parser.add_argument("run", help="轮次编号，或 latest")
        parser.add_argument("--since", type=date.fromisoformat, help="从这一天起发现的欠薪计入，默认为评分完成之日")
        parser.add_argument("--days", type=int, default=DAYS, help=f"计入多少天，默认 {DAYS}")
        parser.add_argument("--labels", type=Path, help="把标签写入这个 CSV 文件")

    def handle(self, *, run, since, days, labels, **options):
        found = asked_run(run)
        since = since or timezone.localdate(found.finished_at)
        self.stdout.write(f"第 {found.pk} 轮，截至 {found.as_of:%Y-%m}；{since} 起 {days} 天内发现的欠薪")
        for test in outcomes.back_test(found, since, days):
            self.stdout.write(told(test))
        if labels:
            with labels.open("w", encoding="utf-8", newline="") as out:
                rows = write(outcomes.labels(since, days), out)
            self.stdout.write(f"标签 {rows} 户，已写入 {labels}")


def told(test):
    """A line of figures, and one of levels."""
    auc = "样本不足" if test.auc is None else f"{test.auc:.3f}"
    hits = "，".join(f"前 {size} 户命中 {found:.1f}" for size, found in test.hits.items())
    levels = "，".join(f"{Level(level).label} {found}/{number}" for level, (number, found) in test.by_level.items())
    lines = [f"{test.name}：{test.enterprises} 户，欠薪 {test.positives} 户，AUC {auc}{f'，{hits}' if hits else ''}"]
    return "\n".join([*lines, f"  各等级欠薪户数／户数：{levels}"] if levels else lines)


def write(labels, out):
    """One line an enterprise of which anything became known; amounts in 分, dates empty where there is none."""
    codes = Enterprise.objects.in_bulk(labels)
    table = csv.writer(out, lineterminator="\n")
    table.writerow(
        ["uscc", "arrears", "found_on", "workers", "months", "amount_fen", "paid_on", "visited", "drawn_by_lot"]
    )
    for key, label in labels.items():
        table.writerow(
            [codes[key].uscc, int(label.arrears), label.found_on or "", label.workers, label.months, label.amount,
             label.paid_on or "", int(label.visited), int(label.by_lot)]
        )  # fmt: skip
    return len(labels)
