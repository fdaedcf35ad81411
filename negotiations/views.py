"""Pages of the consultations: the board, a case with its clocks, contracts, platform mechanisms."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Can, may
from campaigns.models import Campaign
from casework import access, deeds
from casework.lifecycle import Stale
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import contract_forms, forms, law, letters, mechanism_forms, statistics
from .clauses import ClausesForm
from .listings import CONTRACTS, MECHANISMS, OFFERS, contracts_of, mechanisms_of, offers_of
from .models import Consultation, Contract, Mechanism, Urging
from .tabs import tabs

_SECTION = {"section": "negotiations"}
MOST_BUTTONS = 4
_OFFER = ("enterprise", "district", "vote", "contract", "confirmed_by__organisation")


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


def _list(request, listing, filters, rows, empty):
    page = page_of(filters.qs, request.GET, total=filters.total())
    context = {
        "tabs": tabs(listing.page), "listing": listing, "filters": filters, "page": page, "page_name": listing.page,
        "views": request.user.saved_views.filter(page=listing.page), "rows": rows, "address": reverse(listing.page),
        "empty": empty, "on": today(),
    }  # fmt: skip
    response = render_list(request, "negotiations/list.html", "enterprises/_case_list.html", _SECTION | context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


@may(Can.READ_CONSULTATIONS)
def offers(request):
    filters = offers_of(request.user, request.GET)
    empty = "在企业页面点击“发起协商”，即可拟定要约。"
    return _list(request, OFFERS, filters, "negotiations/_offers.html", empty)


@may(Can.READ_CONSULTATIONS)
def contracts(request):
    filters = contracts_of(request.user, request.GET)
    empty = "协商签订的合同会自动列入；已有的合同可以批量导入。"
    return _list(request, CONTRACTS, filters, "negotiations/_contracts.html", empty)


@may(Can.READ_CONSULTATIONS)
def mechanisms(request):
    filters = mechanisms_of(request.user, request.GET)
    empty = "在平台企业的页面点击“建立平台协商机制”即可登记。"
    return _list(request, MECHANISMS, filters, "negotiations/_mechanisms.html", empty)


@may(Can.READ_CONSULTATIONS)
def figures(request):
    """What a report needs of the consultations; each figure opens the list behind it."""
    told = statistics.of(request.user, today())
    return render(request, "negotiations/figures.html", _SECTION | {"tabs": tabs("negotiations:figures"), "told": told})


@may(Can.READ_CONSULTATIONS)
def for_enterprise(request, pk):
    """Consultations, contracts and mechanisms of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    part = "negotiations/_enterprise.html"
    context = {"enterprise": enterprise, "part": part, "begins": _may_begin(request.user)}
    for name, model in (("offers", Consultation), ("contracts", Contract), ("mechanisms", Mechanism)):
        context[name] = model.objects.visible_to(request.user).filter(enterprise=enterprise)
    context["of_many"] = Consultation.objects.visible_to(request.user).filter(
        participants__enterprise=enterprise, participants__left_on=None
    )
    context["sealed"] = Contract.objects.visible_to(request.user).filter(members__enterprise=enterprise)
    return render(request, part if request.htmx else "negotiations/enterprise.html", _SECTION | context)


def _may_begin(user):
    return Consultation.lifecycle["draft"].is_for(None, user)


# ── A consultation ───────────────────────────────────────────────────────────────────────────


@may(Can.READ_CONSULTATIONS)
def consultation(request, pk):
    offer = visible_or_404(request.user, Consultation.objects.select_related(*_OFFER), pk)
    on = today()
    seats = list(offer.seats.select_related("replaces"))
    figures = list(offer.figures.all()) if request.user.may(Can.READ_CONSULTED) else None
    if figures:
        access.record(access.Kind.VIEW, subject=offer, note="企业为协商提供的资料")
    context = {
        "offer": offer, "on": on, "timeline": offer.timeline, "clocks": _clocks(offer, on),
        "sides": [(label, [seat for seat in seats if seat.side == side]) for side, label in offer.SIDES],
        "faults": offer.seat_faults(offer.meet_on or on) if seats else [], "clauses": offer.clauses.all(),
        "meetings": offer.meetings.all(), "urgings": offer.urgings.select_related("by__organisation"),
        "suspensions": offer.suspensions.all(), "edits": offer.can_edit_clauses(request.user),
        "figures": figures, "buttons": _buttons(offer, request.user),
        "result": Contract.objects.visible_to(request.user).filter(consultation=offer).first(),
        "participants": offer.participants.select_related("enterprise", "vote"),
        "says": _said(offer.kind, offer.law_day, ("protection", "information", "floor")),
        "binding": (
            () if offer.covers_many else Contract.objects.visible_to(request.user).binding(offer.enterprise, on)
        ),
    }  # fmt: skip
    return render(request, "negotiations/consultation.html", _SECTION | context)


def _said(kind, on, matters):
    """{matter: the sentence of the rule with its article, or empty}."""
    return {matter: law.says(matter, kind, on) for matter in matters}


def _buttons(record, user):
    """(the next steps, the rest) of what the person may do now and what is not moot: each (move, address)."""
    moves = [(move, record.move_url(move)) for move in record.moves_for(user) if not record.is_moot(move)]
    first = len(moves) if len(moves) <= MOST_BUTTONS else MOST_BUTTONS - 1
    return moves[:first], moves[first:]


def _clocks(record, on):
    """(what, Due, days left or None where it no longer runs, when it was done) of the clocks that run or have run."""
    stopped = record.is_over and "解除报备"  # of a case that is closed only this is still to be done
    return [
        (label, due, None if done or (stopped and label != stopped) else due.days_left(on), done)
        for label, due, done in record.clocks(on)
        if due is not None
    ]


def _deed(model, form_class, **more):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_CONSULTATIONS)
    def view(request, pk):
        rows = model.objects.select_related("enterprise")
        return deeds.page(request, visible_or_404(request.user, rows, pk), form_class, **_SECTION, **more)

    return view


def _begin(model, form_class):
    """A deed that creates a record of an enterprise."""

    @may(Can.READ_CONSULTATIONS)
    def view(request, enterprise):
        firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
        back = reverse("enterprises:detail", args=[firm.pk])
        template = "negotiations/begin.html"
        return deeds.page(
            request, model.begun(firm), form_class, template=template, back=back, enterprise=firm, **_SECTION
        )

    return view


@may(Can.READ_CONSULTATIONS)
def draft(request, enterprise):
    """An offer; `contract` and `purpose` in the address say what is to be renewed or changed."""
    firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    offer, back = Consultation.begun(firm), reverse("enterprises:detail", args=[firm.pk])
    if asked := request.GET.get("contract"):
        contract = visible_or_404(request.user, Contract.objects.filter(enterprise=firm), asked)
        back = _take_up(request, offer, contract)
    template = "negotiations/begin.html"
    return deeds.page(request, offer, forms.DraftForm, template=template, back=back, enterprise=firm, **_SECTION)


def begun_offer(user):
    """An offer in an industry or area of the person's district, not saved yet."""
    if user.organisation.district_id is None:
        raise PermissionDenied("行业性、区域性协商由所在区市发起。")
    return Consultation.begun_for_many(user.organisation.district_id)


@may(Can.READ_CONSULTATIONS)
def draft_for_many(request):
    offer, back = begun_offer(request.user), reverse("negotiations:list")
    if asked := request.GET.get("contract"):
        contract = visible_or_404(request.user, Contract.objects.filter(enterprise=None), asked)
        offer.reach, offer.trade, back = contract.reach, contract.trade, _take_up(request, offer, contract)
    return deeds.page(request, offer, forms.DraftForManyForm, back=back, **_SECTION)


def _take_up(request, offer, contract):
    """The offer renews or changes `contract`, as the address says; where to turn without doing it."""
    offer.contract, offer.kind = contract, contract.kind
    offer.purpose = request.GET.get("purpose", Consultation.Purpose.RENEW)
    return contract.get_absolute_url()


@may(Can.READ_CONSULTATIONS)
def clauses(request, pk):
    """The clause table: two columns and what is agreed, saved as a whole; each text keeps its versions."""
    offer = visible_or_404(request.user, Consultation.objects.select_related("enterprise"), pk)
    if not offer.can_edit_clauses(request.user):
        raise PermissionDenied("协商中的条款由工会、人社部门的经办人员填写；已形成草案的不能再改。")
    form = ClausesForm(request.POST or None, record=offer)
    status, stale = 200, None
    if request.method == "POST":
        try:
            with transaction.atomic():
                if form.is_valid():
                    form.save(by=request.user, on=today())
                    return redirect(offer)
            status = 422
        except Stale as overtaken:
            status, stale = 409, overtaken
    context = {"offer": offer, "form": form, "stale": stale, "factors": law.says("factors", offer.kind, today())}
    return render(request, "negotiations/clauses.html", _SECTION | context, status=status)


@may(Can.READ_CONSULTATIONS)
def clause(request, pk, number):
    """All versions of a clause."""
    offer = visible_or_404(request.user, Consultation.objects.select_related("enterprise"), pk)
    found = get_object_or_404(offer.clauses, number=number)
    context = {"offer": offer, "clause": found, "texts": found.texts.select_related("by__organisation")}
    return render(request, "negotiations/clause.html", _SECTION | context)


@may(Can.READ_CONSULTATIONS)
def letter(request, pk, what):
    """The offer or the form of a reply as a Word file."""
    offer = visible_or_404(request.user, Consultation.objects.select_related("enterprise", "district"), pk)
    paper = {"offer": letters.offer, "reply": letters.reply}[what](offer)
    return paper.answer(f"{paper.title}_{offer.party}.docx")


@may(Can.READ_CONSULTATIONS)
def urging_letter(request, pk):
    """The union's 意见书 or 建议书, or the labour authority's order, as a Word file."""
    letters_sent = Urging.objects.visible_to(request.user).exclude(what=Urging.What.URGE)
    related = letters_sent.select_related("consultation__enterprise", "consultation__district", "by__organisation")
    found = visible_or_404(request.user, related, pk)
    paper = letters.urging(found)
    return paper.answer(f"{paper.title}_{found.consultation.party}.docx")


# ── A contract ───────────────────────────────────────────────────────────────────────────────


@may(Can.READ_CONSULTATIONS)
def contract(request, pk):
    related = ("enterprise", "district", "consultation__enterprise", "replaces")
    found = visible_or_404(request.user, Contract.objects.select_related(*related), pk)
    on = today()
    firm = found.enterprise
    context = {
        "contract": found, "buttons": _buttons(found, request.user),
        "on": on, "timeline": found.timeline, "clocks": _clocks(found, on),
        "members": found.members.select_related("enterprise", "vote"), "reports": found.reports.select_related("by"),
        "ending": getattr(found, "ending", None), "followers": found.replaced_by.visible_to(request.user),
        "binding": Contract.objects.visible_to(request.user).binding(firm, on) if firm else (),
        "begins": found.is_alive and _begins_anew(found, request.user),
        "underway": found.consultations.visible_to(request.user).open(), "unsealed": found.unsealed,
        "reviews": found.reviews.select_related("by__organisation"),
        "says": _said(found.kind, found.signed_on, ("floor",)),
        "package": [(label, key in found.package) for key, label in found.package_needed.items()],
    }  # fmt: skip
    return render(request, "negotiations/contract.html", _SECTION | context)


def _begins_anew(contract, user):
    """The address of an offer that renews or changes `contract`; None for who may not make one."""
    firm = contract.enterprise
    offer = Consultation.begun(firm) if firm else Consultation.begun_for_many(contract.district_id)
    if not offer.moves_for(user):
        return None
    page = (
        reverse("negotiations:consultation_draft", args=[firm.pk])
        if firm
        else reverse("negotiations:consultation_draft_for_many")
    )
    return f"{page}?contract={contract.pk}"


def begun_contract(user):
    """An industry's or area's contract of the person's district, not saved yet."""
    if user.organisation.district_id is None:
        raise PermissionDenied("行业性、区域性合同由所在区市登记。")
    return Contract(
        reach=Contract.Reach.INDUSTRY, district_id=user.organisation.district_id,
        campaign=Campaign.objects.running(today()),
    )  # fmt: skip


@may(Can.READ_CONSULTATIONS)
def register_contract(request):
    back = reverse("negotiations:contracts")
    return deeds.page(request, begun_contract(request.user), contract_forms.RegisterForm, back=back, **_SECTION)


@may(Can.READ_CONSULTATIONS)
def review_letter(request, pk, number):
    """The opinion of one of the reviews; after an objection there is more than one."""
    related = ("enterprise", "district", "consultation")
    found = visible_or_404(request.user, Contract.objects.select_related(*related), pk)
    review = get_object_or_404(found.reviews, number=number)
    return letters.review(review).answer(f"审查意见书_{found.title}.docx")


# ── A mechanism ──────────────────────────────────────────────────────────────────────────────


@may(Can.READ_CONSULTATIONS)
def mechanism(request, pk):
    found = visible_or_404(request.user, Mechanism.objects.select_related("enterprise", "district"), pk)
    on = today()
    context = {
        "mechanism": found, "on": on, "timeline": found.timeline, "standards": found.standards(on),
        "terms": found.terms.select_related("meeting", "by"), "rounds": found.rounds.all(),
        "months": found.year_of_rounds(on), "buttons": _buttons(found, request.user),
    }  # fmt: skip
    return render(request, "negotiations/mechanism.html", _SECTION | context)


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────

set_up = _begin(Mechanism, mechanism_forms.SetUpForm)
take_over = _begin(Contract, contract_forms.TakeOverForm)
OF_A_CONSULTATION = {form.move: _deed(Consultation, form) for form in forms.OF_A_CONSULTATION if form.move != "draft"}
OF_A_CONTRACT = {form.move: _deed(Contract, form) for form in contract_forms.OF_A_CONTRACT if form.move != "register"}
OF_A_MECHANISM = {form.move: _deed(Mechanism, form) for form in mechanism_forms.OF_A_MECHANISM if form.move != "set_up"}
