"""Pages of measure four: exemplars, the library of good practice, pilots of reform."""

from django.shortcuts import render

from accounts.roles import Can, may
from casework.scope import visible_or_404
from casework.today import today

from . import exemplar_forms as forms
from . import notice_paper
from .cooperation_views import begins_here, begun_of_mine
from .exemplar_listings import EXEMPLARS, PILOTS, PRACTICES, exemplars_of, pilots_of, practices_of
from .models import Exemplar, Pilot, Practice
from .pages import SECTION, begin, deed_of, list_page
from .tabs import tabs


@may(Can.READ_CAMPAIGN)
def exemplars(request):
    context = {"begins": begins_here(request.user, Exemplar), "begin_at": "campaigns:exemplar_nominate"}
    empty = "由区市三方推荐企业或者个人，三方评议后报市三方办评定、公示、公布。"
    return list_page(request, EXEMPLARS, exemplars_of, "campaigns/_exemplars.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def exemplar(request, pk):
    related = ("district", "campaign", "enterprise", "practice", "nominated_by__organisation")
    found, on = visible_or_404(request.user, Exemplar.objects.select_related(*related), pk), today()
    context = {
        "record": found, "on": on, "timeline": found.timeline, "tabs": tabs(EXEMPLARS.page),
        "unmet": found.unmet(on) if found.state in ("draft", "returned") else [],
    }  # fmt: skip
    return render(request, "campaigns/exemplar.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def notice(request, pk):
    """The public notice as a Word file."""
    found = visible_or_404(request.user, Exemplar.objects.select_related("district", "campaign", "enterprise"), pk)
    made = notice_paper.paper(found)
    return made.answer(f"{made.title}（{found.subject}）.docx")


@may(Can.READ_CAMPAIGN)
def practices(request):
    empty = "市三方办公布典型、验收试点后，经验编入这里，各区市三方都能查看。"
    return list_page(request, PRACTICES, practices_of, "campaigns/_practices.html", empty, of_the_city=True)


@may(Can.READ_CAMPAIGN)
def practice(request, pk):
    found = visible_or_404(request.user, Practice.objects.select_related("district", "campaign"), pk)
    context = {
        "record": found, "on": today(), "tabs": tabs(PRACTICES.page), "source": _source(found, request.user),
        "timeline": found.timeline if request.user.sees_whole_city else None,
    }  # fmt: skip
    return render(request, "campaigns/practice.html", SECTION | context)


def _source(practice, user):
    """The case that an entry is a copy of, for those who may see it."""
    for model in (Exemplar, Pilot):
        if found := model.objects.visible_to(user).filter(practice=practice).first():
            return found
    return None


@may(Can.READ_CAMPAIGN)
def pilots(request):
    context = {"begins": begins_here(request.user, Pilot), "begin_at": "campaigns:pilot_propose"}
    empty = "区市人社部门申报区域和谐劳动关系改革创新试点，市三方办批准后开始。"
    return list_page(request, PILOTS, pilots_of, "campaigns/_pilots.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def pilot(request, pk):
    found = visible_or_404(request.user, Pilot.objects.select_related("district", "campaign", "practice"), pk)
    context = {
        "record": found, "on": today(), "timeline": found.timeline, "tabs": tabs(PILOTS.page),
        "notes": found.notes.select_related("by__organisation"),
    }  # fmt: skip
    return render(request, "campaigns/pilot.html", SECTION | context)


nominate = begin(begun_of_mine(Exemplar), forms.NominateForm, "campaigns:exemplars")
propose = begin(begun_of_mine(Pilot), forms.ProposeForm, "campaigns:pilots")
OF_AN_EXEMPLAR = {
    form.move: deed_of(Exemplar, form, "district", "enterprise") for form in forms.OF_AN_EXEMPLAR[1:]
}  # fmt: skip
OF_A_PRACTICE = {form.move: deed_of(Practice, form) for form in forms.OF_A_PRACTICE}
OF_A_PILOT = {form.move: deed_of(Pilot, form, "district") for form in forms.OF_A_PILOT[1:]}
