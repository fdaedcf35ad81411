"""The field app: its shell, which holds nobody's data and is kept on the phone, and what it asks and sends.

docs/adr/0021-written-in-the-field.md says how the two ends agree.
"""

import base64
import hashlib
import json
from dataclasses import asdict
from functools import lru_cache, wraps
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET, require_POST

from . import field
from .arrivals import Piece
from .confined import NotTaken
from .lifecycle import Incomplete, MoveRefused
from .today import today

# What the app loads; its modules import each other by these names, without a hash.
SCRIPTS = ("app", "keeping", "sending", "sheet", "photos", "place", "scanning", "signing")
ASSETS = (
    "vendor/idb.js", "vendor/qr/decode.js", "vendor/qr/index.js", "field/field.css", "field/icon-192.png",
    "field/icon-512.png",
    *(f"field/{name}.js" for name in SCRIPTS),
)  # fmt: skip


# ── What is kept on the phone: the same for everybody ────────────────────────────────────────


@require_GET
@login_not_required
def app(request):
    return HttpResponse(_shell())


@require_GET
@login_not_required
def manifest(request):
    icons = [
        {"src": static(f"field/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    told = {
        "id": reverse("casework:field"), "start_url": reverse("casework:field"), "scope": reverse("casework:field"),
        "name": "威海市劳动关系专项行动 · 外勤", "short_name": "劳动关系外勤", "lang": "zh-CN", "dir": "ltr",
        "description": "在企业现场登记走访和体检，没有网络也能用。", "display": "standalone",
        "orientation": "portrait", "background_color": "#f4f6f9", "theme_color": "#12325f", "icons": icons,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
@login_not_required
def worker(request):
    """The service worker: our own file, told which files make up this version of the app."""
    version, files = _version()
    told = {"version": version, "shell": reverse("casework:field"), "files": files}
    script = f"const APP = {json.dumps(told)};\n{Path(finders.find('field/worker.js')).read_text()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _shell():
    kinds = [(kind, render_to_string(kind.template, kind.sheet() | {"kind": kind})) for kind in field.KINDS.values()]
    return render_to_string("field/app.html", {"kinds": kinds, "demonstration": settings.DEMONSTRATION})


def _version():
    """(version, addresses): a text that changes with any byte of the app."""
    whole = hashlib.sha256(f"{_shell()} {_digest()}".encode())
    return whole.hexdigest()[:16], [settings.STATIC_URL + name for name in ASSETS]


@lru_cache(maxsize=0 if settings.DEBUG else None)
def _digest():
    digest = hashlib.sha256()
    for name in (*ASSETS, "field/worker.js"):
        digest.update(Path(finders.find(name)).read_bytes())
    return digest.hexdigest()


# ── What it asks ─────────────────────────────────────────────────────────────────────────────


@require_GET
def session(request):
    """Who is logged in, the key of what this person keeps on this phone, and where they are to go."""
    devices = [device for device in map(_uuid, request.GET.getlist("device")[:4]) if device]
    user = request.user
    told = {
        "user": {"id": user.pk, "name": user.name, "organisation": user.organisation.name},
        "token": get_token(request), "day": today().isoformat(), "idle_minutes": settings.IDLE_MINUTES,
        "kinds": [
            {"key": kind.key, "defaults": kind.defaults(user), "choices": kind.choices()} for kind in _kinds_of(user)
        ],
        "keys": {str(device): keys_of(user, device) for device in devices},
        "places": [asdict(place) for places in field.PLACES for place in places(user, today())],
    }  # fmt: skip
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _kinds_of(user):
    """City people read; whoever writes works in a district."""
    return field.open_to(user) if user.organisation.district_id else []


def _uuid(text):
    try:
        return UUID(text)
    except ValueError:
        return None


def keys_of(user, device):
    """The keys under which a person's records lie on a device, in base 64, the one in use first.

    Worked out, not stored: after a change of SECRET_KEY those of SECRET_KEY_FALLBACKS still open what lies there.
    """
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    bound = f"{user.pk} {device}"
    macs = (salted_hmac("casework.field.key", bound, secret=secret, algorithm="sha256") for secret in secrets)
    return [base64.b64encode(mac.digest()).decode() for mac in macs]


@require_GET
def search(request):
    text = request.GET.get("q", "").strip()[:60]
    kinds = _kinds_of(request.user)
    found = [place for searched in field.SEARCHES for place in searched(request.user, text)] if text and kinds else []
    return JsonResponse({"places": [asdict(place) for place in found]}, json_dumps_params={"ensure_ascii": False})


# ── What it sends ────────────────────────────────────────────────────────────────────────────


def _answered(view):
    """A receipt, or a refusal with a sentence and what it is about."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        try:
            return _told(view(request, *args, **kwargs))
        except field.Missing as missing:
            return _told({"detail": str(missing), "missing": [str(id) for id in missing.ids]}, 409)
        except field.Wrong as wrong:
            return _told({"detail": str(wrong), "errors": wrong.errors}, 422)
        except Incomplete as incomplete:
            return _told({"detail": incomplete.sentence, "errors": incomplete.missing}, 422)
        except MoveRefused as refused:
            return _told({"detail": refused.sentence}, refused.status)
        except NotTaken as refused:
            return _told({"detail": str(refused)}, 422)

    return answered


def _told(content, status=200):
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


@require_POST
@_answered
def receive_record(request):
    return field.receive(request.body, by=request.user, on=today(), at=timezone.now())


@require_POST
@_answered
def receive_piece(request):
    """A photo or signature: the file, and in the form's fields its id, the record's, what it is and its SHA-256.

    Beside them what the phone read of time and place before it took them out of the file.
    """
    asked, upload = request.POST, request.FILES.get("file")
    id, record = _uuid(asked.get("id", "")), _uuid(asked.get("record", ""))
    if upload is None or id is None or record is None or asked.get("what") not in Piece.What.values:
        raise NotTaken("照片没有传完，没有收下，将自动重新报送。")
    return field.receive_piece(
        upload, id=id, record=record, what=asked["what"], sha256=asked.get("sha256", ""), by=request.user,
        at=timezone.now(), noted={name: asked.get(name, "") for name in ("taken_at", "place")},
    )  # fmt: skip
