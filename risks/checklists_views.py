"""Pages of the checklist: its versions, and the draft that administrators edit."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.roles import Can, may
from casework.today import today

from .checklists_forms import ItemForm, PublishForm
from .models import Checklist, ChecklistVersion, Inspection, Item, Published
from .tabs import tabs


@may(Can.READ_CHECKLISTS)
def checklist(request):
    """The version in use, and what there was before."""
    found = get_object_or_404(Checklist)
    return _shown(request, found.current(today()) or found.versions.first())


@may(Can.READ_CHECKLISTS)
def version(request, pk):
    return _shown(request, get_object_or_404(ChecklistVersion.objects.select_related("checklist"), pk=pk))


@require_POST
@may(Can.EDIT_CHECKLISTS)
def revise(request):
    """Draft the next version, or go on with the draft."""
    return redirect("risks:checklist_version", get_object_or_404(Checklist).revise(by=request.user).pk)


@may(Can.EDIT_CHECKLISTS)
def item(request, version, pk=None):
    """Add or change an item of the draft."""
    draft = _draft(version)
    found = get_object_or_404(draft.items, pk=pk) if pk else Item(version=draft)
    form = ItemForm(request.POST or None, instance=found, version=draft)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"已保存“{found}”。")
        return redirect("risks:checklist_version", draft.pk)
    context = {"section": "risks", "version": draft, "form": form, "item": found if pk else None}
    return render(request, "risks/checklist_item.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@may(Can.EDIT_CHECKLISTS)
def remove_item(request, version, pk):
    draft = _draft(version)
    get_object_or_404(draft.items, pk=pk).delete()
    messages.success(request, "已从草稿中删除这一项。")
    return redirect("risks:checklist_version", draft.pk)


@require_POST
@may(Can.EDIT_CHECKLISTS)
def publish(request, pk):
    draft, form = _draft(pk), PublishForm(request.POST)
    if not form.is_valid():
        return _shown(request, draft, form, status=422)
    try:
        draft.publish(by=request.user, on=today(), note=form.cleaned_data["note"])
    except Published as refused:
        form.add_error(None, str(refused))
        return _shown(request, draft, form, status=422)
    messages.success(request, f"{draft}已启用，此后开始的体检使用这一版；已有记录仍按原版。")
    return redirect("risks:checklist")


@require_POST
@may(Can.EDIT_CHECKLISTS)
def discard(request, pk):
    _draft(pk).discard()
    messages.success(request, "草稿已删除。")
    return redirect("risks:checklist")


def _draft(pk):
    found = get_object_or_404(ChecklistVersion.objects.select_related("checklist"), pk=pk)
    if not found.is_draft:
        raise Http404("这一版已经启用，如需修改请起草新版本。")
    return found


def _shown(request, found, form=None, status=200):
    return render(
        request,
        "risks/checklist.html",
        {
            "section": "risks",
            "tabs": tabs(request, "risks:checklist"),
            "version": found,
            "versions": found.checklist.versions.select_related("published_by__organisation", "made_by__organisation"),
            "used": Inspection.objects.visible_to(request.user).filter(checklist=found).count(),
            "form": form or PublishForm(),
        },
        status=status,
    )
