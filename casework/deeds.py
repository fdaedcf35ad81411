"""Pages of deeds: one form a move, with and without script.

    @may(Can.READ_LEVELS)
    def close(request, pk):
        return deeds.page(request, visible_or_404(request.user, Rectification.objects, pk), CloseForm, section="risks")

GET shows the form, as a page or for htmx as a part. POST answers 303 when the deed is done; 422 with the form and its
errors; 409 when the record is no longer as the person saw it, with both values side by side and the form once more,
so that nothing typed is lost. Who may not make the move hears 403, whatever was typed.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from .lifecycle import Incomplete, MoveRefused, NotYours, Stale
from .today import today

PAGE, PART = "casework/deed.html", "casework/_deed.html"
STALE_PAGE, STALE_PART = "casework/stale.html", "casework/_stale.html"


def page(request, record, form_class, *, template=PAGE, part=PART, back=None, then=None, said=None, **context):
    """Show and take the form of a move of `record`; for a move that creates, `record` is not saved yet.

    `back`: where to turn without doing it; `then(record)`: where to go when it is done, the record's own page unless
    given; `said`: a sentence for when it is done. The rest goes to the template.
    """
    move = record.lifecycle[form_class.move]
    form = form_class(request.POST or None, request.FILES or None, record=record, by=request.user, on=today())
    back = back or _home_of(record)
    context |= {"record": record, "move": move, "form": form, "back": back}
    right = form.is_valid()
    try:
        record.require(move, by=request.user)
        if request.method != "POST":
            return _shown(request, template, part, context)
        if right and (done := _done(form, request.user)):
            messages.success(request, said or f"已{move.label}。")
            return _sent_on(request, then(done) if then else done.get_absolute_url())
    except Stale as stale:
        return _shown(request, STALE_PAGE, STALE_PART, context | _beside(form, stale, request.user), status=409)
    except NotYours as refused:
        raise PermissionDenied(refused.sentence) from None
    return _shown(request, template, part, context, status=422)


def _done(form, user):
    """The record, moved; None when the form now says why not."""
    try:
        form.save(by=user, on=form.on)
    except (Stale, NotYours):
        raise
    except Incomplete as incomplete:
        for name, sentence in incomplete.missing.items():
            form.add_error(name if name in form.fields else None, sentence)
    except MoveRefused as refused:
        form.add_error(None, refused.sentence)
    else:
        return form.record
    return None


def _beside(form, stale, user):
    """What the person typed beside what stands, and the form once more where the move can still be made."""
    open_still = form.move in {move.name for move in stale.now.moves_for(user)}
    return {
        "stale": stale,
        "differences": list(form.against(stale.now)) if form.is_bound else [],
        "form": form.renewed(stale.now) if form.is_bound and open_still else None,
        "open_still": open_still,
    }


def _home_of(record):
    return "/" if record.stage is None else record.get_absolute_url()


def _shown(request, template, part, context, status=200):
    as_part = request.htmx and not request.htmx.boosted
    return render(request, part if as_part else template, context, status=status)


def _sent_on(request, address):
    if request.htmx and not request.htmx.boosted:
        return HttpResponseClientRedirect(address)
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
