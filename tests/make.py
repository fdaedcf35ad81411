"""One maker a record: the fields that a test does not care about have values that make sense. Nothing here is real."""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework.models import Job
from casework.tokens import Token
from enterprises.models import Delivery, Enterprise, Feed, Signal
from guidance.models import GuidanceVisit
from risks import scoring
from risks.models import (
    COUNTED,
    Arrears,
    Checklist,
    Handover,
    Inspection,
    Level,
    LevelDecision,
    MajorRisk,
    Score,
    Scorecard,
    ScoreRun,
    Tally,
)

CARD = scoring.load()
ON = date(2023, 11, 20)
AT = datetime(2023, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "Haishang-Mingyue-2023"

_serial = count(1)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number=None):
    """A code with a right check character and the area 371099, which is given to nobody."""
    number = next(_serial) if number is None else number
    body = f"91371099MA{number:07d}"
    weights = [pow(3, place, 31) for place in range(17)]
    total = sum(_ALPHABET.index(c) * weight for c, weight in zip(body, weights, strict=True))
    return body + _ALPHABET[(31 - total % 31) % 31]


@cache
def _hashed():
    """Hashed once a run: a hash is slow on purpose, and every person of the tests has the same password."""
    return make_password(PASSWORD)


def person(username, role, *, district=None, side=Organisation.Side.GOVERNMENT, **fields):
    organisation = Organisation.objects.filter(district_id=district, side=side).order_by("id").first()
    fields = {"name": f"测试{username}", "must_change_password": False} | fields
    user = User(username=username, role=role, organisation=organisation, **fields)
    user.password, user.password_set_at = _hashed(), timezone.now()
    user.full_clean()
    user.save()
    return user


def enterprise(name=None, district="371002", **fields):
    number = next(_serial)
    fields = {
        "uscc": uscc(number),
        "industry": "C1361",
        "industry_name": "水产品冷冻加工",
        "heads": 80,
        "founded_on": date(2012, 5, 8),
    } | fields
    return Enterprise.objects.create(name=name or f"威海虚构{number}号水产有限公司", district_id=district, **fields)


def delivery(kind=Delivery.Kind.TAX, **fields):
    number = next(_serial)
    fields = {
        "name": f"第{number}份.csv",
        "sha256": f"{number:064x}",
        "bytes": 1000,
        "state": Delivery.State.STORED,
        "received_at": AT,
        "stored_at": AT,
    } | fields
    return Delivery.objects.create(kind=kind, **fields)


def signal(enterprise, feed, month, delivery, **values):
    """One row as stored; `refresh_blocks` is the caller's to call where scoring reads it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT enterprises_ensure_month(%s)", [month])
    return Signal.objects.create(enterprise=enterprise, feed=feed, month=month, delivery=delivery, **values)


def run(as_of=date(2023, 10, 1), **fields):
    card, _ = Scorecard.objects.get_or_create(sha256=CARD.sha256, defaults={"name": CARD.name, "text": CARD.text})
    fields = {"card": card, "parts": 1, "finished_at": AT} | fields
    run = ScoreRun.objects.create(as_of=as_of, **fields)
    with connection.cursor() as cursor:  # scores lie in a partition of their run
        cursor.execute("SELECT risks_open_run(%s), risks_close_run(%s)", [run.pk, run.pk])
    return run


def score(enterprise, run, **fields):
    row = unsaved_score(enterprise, run, **fields)
    row.save(force_insert=True)
    return row


def unsaved_score(enterprise, run, *, level=Level.RED, score=78.0, **fields):
    fields = {
        "district": enterprise.district,
        "coverage": 0b1111,
        "features": [58.0 if item.key == "social_pay_rate" else 0.0 for item in CARD.items],
        "points": [24.0 if item.key == "social_pay_rate" else 0.0 for item in CARD.items],
        "reasons": ["近6个月社保实缴率 58%（2023-05 至 2023-10），低于 90%，+24 分"],
        "marks": [CARD.place("social_pay_rate"), Feed.SOCIAL, 0b111111 << 18],
    } | fields
    return Score(run=run, enterprise=enterprise, level=level, score=score, **fields)


def tallied(run):
    """Count how many of a run's scores stand at each level, as scoring does when it closes a run."""
    run.by_district.all().delete()
    run.enterprises, tallies = 0, {}
    for district, level, coverage in run.scores.values_list("district_id", "level", "coverage"):
        tally = tallies.setdefault(district, dict.fromkeys(COUNTED, 0))
        tally[scoring.LEVELS[level]] += 1
        tally["unknown"] += coverage == 0
        run.enterprises += 1
    for district, tally in tallies.items():
        Tally.objects.create(run=run, district_id=district, **tally)
    run.save(update_fields=["enterprises"])
    return run


def cast():
    """The people whom every test knows: username to (role, district, side)."""
    side = Organisation.Side
    return {
        "city_office": (Role.CITY_OFFICE, None, side.GOVERNMENT),
        "steward": (Role.DATA_STEWARD, None, side.GOVERNMENT),
        "auditor": (Role.AUDITOR, None, side.GOVERNMENT),
        "administrator": (Role.ADMINISTRATOR, None, side.GOVERNMENT),
        "security_administrator": (Role.SECURITY_ADMINISTRATOR, None, side.GOVERNMENT),
        "huancui_officer": (Role.DISTRICT_OFFICER, "371002", side.GOVERNMENT),
        "huancui_supervisor": (Role.DISTRICT_SUPERVISOR, "371002", side.GOVERNMENT),
        "huancui_union": (Role.UNION_COORDINATOR, "371002", side.WORKERS),
        "huancui_employer": (Role.EMPLOYER_MEMBER, "371002", side.EMPLOYERS),
        "rongcheng_officer": (Role.DISTRICT_OFFICER, "371082", side.GOVERNMENT),
        "rongcheng_union": (Role.UNION_COORDINATOR, "371082", side.WORKERS),
    }


def member_of_the_cast(username):
    role, district, side = cast()[username]
    return person(username, role, district=district, side=side)


def query(text=""):
    """The parameters of a page's address."""
    return QueryDict(text)


# ── The sweep: checklists, visits, findings, decisions, arrears ────────────────────────────────


def checklist():
    """The version of the 体检 checklist that is in use, as `load_reference` brings it."""
    return Checklist.objects.get().current(ON)


def inspection(enterprise=None, *, by=None, answers=None, submitted=True, **fields):
    """A 体检, submitted unless told otherwise. answers: {number of an item: "no"} or {number: ("no", "说明")}."""
    enterprise = enterprise or globals()["enterprise"]()
    by = by or person(f"inspector{next(_serial)}", Role.DISTRICT_OFFICER, district=enterprise.district_id)
    fields = {
        "enterprise": enterprise,
        "district_id": enterprise.district_id,
        "campaign": Campaign.objects.running(ON),
        "organisation": by.organisation,
        "checklist": checklist(),
        "visited_on": ON,
        "people_met": "副总经理一名、职工代表两名",
    } | fields
    made = Inspection(**fields)
    made.open(by=by, on=ON)
    items = {item.number: item for item in made.checklist.items.all()}
    for number, value in ({"2.1": "yes"} if answers is None else answers).items():
        value, evidence = (value, "") if isinstance(value, str) else value
        made.answers.create(item=items[number], value=value, evidence=evidence)
    if submitted:
        made.submit(by=by, on=ON)
    return made


def finding(enterprise=None, number="4.1", facts="8月工资尚有 12 人未发", **fields):
    """What a 体检 found: the finding of an answer 不符合."""
    return inspection(enterprise, answers={number: ("no", facts)}, **fields).findings.get()


def arrears(enterprise=None, *, by=None, **fields):
    enterprise = enterprise or globals()["enterprise"]()
    by = by or person(f"recorder{next(_serial)}", Role.DISTRICT_OFFICER, district=enterprise.district_id)
    fields = {
        "enterprise": enterprise,
        "district_id": enterprise.district_id,
        "campaign": Campaign.objects.running(ON),
        "workers": 12,
        "months": 2,
        "amount": 9_600_000,
        "source": Arrears.Source.VISIT,
        "found_on": ON,
    } | fields
    made = Arrears(**fields)
    made.record(by=by, on=ON)
    return made


def major(enterprise=None, *, by=None, **fields):
    """A major risk, flagged. 25 of 80 are to be laid off unless told otherwise."""
    enterprise = enterprise or globals()["enterprise"]()
    fields = {
        "enterprise": enterprise,
        "district_id": enterprise.district_id,
        "kind": MajorRisk.Kind.LAYOFF,
        "people": 25,
        "staff": 80,
        "grounds": "订单减少，拟停一条生产线",
    } | fields
    made = MajorRisk(**fields)
    made.flag(by=by, on=ON)
    return made


def handover(enterprise=None, *, by=None, **fields):
    """A hand-over, as a draft."""
    enterprise = enterprise or globals()["enterprise"]()
    by = by or person(f"sender{next(_serial)}", Role.DISTRICT_OFFICER, district=enterprise.district_id)
    fields = {
        "enterprise": enterprise,
        "district_id": enterprise.district_id,
        "subject": Handover.Subject.WAGES,
        "facts": "2023年8月至10月未支付12名职工工资，共96,000.00元。",
        "legal_basis": "《劳动合同法》第三十条、第八十五条",
    } | fields
    made = Handover(**fields)
    made.draft(by=by, on=ON)
    return made


def decision(enterprise=None, *, by=None, **fields):
    enterprise = enterprise or globals()["enterprise"]()
    by = by or person(f"decider{next(_serial)}", Role.DISTRICT_OFFICER, district=enterprise.district_id)
    fields = {
        "enterprise": enterprise,
        "district_id": enterprise.district_id,
        "campaign": Campaign.objects.running(ON),
        "scored_level": Level.RED,
    } | fields
    said = {"level": fields.pop("level", Level.RED), "reason": fields.pop("reason", "与走访所见一致")}
    made = LevelDecision(**fields)
    made.decide(by=by, on=ON, **said)
    return made


def token(holder, capabilities, *, by, **fields):
    """A client's token, with its text as `token.text`."""
    now = timezone.now()
    fields = {"name": "测试客户端", "rate": 1_000, "expires_at": now + timedelta(days=30)} | fields
    capabilities = [Can(capability).value for capability in capabilities]
    made, text = Token.objects.issue(holder=holder, by=by, at=now, capabilities=capabilities, **fields)
    return shown(made, text)


def shown(made, text):
    made.text = text
    return made


def work_off(*kinds):
    """Do the background work that waits, as a worker would."""
    waiting = Job.objects.filter(state="waiting").order_by("pk")
    for job in waiting.filter(kind__in=kinds) if kinds else waiting:
        if job.take(timezone.now()):
            job.run()


# ── Guidance ──────────────────────────────────────────────────────────────────────────────────


def visit(enterprise=None, *, by=None, **fields):
    """A guidance visit, recorded."""
    enterprise = enterprise or globals()["enterprise"]()
    by = by or person(f"visitor{next(_serial)}", Role.DISTRICT_OFFICER, district=enterprise.district_id)
    fields = {
        "purpose": "wages", "visited_on": ON, "people_met": "厂长一名", "coordinators": "张三",
        "notes": "工资按月发放。",
    } | fields  # fmt: skip
    made = GuidanceVisit.begun(enterprise)
    made.record(by=by, on=ON, **fields)
    return made
