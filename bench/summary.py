"""How long the city's ZIP takes: eight districts, 150,000 enterprises and a year of cases, as one job.

Candidate: a process of its own takes the job as a worker does: eight Word files, eight workbooks with their ledgers,
the attachments, the city's Word file and workbook, hashed and packed. Its seconds are those of the job, without the
start of Python; its peak memory is that of the whole process (bench/memory.py). `freeze_seconds` is what a district
waits when it submits: all its figures counted, with the rows behind each.
The year: 12,000 items of the ledger, 8,000 inspections and 2,000 offers, evenly over the districts; five attachments of
2 MB a district, which no packing makes smaller.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from bench import scratch, web
from bench.memory import peak_mb

ROOT = Path(__file__).resolve().parent.parent
ON = date(2023, 12, 15)
ITEMS, INSPECTIONS, OFFERS = 12_000, 8_000, 2_000
ATTACHED, ATTACHMENT_BYTES = 5, 2 * 2**20


def measure(enterprises=150_000, rounds=3):
    """{"summary": {"seconds", "peak_mb", "freeze_seconds", "mb", "files", "rows"}}; the median of the rounds."""
    with scratch.database("bench_summary") as url:
        print(f"全市文件包，{enterprises:,} 户：造数……", file=sys.stderr)
        web._build(enterprises)
        _build_cases(enterprises)
        frozen = _submit_all()
        issue, office = _issue()
        found = [_made(url, issue, office) for _ in range(rounds)]
        middle = sorted(found, key=lambda each: each["seconds"])[len(found) // 2]
        return {"summary": middle | {"freeze_seconds": round(max(frozen), 2)}}


def _made(url, issue, office):
    from reports import bundles
    from reports.models import Bundle

    made = bundles.ask(issue, by=office, on=ON)
    command = [sys.executable, "-m", "bench.summary", str(made.job_id)]
    said = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(said.stdout)
    made = Bundle.objects.select_related("job").get(pk=made.pk)
    if made.job.state != "done":
        raise RuntimeError(f"no bundle: {made.job.message}")
    return {
        "seconds": told["seconds"], "peak_mb": round(told["peak_mb"]),
        "mb": round(made.bytes / 2**20), "files": made.files.count(), "rows": made.rows,
    }  # fmt: skip


def take(job_id):
    """What a worker does with a bell."""
    from django.utils import timezone

    from casework.models import Job

    started = time.perf_counter()
    job = Job.objects.get(pk=job_id)
    if job.take(timezone.now()):
        job.run()
    print(json.dumps({"seconds": round(time.perf_counter() - started, 2), "peak_mb": peak_mb()}), flush=True)


# ── Eight districts at the end of a year ───────────────────────────────────────────────────────


def _build_cases(enterprises):
    from campaigns.models import Campaign
    from enterprises.models import Enterprise
    from negotiations.models import Consultation
    from risks.models import Checklist, Inspection, Rectification

    campaign = Campaign.objects.running(ON)
    firms = list(Enterprise.objects.order_by("pk").values_list("pk", "district_id")[:: max(1, enterprises // ITEMS)])
    people = {district: _person(district) for district in {district for _, district in firms}}
    days = [campaign.starts_on + timedelta(days=number) for number in range(150)]

    def spread(number):
        """(enterprise, district, day) so many times, evenly."""
        for place in range(number):
            firm, district = firms[place % len(firms)]
            yield {"enterprise_id": firm, "district_id": district, "campaign": campaign}, days[place % len(days)]

    Rectification.objects.bulk_create(
        [
            Rectification(
                **here, state="assigned", matter="补签劳动合同，补发加班工资，补缴社会保险费", person="人力资源部",
                due_on=day + timedelta(days=20), first_due_on=day + timedelta(days=20), opened_on=day,
                owner=people[here["district_id"]],
            )
            for here, day in spread(ITEMS)
        ],
        batch_size=2_000,
    )  # fmt: skip
    checklist = Checklist.objects.get().current(ON)
    Inspection.objects.bulk_create(
        [
            Inspection(
                **here, state="submitted", visited_on=day, checklist=checklist, opened_by=people[here["district_id"]],
                organisation=people[here["district_id"]].organisation,
            )
            for here, day in spread(INSPECTIONS)
        ],
        batch_size=2_000,
    )  # fmt: skip
    Consultation.objects.bulk_create(
        [
            Consultation(**here, state="sent", kind="wage", firm_class="normal", sent_on=day)
            for here, day in spread(OFFERS)
        ],
        batch_size=2_000,
    )


def _person(district, role="district_supervisor"):
    from accounts.models import Organisation, User

    body = Organisation.objects.filter(district=district, side="government").order_by("pk").first()
    name = f"bench-{district or 'city'}"
    person = User(username=name, name="压测", role=role, organisation=body, must_change_password=False)
    person.set_unusable_password()
    person.save()
    return person


def _submit_all():
    """The seconds of each submission."""
    from django.utils import timezone

    from accounts.models import District, User
    from campaigns.models import Campaign
    from reports.models import Key, Report, State, Submission

    seconds, campaign = [], Campaign.objects.running(ON)
    for district in District.objects.all():
        by = User.objects.get(username=f"bench-{district.pk}")
        report = Report.objects.create(campaign=campaign, district=district, begun_on=ON, state=State.ACCEPTED)
        for place, key in enumerate(Key, start=1):
            report.sections.create(key=key, place=place, district=district, text="本区按照要求开展专项行动。" * 60)
        _attach(report, by)
        started = time.perf_counter()
        made = Submission.of(report, by=by, at=timezone.now())
        seconds.append(time.perf_counter() - started)
        Submission.objects.filter(pk=made.pk).update(accepted=True)
    return seconds


def _attach(report, by):
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from casework.attachments import Attachment

    for number in range(ATTACHED):
        content = os.urandom(ATTACHMENT_BYTES)
        digest = hashlib.sha256(content).hexdigest()
        kept = Attachment(
            subject=report, district_id=report.district_id, name=f"佐证材料{number}.pdf", media_type="application/pdf",
            came_sha256=digest, sha256=digest, came_bytes=len(content), bytes=len(content), by=by,
            at=timezone.now(),
        )  # fmt: skip
        kept.file.save(digest, ContentFile(content), save=False)
        kept.save(force_insert=True)


def _issue():
    from campaigns.models import Campaign
    from reports.models import Summary

    office = _person(None, "city_office")
    summary = Summary(campaign=Campaign.objects.running(ON))
    summary.begin(by=office, on=ON)
    summary.sections.filter(text="").update(text="已按要求开展。")
    summary.issue(by=office, on=ON)
    return summary.last_issue, office


if __name__ == "__main__":
    with scratch.servers():
        take(int(sys.argv[1]))
