"""Attendance of a lecture without an account, by a link or a short code. Open to everybody, so it tells nothing.

Whatever enterprise is typed, the answer is the same: whether the register knows it, and who else came, is not said.
After too many tries from one address none is taken for some minutes (casework.bounds).
"""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render

from casework import bounds
from casework.lifecycle import MoveRefused
from casework.today import today

from . import service_forms as forms
from .models import Lecture

# A hall signs in through one address; a code is guessed wrong a few times, not thousands.
SIGNED, GUESSED = 200, 20
_WRONG_CODE = "没有这个签到码，请对照讲座页面核对。"
_WRONG_LINK = "签到链接不完整或者已失效，请重新扫码，或者填写签到码。"


@login_not_required
def sign_by_code(request):
    """Where the short code is typed; it leads to the link of its lecture."""
    form = forms.CodeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "guidance/sign_by_code.html", {"form": form})
    found = Lecture.objects.filter(code=form.cleaned_data["code"]).first() if form.is_valid() else None
    if found and found.takes_attendance(today()):
        return redirect("guidance:sign", found.token)
    if not found and bounds.is_over("lecture_code", request, GUESSED):
        return render(request, "429.html", status=429)
    if form.is_valid():
        form.add_error("code", found.closed_sentence(today()) if found else _WRONG_CODE)
    return render(request, "guidance/sign_by_code.html", {"form": form}, status=422)


@login_not_required
def sign(request, token):
    lecture, on = Lecture.of_token(token), today()
    if lecture is None:
        return _closed(request, None, _WRONG_LINK, 404)
    if not lecture.takes_attendance(on):
        return _closed(request, lecture, lecture.closed_sentence(on), 200)
    form, status = forms.SignForm(request.POST or None), 200
    if request.method == "POST":
        if bounds.is_over("lecture_sign", request, SIGNED):
            return render(request, "429.html", status=429)
        if form.is_valid() and _signed(lecture, form, on):
            return redirect("guidance:signed", token)
        status = 422
    return render(request, "guidance/sign.html", {"lecture": lecture, "form": form}, status=status)


def _signed(lecture, form, on):
    try:
        lecture.attend(on=on, **form.cleaned_data)
    except MoveRefused as refused:
        form.add_error(None, refused.sentence)
        return False
    return True


@login_not_required
def signed(request, token):
    lecture = Lecture.of_token(token)
    if lecture is None:
        return _closed(request, None, _WRONG_LINK, 404)
    return render(request, "guidance/signed.html", {"lecture": lecture})


def _closed(request, lecture, why, status):
    return render(request, "guidance/sign_closed.html", {"lecture": lecture, "why": why}, status=status)
