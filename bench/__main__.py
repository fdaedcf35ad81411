"""python -m bench [ingest] [scoring] [web] [crowd] [field] [summary]: measures, prints, writes docs/benchmarks.md.

Each measure builds its data in a scratch database and takes turns with its floors, so that ratios hold when the
machine's speed drifts. One that was left out keeps its figures of the last run in var/bench.json.
"""

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

from bench import crowd, field, ingest, scoring, scratch, summary, web

ROOT = Path(__file__).resolve().parent.parent
RESULTS, PAGE = ROOT / "var" / "bench.json", ROOT / "docs" / "benchmarks.md"
MEASURES = {
    "ingest": lambda: {"ingest": ingest.measure()},
    "scoring": scoring.measure,
    "web": web.measure,
    "crowd": crowd.measure,
    "field": field.measure,
    "summary": summary.measure,
}

# figure, what it says, the first figure to beat: (at least or at most, value)
FIGURES = (
    ("ingest.ratio_to_copy", "入库（全部核对）相对 `\\copy` 到带主键和索引的表，倍", (">=", 1.0)),
    ("ingest.ratio_to_import_export", "入库相对 django-import-export 逐行，倍", (">=", 300)),
    ("ingest.rows_per_second", "入库，行每秒", None),
    ("ingest.peak_mb", "入库内存峰值，MB", ("<=", 512)),
    ("scoring_150k.ratio_to_scan", "评分 150,000 户相对一次顺序扫描，倍", ("<=", 8.0)),
    ("scoring_150k.seconds", "评分 150,000 户，秒", None),
    ("scoring_1m.ratio_to_scan", "评分 1,000,000 户相对一次顺序扫描，倍", None),
    ("scoring_1m.seconds", "评分 1,000,000 户，秒", None),
    ("scoring_1m.peak_mb", "评分 1,000,000 户内存峰值，MB", ("<=", 512)),
    ("growth", "每户用时，1,000,000 户比 150,000 户", ("<=", 1.1)),
    ("two_workers", "两个进程比一个快，倍", None),
    ("list_page.p95_ms", "企业名录 p95，毫秒（4 个连接）", ("<=", 60)),
    ("ranked_list.p95_ms", "风险清单 p95，毫秒（4 个连接）", ("<=", 60)),
    ("search.p95_ms", "名称检索 p95，毫秒（4 个连接）", None),
    ("list_page.ratio_to_empty", "企业名录每秒页数相对空白页", None),
    ("search.ratio_to_empty", "名称检索每秒页数相对空白页", None),
    ("crowd.p95_ms", "100 人同时使用（八成读、一成半写、半成导出）p95，毫秒", None),
    ("crowd.one_p95_ms", "同样的事一人独用 p95，毫秒", None),
    ("crowd.ratio_to_one", "100 人时的 p95 是一人独用的几倍", None),
    ("crowd.read.p95_ms", "其中读 p95，毫秒", None),
    ("crowd.write.p95_ms", "其中写 p95，毫秒", None),
    ("crowd.export.p95_ms", "其中导出 p95，毫秒", None),
    ("crowd.rps", "100 人合计，每秒请求", None),
    ("field.form_ms", "外勤断网冷启动到走访表可填写，毫秒（处理器慢 6 倍，含点选）", ("<=", 2000)),
    ("field.list_ms", "其中到列出要去的企业，毫秒", None),
    ("summary.seconds", "全市文件包（8 个区市，150,000 户，一年的记录），秒", ("<=", 30)),
    ("summary.peak_mb", "全市文件包内存峰值，MB", ("<=", 512)),
    ("summary.freeze_seconds", "一个区市报送（固定全部数字），秒", None),
)


def main(asked):
    unknown = set(asked) - set(MEASURES)
    if unknown:
        sys.exit(f"没有这项测量：{'、'.join(sorted(unknown))}；可选 {'、'.join(MEASURES)}。")
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with scratch.servers():
        for name in asked or MEASURES:
            found |= MEASURES[name]()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    table = "\n".join(_table(found))
    PAGE.write_text(_PAGE.format(day=date.today(), machine=_machine(), table=table))
    print(table)


def _table(found):
    yield "| figure | what it says | measured | to beat | |"
    yield "|---|---|---:|---:|---|"
    for name, says, goal in FIGURES:
        value = _value(found, name)
        if value is not None:
            goal_text, verdict = _judge(value, goal)
            yield f"| `{name}` | {says} | {value:,} | {goal_text} | {verdict} |"


def _value(found, name):
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _judge(value, goal):
    if goal is None:
        return "", ""
    direction, limit = goal
    met = value >= limit if direction == ">=" else value <= limit
    return f"{direction} {limit:,}", "met" if met else "not met"


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, embedded PostgreSQL"


_PAGE = """# Benchmarks

Written by `make bench` on {day} ({machine}). Ratios are medians over rounds in which candidate and floors took turns;
single seconds say little about another machine. What each floor is stands at the head of `bench/ingest.py`,
`bench/scoring.py`, `bench/web.py`, `bench/crowd.py` and `bench/summary.py`.

{table}
"""

if __name__ == "__main__":
    main(sys.argv[1:])
