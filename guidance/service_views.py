"""Pages of the services: lists, records, what is begun on an enterprise's page, and many deeds at once."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.roles import Can, may
from casework import deeds
from casework.lifecycle import MoveRefused
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise
from enterprises.newness import newness

from . import lists, terms
from . import service_forms as forms
from .models import (
    Attendance,
    Benefit,
    Handout,
    Inquiry,
    Leaflet,
    LeafletVersion,
    Lecture,
    Newcomer,
    Policy,
    RuleSystem,
)
from .service_listings import (
    ATTENDANCES,
    BENEFITS,
    HANDOUTS,
    INQUIRIES,
    LEAFLETS,
    LECTURES,
    MATCHES,
    NEW_FIRMS,
    POLICIES,
    SERVICES,
    SYSTEMS,
)

_SECTION = {"section": "guidance"}


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


def _list(listing, rows, empty, begins=None, **more):
    """The page of a list. `begins`: (label, address, form, model) of what the list itself begins."""

    @may(Can.READ_GUIDANCE)
    def view(request):
        filters = listing.filtered(request.user, request.GET)
        told = {name: what(request) for name, what in more.items()}
        return lists.shown(request, listing, filters, rows, empty, begins=_begins(request.user, begins), **told)

    return view


def _begins(user, begins):
    if begins is None:
        return ()
    model, move, address = begins
    found = model.lifecycle[move]
    return ((found.label, reverse(address)),) if found.is_for(model(), user) else ()


def _writes(request):
    return request.user.may(Can.WRITE_GUIDANCE)


new_firms = _list(
    NEW_FIRMS, "guidance/_new_firms.html", "名录中成立日期在期限内的企业会自动列入。", writes=_writes,
    about=lambda request: f"成立未满{newness(today()).months}个月的企业。{newness(today()).source}。",
)  # fmt: skip
services = _list(SERVICES, "guidance/_services.html", "在新办企业名单中认领后，服务记录列在这里。")
leaflets = _list(
    LEAFLETS, "guidance/_leaflets.html", "由市三方办编入目录后，各区市即可发放。",
    begins=(Leaflet, "publish", "guidance:leaflet_publish"),
)  # fmt: skip
handouts = _list(HANDOUTS, "guidance/_handouts.html", "在企业页面点击“发放资料”，或在指导走访中登记。")
lectures = _list(
    LECTURES, "guidance/_lectures.html", "点击“预告讲座”，即可生成签到链接和签到码。",
    begins=(Lecture, "announce", "guidance:lecture_announce"),
)  # fmt: skip
attendances = _list(ATTENDANCES, "guidance/_attendances.html", "参加企业的人员通过签到链接或签到码签到后列在这里。")
systems = _list(SYSTEMS, "guidance/_systems.html", "在企业页面点击“指导建立制度”即可登记。")
policies = _list(
    POLICIES, "guidance/_policies.html", "由市三方办编入目录后，自动比对适用企业。",
    begins=(Policy, "publish", "guidance:policy_publish"),
)  # fmt: skip
matches = _list(MATCHES, "guidance/_matches.html", "没有执行中的政策；由市三方办编入目录后比对。", writes=_writes)
benefits = _list(BENEFITS, "guidance/_benefits.html", "在适用企业名单中送达政策后列在这里。")
inquiries = _list(
    INQUIRIES, "guidance/_inquiries.html", "在企业页面点击“登记求助”即可登记。",
    about=lambda request: terms.term("answer", today()).sentence,
)  # fmt: skip


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


def _ticked(request):
    numbers = [number for number in request.POST.getlist("item")[:200] if number.isdecimal() and len(number) < 10]
    return Enterprise.objects.current().visible_to(request.user).filter(pk__in=numbers).order_by("pk")


def _each(request, firms, begin, label):
    """Do one deed for each enterprise; say for how many, and why not for the others. Each stands for itself."""
    done, refused = 0, []
    for firm in firms:
        try:
            with transaction.atomic():
                begin(firm)
            done += 1
        except MoveRefused as reason:
            refused.append(f"{firm.name}：{reason.sentence}")
    if not firms:
        messages.info(request, "没有选中企业，请先在名单中勾选。")
    if done:
        messages.success(request, f"已{label} {done} 户。")
    for sentence in refused[:5]:
        messages.warning(request, sentence)
    if len(refused) > 5:
        messages.warning(request, f"另有 {len(refused) - 5} 户没有办理。")


@may(Can.WRITE_GUIDANCE)
@require_POST
def take_on_many(request):
    """Take on the new enterprises that were ticked."""
    _each(request, _ticked(request), lambda firm: Newcomer.begun(firm).take_on(by=request.user, on=today()), "认领")
    return redirect("guidance:new_firms")


@may(Can.WRITE_GUIDANCE)
@require_POST
def offer_many(request):
    """Tell the enterprises that were ticked of one policy."""
    number = request.POST.get("policy", "")
    policy = get_object_or_404(Policy, pk=number if number.isdecimal() and len(number) < 10 else 0)

    def offer(firm):
        row = Benefit.begun(firm)
        row.policy = policy
        row.offer(by=request.user, on=today())

    _each(request, _ticked(request), offer, "登记送达")
    return redirect(f"{reverse('guidance:matches')}?policy={policy.pk}")


# ── Records ──────────────────────────────────────────────────────────────────────────────────


def _record(model, template, *related, more=lambda record, request: {}):
    """The page of a record: its facts, its moves, its timeline."""

    @may(Can.READ_GUIDANCE)
    def view(request, pk):
        rows = model.objects.select_related(*related)
        found = visible_or_404(request.user, rows, pk) if model in _SCOPED else get_object_or_404(rows, pk=pk)
        context = {"record": found, "timeline": found.timeline, "on": today(), "tabs_of": model._meta.model_name}
        return render(request, template, _SECTION | context | more(found, request))

    return view


_SCOPED = {Attendance, Benefit, Handout, Inquiry, Newcomer, RuleSystem}
_FIRM = ("enterprise", "district")


def _leaflet(record, request):
    given = Handout.objects.visible_to(request.user).given().filter(leaflet=record).select_related("enterprise")
    return {"versions": record.versions.all(), "given": given[:20]}


def _lecture(record, request):
    came = Attendance.objects.visible_to(request.user).counted().filter(lecture=record)
    link = request.build_absolute_uri(reverse("guidance:sign", args=[record.token]))
    return {
        "link": link, "came": came.select_related("enterprise")[:50], "counts": came.counts(),
        "signs": record.takes_attendance(today()), "enters": _writes(request),
        "code_page": request.build_absolute_uri(reverse("guidance:sign_by_code")),
    }  # fmt: skip


def _policy(record, request):
    firms = Enterprise.objects.visible_to(request.user).active()
    told = Benefit.objects.visible_to(request.user).filter(policy=record)
    return {
        "suited": record.suits(today(), firms).count(), "told": told.count(), "taken": told.taken().count(),
        "amount": told.amount(),
    }  # fmt: skip


def _newcomer(record, request):
    rows = Handout.objects.visible_to(request.user).given().filter(enterprise=record.enterprise_id)
    return {"given": rows.select_related("leaflet")}


newcomer = _record(Newcomer, "guidance/newcomer.html", *_FIRM, "server", "organisation", more=_newcomer)
leaflet = _record(Leaflet, "guidance/leaflet.html", more=_leaflet)
handout = _record(Handout, "guidance/handout.html", *_FIRM, "leaflet", "by__organisation")
lecture = _record(Lecture, "guidance/lecture.html", "organisation", more=_lecture)
attendance = _record(Attendance, "guidance/attendance.html", *_FIRM, "lecture", "by")
system = _record(RuleSystem, "guidance/system.html", *_FIRM, "guide__organisation")
policy = _record(Policy, "guidance/policy.html", more=_policy)
benefit = _record(Benefit, "guidance/benefit.html", *_FIRM, "policy", "by__organisation")
inquiry = _record(Inquiry, "guidance/inquiry.html", *_FIRM, "owner__organisation")


@may(Can.READ_GUIDANCE)
def leaflet_file(request, pk, number):
    """Downloaded and never shown: nothing in it may run here."""
    found = get_object_or_404(LeafletVersion, leaflet=pk, number=number)
    if not found.file:
        raise Http404("这一版本没有电子文件。")
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@may(Can.READ_GUIDANCE)
def for_enterprise(request, pk):
    """What is done for one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects.select_related("district"), pk)
    on, part = today(), "guidance/_enterprise.html"
    rows = {
        name: model.objects.visible_to(request.user).filter(enterprise=enterprise)
        for name, model in (("systems", RuleSystem), ("benefits", Benefit), ("inquiries", Inquiry))
    }
    untold = Policy.objects.in_force(on).exclude(pk__in=rows["benefits"].values("policy"))
    here = Enterprise.objects.visible_to(request.user).filter(pk=pk)
    suits = [policy for policy in untold if policy.suits(on, here).exists()]
    context = {
        "enterprise": enterprise, "part": part, "begins": _begun_on(enterprise, request.user, on), "suits": suits,
        "service": Newcomer.objects.visible_to(request.user).standing().filter(enterprise=enterprise).first(),
        "is_new": enterprise.is_new(on), "writes": _writes(request),
        "handouts": _latest_of_each(Handout.objects.visible_to(request.user).given().filter(enterprise=enterprise)),
        "attendances": Attendance.objects.visible_to(request.user).counted().filter(enterprise=enterprise)
        .select_related("lecture"),
    } | rows  # fmt: skip
    return render(request, part if request.htmx else "guidance/enterprise.html", _SECTION | context)


def _latest_of_each(handouts):
    """Every leaflet once, however often it was given: the chronicle tells each time."""
    latest = handouts.order_by("leaflet_id", "-given_on", "-id").distinct("leaflet_id").select_related("leaflet")
    return sorted(latest, key=lambda row: row.given_on, reverse=True)


def _begun_on(enterprise, user, on):
    """(label, address) of what may be begun for an enterprise."""
    if enterprise.is_double:
        return []
    return [
        (model.lifecycle[move].label, reverse(f"guidance:{model._meta.model_name}_{move}", args=[enterprise.pk]))
        for model, move in ((Handout, "give"), (RuleSystem, "draft"), (RuleSystem, "take_over"), (Inquiry, "ask"))
        if model.lifecycle[move].is_for(model(), user)
    ]


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


def _deed(model, form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_GUIDANCE)
    def view(request, pk):
        if model in _SCOPED:
            found = visible_or_404(request.user, model.objects.select_related(*_FIRM), pk)
        else:
            found = get_object_or_404(model, pk=pk)
        return deeds.page(request, found, form_class, **_SECTION)

    return view


def _begin(model, form_class):
    """A deed that creates a record of an enterprise."""

    @may(Can.READ_GUIDANCE)
    def view(request, enterprise):
        firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
        record, back = model.begun(firm), reverse("enterprises:detail", args=[firm.pk])
        template = "guidance/begin.html"
        return deeds.page(request, record, form_class, template=template, back=back, enterprise=firm, **_SECTION)

    return view


@may(Can.READ_GUIDANCE)
def offer(request, enterprise):
    """A policy told to an enterprise; `policy` in the address says which."""
    firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    row, back, asked = Benefit.begun(firm), reverse("enterprises:detail", args=[firm.pk]), request.GET.get("policy", "")
    if asked.isdecimal() and len(asked) < 10:
        row.policy_id = int(asked)
    template = "guidance/begin.html"
    return deeds.page(request, row, forms.OfferForm, template=template, back=back, enterprise=firm, **_SECTION)


def _publish(model, form_class, back, capability=Can.EDIT_CATALOGUE):
    """A deed that creates an entry of a catalogue, or a lecture."""

    @may(capability)
    def view(request):
        return deeds.page(request, model(), form_class, back=reverse(back), **_SECTION)

    return view


@may(Can.READ_GUIDANCE)
def attendance_enter(request, lecture):
    found = get_object_or_404(Lecture, pk=lecture)
    row = Attendance(lecture=found)
    return deeds.page(
        request, row, forms.EnterForm, back=found.get_absolute_url(), then=lambda done: found.get_absolute_url(),
        said="已登记参加企业。", **_SECTION,
    )  # fmt: skip


def _moves(model, of_a, *begins):
    return {form.move: _deed(model, form) for form in of_a if form.move not in begins}


OF_A_NEWCOMER = _moves(Newcomer, forms.OF_A_NEWCOMER, "take_on")
OF_A_LEAFLET = _moves(Leaflet, forms.OF_A_LEAFLET, "publish")
OF_A_HANDOUT = _moves(Handout, forms.OF_A_HANDOUT, "give")
OF_A_LECTURE = _moves(Lecture, forms.OF_A_LECTURE, "announce")
OF_AN_ATTENDANCE = _moves(Attendance, forms.OF_AN_ATTENDANCE, "enter")
OF_A_SYSTEM = _moves(RuleSystem, forms.OF_A_SYSTEM, "draft", "take_over")
OF_A_POLICY = _moves(Policy, forms.OF_A_POLICY, "publish")
OF_A_BENEFIT = _moves(Benefit, forms.OF_A_BENEFIT, "offer")
OF_AN_INQUIRY = _moves(Inquiry, forms.OF_AN_INQUIRY, "ask")
BEGUN = {
    ("newcomer", "take_on"): _begin(Newcomer, forms.TakeOnForm),
    ("handout", "give"): _begin(Handout, forms.GiveForm),
    ("rulesystem", "draft"): _begin(RuleSystem, forms.DraftForm),
    ("rulesystem", "take_over"): _begin(RuleSystem, forms.TakeOverForm),
    ("benefit", "offer"): offer,
    ("inquiry", "ask"): _begin(Inquiry, forms.AskForm),
}
leaflet_publish = _publish(Leaflet, forms.PublishForm, "guidance:leaflets")
lecture_announce = _publish(Lecture, forms.AnnounceForm, "guidance:lectures", Can.READ_GUIDANCE)
policy_publish = _publish(Policy, forms.PublishPolicyForm, "guidance:policies")
