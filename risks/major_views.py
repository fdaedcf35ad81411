"""Pages of major risks, of relatives across the border of districts, and of hand-overs to the labour inspection."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Can, may
from casework import access, deeds
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import handover_file, handover_forms, major_forms, majors
from .cases import listed
from .disclosing import looked_at
from .layoffs import LAYOFF_SIGNS
from .major_listings import DISCLOSURES, HANDOVERS, MAJORS
from .models import Disclosure, Handover, Level, MajorRisk

# ── Major risks ──────────────────────────────────────────────────────────────────────────────


@may(Can.HANDLE_MAJORS)
def major_list(request):
    return listed(request, MAJORS, about="可能引发大规模裁员、集体停工、集体讨薪的，早期介入，每日记录，直至化解。")


@may(Can.HANDLE_MAJORS)
def layoff_signs(request):
    return listed(
        request,
        LAYOFF_SIGNS,
        about="参保人数较上年减少达到《劳动合同法》第四十一条所列人数或者比例，请向企业核实是否裁员。",
    )


@may(Can.HANDLE_MAJORS)
def major(request, pk):
    risk = visible_or_404(
        request.user, MajorRisk.objects.select_related("enterprise", "district", "campaign", "lead__organisation"), pk
    )
    context = {
        "section": "risks",
        "risk": risk,
        "measures": risk.measures.all(),
        "notes": risk.notes.select_related("by__organisation"),
        "noted_today": risk.notes.filter(on=today()).exists(),
        "handovers": risk.handovers.all() if request.user.may(Can.HAND_OVER) else (),
        "timeline": risk.timeline,
    }
    return render(request, "risks/major.html", context)


@may(Can.HANDLE_MAJORS)
def for_enterprise(request, pk):
    """Major risks and hand-overs of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    risks = MajorRisk.objects.visible_to(request.user).filter(enterprise=enterprise)
    part = "risks/_enterprise_majors.html"
    context = {"section": "risks", "enterprise": enterprise, "part": part, "majors": risks}
    if request.user.may(Can.HAND_OVER):
        context["handovers"] = Handover.objects.visible_to(request.user).filter(enterprise=enterprise)
    return render(request, part if request.htmx else "risks/enterprise.html", context)


@may(Can.HANDLE_MAJORS)
def flag(request, enterprise):
    found = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    risk = MajorRisk(enterprise=found, district_id=found.district_id)
    return _deed_on(request, risk, major_forms.FlagForm, found, said="已标记为重大风险，市三方办同时可以看到。")


def _on_major(form_class):
    @may(Can.HANDLE_MAJORS)
    def view(request, pk):
        risk = visible_or_404(request.user, MajorRisk.objects.select_related("enterprise"), pk)
        return _deed_on(request, risk, form_class, risk.enterprise)

    return view


revise = _on_major(major_forms.ReviseForm)
engage = _on_major(major_forms.EngageForm)
note = _on_major(major_forms.NoteForm)
carry_out = _on_major(major_forms.CarryOutForm)
add_measure = _on_major(major_forms.AddMeasureForm)
redirect_lead = _on_major(major_forms.RedirectForm)
settle = _on_major(major_forms.SettleForm)
dismiss = _on_major(major_forms.DismissForm)
reopen = _on_major(major_forms.ReopenForm)


# ── Relatives in other districts ─────────────────────────────────────────────────────────────


@may(Can.ASK_DISCLOSURE)
def relatives(request, pk):
    """Masked stubs of firms elsewhere, each with what was asked of it: a part of the risk's page, and a page."""
    risk = visible_or_404(request.user, MajorRisk.objects.select_related("enterprise"), pk)
    asked = {}
    for disclosure in risk.disclosures.select_related("holder").order_by("id"):
        asked[disclosure.enterprise_id] = disclosure
    now, own = timezone.now(), not request.user.sees_whole_city
    found = []
    for relative in majors.relatives_of(risk):
        last = asked.get(relative.enterprise_id)
        found.append((relative, last, own and (last is None or not last.is_pending(now))))
    part = "risks/_relatives.html"
    context = {"section": "risks", "risk": risk, "enterprise": risk.enterprise, "part": part}
    context |= {"relatives": found, "now": now, "most": majors.MOST_RELATIVES}
    return render(request, part if request.htmx else "risks/enterprise.html", context)


@may(Can.ASK_DISCLOSURE)
def ask(request, pk, enterprise):
    """Ask the district of a relative to let this one look."""
    risk = visible_or_404(request.user, MajorRisk.objects.select_related("enterprise"), pk)
    disclosure = majors.request_for(risk, enterprise)
    return deeds.page(request, disclosure, major_forms.AskForm, template="risks/disclosure_deed.html",
                      back=risk.get_absolute_url(), section="risks")  # fmt: skip


@may(Can.ASK_DISCLOSURE)
def disclosure_list(request):
    return listed(request, DISCLOSURES, about="对方区市同意前只显示隐去的名称；同意后限时查阅，每次查阅都有记录。")


@may(Can.ASK_DISCLOSURE)
def disclosure(request, pk):
    """The request; and while it holds what may be seen of the enterprise. Each look goes into the access log."""
    found = visible_or_404(
        request.user,
        Disclosure.objects.select_related("district", "holder", "asked_by__organisation", "answered_by__organisation"),
        pk,
    )
    told = looked_at(found, timezone.now())
    context = {
        "section": "risks",
        "disclosure": found,
        "told": told,
        "level": None if told is None or told["level"] is None else Level(told["level"]),
        "kinds": dict(MajorRisk.Kind.choices),
        "states": dict(MajorRisk.State.choices),
        "own": Enterprise.objects.visible_to(request.user).filter(pk=found.enterprise_id).first(),
        "timeline": found.timeline,
    }
    return render(request, "risks/disclosure.html", context)


def _on_disclosure(form_class):
    @may(Can.ASK_DISCLOSURE)
    def view(request, pk):
        found = visible_or_404(request.user, Disclosure.objects, pk)
        return deeds.page(request, found, form_class, template="risks/disclosure_deed.html", section="risks")

    return view


allow = _on_disclosure(major_forms.AllowForm)
refuse = _on_disclosure(major_forms.RefuseForm)
withdraw = _on_disclosure(major_forms.WithdrawForm)
revoke = _on_disclosure(major_forms.RevokeForm)


# ── Hand-overs ───────────────────────────────────────────────────────────────────────────────


@may(Can.HAND_OVER)
def handover_list(request):
    return listed(request, HANDOVERS, about="需要责令改正或者处罚的，移交劳动保障监察；从企业页面或者重大风险办理。")


def _handover_or_404(user, pk):
    return visible_or_404(
        user, Handover.objects.select_related("enterprise__district", "district", "campaign", "risk__enterprise"), pk
    )


@may(Can.HAND_OVER)
def handover(request, pk):
    found = _handover_or_404(request.user, pk)
    context = {"section": "risks", "handover": found, "due": found.due, "timeline": found.timeline}
    return render(request, "risks/handover.html", context)


@access.watched(access.Kind.DOWNLOAD, "劳动保障监察案件移交书", "risks.handover")
@may(Can.HAND_OVER)
def handover_letter(request, pk):
    found = _handover_or_404(request.user, pk)
    return handover_file.letter(found, _sender(found), request.user).answer(handover_file.file_name(found, "docx"))


@access.watched(access.Kind.DOWNLOAD, "移交劳动保障监察的全部材料", "risks.handover")
@may(Can.HAND_OVER)
def handover_archive(request, pk):
    """The letter and all attachments, as they are given to the inspection."""
    found = _handover_or_404(request.user, pk)
    file = handover_file.archive(found, _sender(found), request.user)
    answer = FileResponse(file, as_attachment=True, filename=handover_file.file_name(found, "zip"))
    answer.headers["X-Content-Type-Options"], answer.headers["Content-Security-Policy"] = "nosniff", "sandbox"
    return answer


def _sender(handover):
    """The government side of the district, by its own name."""
    return get_object_or_404(Organisation, district=handover.district_id, side=Organisation.Side.GOVERNMENT)


@may(Can.HAND_OVER)
def draft(request, enterprise):
    found = visible_or_404(request.user, Enterprise.objects.current().select_related("district"), enterprise)
    begun = Handover(enterprise=found, district=found.district)
    return _deed_on(request, begun, handover_forms.DraftForm, found)


def _on_handover(form_class):
    @may(Can.HAND_OVER)
    def view(request, pk):
        found = _handover_or_404(request.user, pk)
        return _deed_on(request, found, form_class, found.enterprise)

    return view


amend = _on_handover(handover_forms.AmendForm)
send = _on_handover(handover_forms.SendForm)
receive = _on_handover(handover_forms.ReceiveForm)
file_case = _on_handover(handover_forms.FileForm)
decline = _on_handover(handover_forms.DeclineForm)
extend = _on_handover(handover_forms.ExtendForm)
conclude = _on_handover(handover_forms.ConcludeForm)
withdraw_handover = _on_handover(handover_forms.WithdrawForm)


def _deed_on(request, record, form_class, enterprise, **said):
    back = record.get_absolute_url() if record.pk else reverse("enterprises:detail", args=[enterprise.pk])
    return deeds.page(request, record, form_class, template="risks/deed_on.html", back=back, section="risks",
                      enterprise=enterprise, **said)  # fmt: skip
