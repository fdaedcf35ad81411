"""The first page of each part: what a person sees who has just come in."""

from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.shortcuts import render

from accounts.models import District
from accounts.roles import Can, Role, may
from campaigns.models import Campaign
from casework.desk import Desk
from casework.today import today
from enterprises.freshness import freshness
from enterprises.models import Delivery
from negotiations import board as bargaining
from risks.explanations import card_of
from risks.filters import filter_for, scores_in
from risks.models import MajorRisk, ScoreRun

from . import levels
from .models import Report, State
from .report_views import due_in_words

LATEST_DELIVERIES = 6
LATEST_MAJORS = 6
TOP = 10
DESK_LINES = 8


def home(request):
    return HOMES[request.user.role](request)


@may(Can.READ_FIGURES)
def city_home(request):
    """市三方办 and the data steward: all districts side by side, and the state of the data."""
    run = ScoreRun.objects.latest()
    return render(
        request,
        "reports/home_city.html",
        _levels_by_district(request.user, run)
        | _movement(request.user, run)
        | _freshness(request.user, run)
        | _majors(request.user)
        | _desk(request.user)
        | _reports(request.user)
        | {
            "section": "desk",
            "run": run,
            "deliveries": Delivery.objects.exclude(state=Delivery.State.RECEIVED).select_related("by__organisation")[
                :LATEST_DELIVERIES
            ],
        },
    )


@may(Can.READ_FIGURES)
def district_home(request):
    """A district's government side: its own levels, the first ten enterprises, the state of the data."""
    run = ScoreRun.objects.latest()
    return render(
        request,
        "reports/home_district.html",
        _levels_by_district(request.user, run)
        | _movement(request.user, run)
        | _freshness(request.user, run)
        | _phases(today())
        | _majors(request.user)
        | _desk(request.user)
        | _bargaining(request.user)
        | _reports(request.user)
        | _top(request.user, run)
        | {"section": "desk", "run": run},
    )


@may(Can.READ_LEVELS)
def members_home(request):
    """Unions and the employers' side: levels, no figures."""
    run = ScoreRun.objects.latest()
    return render(
        request,
        "reports/home_members.html",
        _levels_by_district(request.user, run)
        | _movement(request.user, run)
        | _phases(today())
        | _majors(request.user)
        | _desk(request.user)
        | _bargaining(request.user)
        | _reports(request.user)
        | _top(request.user, run)
        | {"section": "desk", "run": run},
    )


@may(Can.READ_AUDIT)
def auditor_home(request):
    return render(request, "reports/home_auditor.html", {"section": "desk", "run": ScoreRun.objects.latest()})


@may(Can.SEE_USERS)
def administrator_home(request):
    people = get_user_model().objects.filter(is_active=True)
    return render(
        request,
        "reports/home_administrator.html",
        {
            "section": "desk",
            "active": people.count(),
            "first_password": people.filter(must_change_password=True).count(),
            "never_came": people.filter(last_login=None).count(),
        },
    )


HOMES = {
    Role.CITY_OFFICE: city_home,
    Role.DATA_STEWARD: city_home,
    Role.DISTRICT_OFFICER: district_home,
    Role.DISTRICT_SUPERVISOR: district_home,
    Role.UNION_COORDINATOR: members_home,
    Role.EMPLOYER_MEMBER: members_home,
    Role.AUDITOR: auditor_home,
    Role.ADMINISTRATOR: administrator_home,
    Role.SECURITY_ADMINISTRATOR: administrator_home,
}


# What moved since the run before: a sentence, and the conditions that list the enterprises.
MOVES = (
    ("新增红色", {"level": "red", "trend": "up"}),
    ("等级上升或新列入", {"trend": "up"}),
    ("等级下降", {"level": "all", "trend": "down"}),
)
# Enterprises of which no feed tells anything of late.
UNHEARD = {"level": "all", "coverage": "none"}


def _desk(user):
    desk = Desk(user, today())
    return {"desk": desk, "desk_lines": desk.lines[:DESK_LINES]}


def _levels_by_district(user, run):
    if run is None:
        return {"rows": [], "total": None}
    rows, total = levels.by_district(run, user)
    return {"rows": rows, "total": total}


def _movement(user, run):
    """The same filter counts here and lists there."""
    if run is None or run.previous_id is None:
        return {"moves": []}
    moves = [(label, _listed(user, run, conditions).total(), urlencode(conditions)) for label, conditions in MOVES]
    return {"moves": moves}


def _top(user, run):
    """The first of the ranked list."""
    return {"top": list(_listed(user, run).qs[:TOP]), "card": card_of(run)} if run else {}


def _listed(user, run, conditions=None):
    return filter_for(user)(conditions or {}, scores_in(run, user), user=user, run=run)


def _freshness(user, run):
    unheard = _listed(user, run, UNHEARD).total() if run else None
    return {"freshness": freshness(user, on=today()), "unheard": unheard, "unheard_query": urlencode(UNHEARD)}


def _majors(user):
    """What may become a mass lay-off, a stoppage or a claim for wages, asked anew on every visit of the page."""
    if not user.may(Can.HANDLE_MAJORS):
        return {}
    visible = MajorRisk.objects.visible_to(user)
    risks = visible.unsettled().select_related("enterprise", "district", "lead")
    risks = list(risks.annotate(unnoted=Q(pk__in=visible.without_note(today()).order_by().values("pk"))))
    unnoted = sum(risk.unnoted for risk in risks)
    return {"majors": risks[:LATEST_MAJORS], "majors_number": len(risks), "unnoted": unnoted}


def _bargaining(user):
    """What is to be pressed at the bargaining tables, for those who look after them."""
    return {"bargaining": bargaining.figures(user)} if user.may(Can.READ_CONSULTATIONS) else {}


def _reports(user):
    """Where the district's report stands; for the city how many stand where."""
    if not user.may(Can.READ_REPORTS):
        return {}
    on = today()
    campaign = Campaign.objects.running(on)
    found = Report.objects.visible_to(user).filter(campaign=campaign).select_related("district", "campaign")
    told = {"reports_due": due_in_words(campaign.report_due_at)}
    if not user.sees_whole_city:
        return told | {"report": found.first()}
    states = {state.label: sum(1 for each in found if each.state == state) for state in State}
    return told | {"report_states": {"未起草": District.objects.count() - len(found)} | states}


def _phases(on):
    campaign = Campaign.objects.running(on)
    return {
        "phases": [(phase, phase.is_under_way(on), phase.is_over(on)) for phase in campaign.phases.all()],
        "report_due_on": campaign.report_due_on,
    }
