"""What every API twin shares: the rights, scope, forms and verbs of the pages.

A list that the pages show is a ListingViewSet; a list of cases with its deeds is a CaseViewSet:

    class Rectifications(CaseViewSet):
        listing, model = RECTIFICATIONS, Rectification
        forms = (OpenForm, AssignForm, SubmitForm, CloseForm)  # the very forms of the pages

    ROUTES = (("rectifications", Rectifications),)

GET `/api/rectifications/`, GET `…/<id>/` with its version as ETag, GET `…/<id>/timeline/`, POST `/api/rectifications/`
for the form of the move that creates, and POST `…/<id>/<move>/` for each other. docs/api.md tells clients.
"""

import hashlib
from functools import cache

from django.core.exceptions import ValidationError as Refusal
from django.http import Http404, QueryDict
from django.urls import URLPattern, get_resolver
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import exception_handler
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts import proof
from accounts.roles import Can

from . import access, acting, wall
from .idempotency import Once, Replayed
from .lifecycle import Incomplete, MoveRefused, NotYours, Stale
from .today import today

NOT_THERE = "没有找到这条记录，它可能已被合并或删除，或不属于您所在的区市。"
WRONG_FIELDS = "填写有误，没有办理，请按 errors 逐项更正。"
WRONG_CONDITIONS = "查询条件有误，请按 errors 逐项更正。"


class Unprocessable(exceptions.APIException):
    """422: a sentence, or {field: [sentences]} as a form's errors."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = WRONG_FIELDS


class Conflict(exceptions.APIException):
    """409: the record does not stand where the deed begins. `told` goes into the answer beside the sentence."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, detail=None, **told):
        super().__init__(detail)
        self.told = told


class Outdated(Conflict):
    """412: what was to be changed is no longer as the client saw it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "这条记录与您所见的版本不同，没有办理。请重新读取、核对后，以新的版本提交。"


class VersionMissing(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "请先读取这条记录，再以 If-Match 写明所见的版本（读取时答复中的 ETag）。"


# ── What all views share ─────────────────────────────────────────────────────────────────────


class Walled:
    """For every API view: PostgreSQL shows what this client may see, whom only the framework knows by its token.

    A deed asks for the right and the proof that its page asks for; under an Idempotency-Key it is done once.
    """

    once = None

    @property
    def page(self):
        """The view of the page whose deed this action does; None where it only tells."""
        pages = getattr(getattr(self, getattr(self, "action", None) or "", None), "pages", ())
        return view_of(pages[0]) if pages else None

    def options(self, request, *args, **kwargs):
        """What an address takes stands in the description at /api/schema/; asked of the address it tells nothing."""
        return self.http_method_not_allowed(request)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        acting.now().by = request.user
        wall.tell(wall.reach_of(request.user))
        if hasattr(self.page, "deed_of_weight"):
            proof.demand(request)
        if request.method == "POST":
            self.once = Once.of(request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.once and status.is_success(response.status_code):
            self.once.keep(response)
        if request.method == "GET" and response.status_code == status.HTTP_200_OK and hasattr(self, "listing"):
            access.read_by_api(request, self.listing, response.data)
        return response


@cache
def view_of(page):
    """The view of a page by its URL name, with what guards it."""
    namespace, _, name = page.rpartition(":")
    patterns = get_resolver().namespace_dict[namespace][1].url_patterns if namespace else get_resolver().url_patterns
    return next(view for found, view in _named(patterns) if found == name)


def _named(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name, pattern.callback
        elif not pattern.namespace:
            yield from _named(pattern.url_patterns)


def answer_to(error, context):
    """The answer to an exception: {"detail": a sentence, "errors": {field: [sentences]}, and what else it tells}."""
    if isinstance(error, Replayed):
        return error.answer
    error = _known(error)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    if isinstance(answer.data, list):
        answer.data = {"detail": "".join(map(str, answer.data))}
    elif "detail" not in answer.data or isinstance(answer.data["detail"], list):
        wrong = WRONG_CONDITIONS if context["request"].method == "GET" else WRONG_FIELDS
        answer.data = {"detail": wrong, "errors": answer.data}
    answer.data |= getattr(error, "told", {})
    return answer


def _known(error):
    """What pages and verbs raise, as what the framework knows."""
    if isinstance(error, Http404 | exceptions.NotFound):
        return exceptions.NotFound(NOT_THERE)  # the same for what is missing and for what is another district's
    if isinstance(error, exceptions.Throttled):
        told = exceptions.Throttled(error.wait)
        told.detail = f"请求过于频繁，请在 {told.wait} 秒后重试。"
        return told
    if isinstance(error, NotYours):
        return exceptions.PermissionDenied(error.sentence)
    if isinstance(error, Incomplete):
        return Unprocessable({name: [sentence] for name, sentence in error.missing.items()})
    if isinstance(error, Stale):
        return Conflict(error.sentence)
    if isinstance(error, MoveRefused):
        return Unprocessable(error.sentence)
    if isinstance(error, Refusal):
        return Unprocessable(error.message_dict if hasattr(error, "error_dict") else "".join(error.messages))
    return error


def twin(*pages, form=None, body=None, begins_with=None, changes=True):
    """Mark an action as the twin of the pages' deed with these URL names.

    For the description of the API: `form` is the deed's form class, or `body` a JSON schema where a class cannot tell;
    `begins_with`, {name: schema}, is sent beside the form's fields. `changes`: a record that is there, so that
    If-Match counts.
    """

    def mark(function):
        function.pages, function.form, function.body, function.changes = pages, form, body, changes
        function.begins_with = begins_with or {}
        return function

    return mark


def tells(row, *, conditions=None, paged=False, many=False):
    """For the description of the API: an action answers with what `row` (a serializer) tells, once, `many` or `paged`.

    `conditions`: JSON schemas of what it is narrowed by, {name: schema}.
    """

    def mark(function):
        function.row, function.conditions, function.paged, function.many = row, conditions or {}, paged, many
        return function

    return mark


def record(**fields):
    """The JSON schema of a record: each field a type, `type?` where it may be null, or a schema of its own."""
    return {"type": "object", "properties": {name: _schema_of(field) for name, field in fields.items()}}


def _schema_of(field):
    if isinstance(field, dict):
        return field
    kind, _, form = field.partition(":")
    name = kind.removesuffix("?")
    return {"type": [name, "null"] if kind.endswith("?") else name} | ({"format": form} if form else {})


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = "pk"
    invalid_cursor_message = "翻页标记有误，请用上一页答复中的 next。"

    def decode_cursor(self, request):
        try:
            return super().decode_cursor(request)
        except exceptions.NotFound:
            raise exceptions.ValidationError({"cursor": [self.invalid_cursor_message]}) from None


class Row(BaseSerializer):
    """A row of a list, with the columns that the person may know."""

    def to_representation(self, row):
        return {"id": row.pk} | {column.key: column.value(row) for column in self.context["columns"]}


class EntryRow(BaseSerializer):
    """A line of a timeline."""

    told = record(
        deed="string", before="string", after="string", note="string", by="string?", on="string:date",
        at="string:date-time",
    )  # fmt: skip

    def to_representation(self, entry):
        told = {"deed": entry.deed, "before": entry.before, "after": entry.after, "note": entry.note}
        return told | {"by": entry.by and str(entry.by), "on": entry.on, "at": entry.at}


# ── What a client sends ──────────────────────────────────────────────────────────────────────


def sent(request, **more):
    """The fields of a JSON object or a form as Django's forms take them: none where there is null."""
    if not isinstance(request.data, dict):
        raise exceptions.ParseError("请求内容须是一个 JSON 对象，或一份表单。")
    fields = QueryDict(mutable=True)
    given = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    for name, value in (given | more).items():
        values = [each for each in (value if isinstance(value, list) else [value]) if each is not None]
        if any(isinstance(each, dict | list) for each in values):
            raise exceptions.ParseError(f"“{name}”须是一个值，或一组值。")
        fields.setlist(name, values)
    return fields


def number_sent(request, name):
    """A row's number that the client sent; 0, which no row has, for what is none."""
    text = str(sent(request).get(name) or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def checked(form):
    """A valid form; raises Unprocessable with its sentences."""
    if not form.is_valid():
        raise Unprocessable({name: list(map(str, errors)) for name, errors in form.errors.items()})
    return form


def tag_of(version):
    return f'"{version}"'


def tag_seen(request):
    """What the client says it saw, by If-Match; empty where it says nothing."""
    return request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')


def version_seen(request):
    """The version that the client saw, by If-Match or by a form's field `version`. Raises VersionMissing."""
    told = tag_seen(request) or str(sent(request).get("version") or "")
    if not told:
        raise VersionMissing
    if not (told.isascii() and told.isdecimal() and len(told) < 10):
        raise Outdated
    return int(told)


class Tagged:
    """For views of records that carry no number of their own: their version is a digest of how they stand."""

    def standing(self, row):
        """What a deed changes in the row, as plain values."""
        raise NotImplementedError

    def tag(self, row):
        return hashlib.sha256(repr(self.standing(row)).encode()).hexdigest()[:16]

    def as_seen(self):
        """The record to do something to, as the client saw it. A token must say by If-Match what it saw."""
        row, seen = self.get_object(), tag_seen(self.request)
        if not seen and self.request.auth is not None:
            raise VersionMissing
        if seen and seen != self.tag(row):
            raise Outdated(now=self.shown(row).data)
        return row

    def shown(self, row, code=status.HTTP_200_OK):
        return Response(self.get_serializer(row).data, code, headers={"ETag": tag_of(self.tag(row))})

    def retrieve(self, request, *args, **kwargs):
        return self.shown(self.get_object())


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


class ListingViewSet(Walled, ReadOnlyModelViewSet):
    """A list for machine clients: the same rows, conditions and columns as on its page and in its file."""

    listing = None
    serializer_class = Row
    pagination_class = Pages
    filter_backends = ()  # the list brings its own filter
    lookup_value_regex = r"\d{1,9}"

    @property
    def capability(self):
        return getattr(self.page, "capability", self.listing.capability)

    def every(self):
        """All that the client may see, also what the list leaves out when nobody asks for it."""
        return self.listing.filtered(self.request.user, QueryDict()).queryset

    def get_queryset(self):
        if self.detail:
            return self.every()
        found = self.listing.filtered(self.request.user, self.request.query_params)
        if not found.form.is_valid():
            raise exceptions.ValidationError(found.form.errors)
        return found.qs

    def get_serializer_context(self):
        return super().get_serializer_context() | {"columns": self.listing.columns(self.request.user)}

    def retrieve(self, request, *args, **kwargs):
        row = self.get_object()
        if request.user.may(Can.READ_FIGURES):
            access.record(access.Kind.VIEW, subject=row, note=f"接口：{self.listing.title}")
        return self.shown(row)

    def shown(self, row, code=status.HTTP_200_OK):
        """One record, with its version as ETag where it has one."""
        told, version = self.get_serializer(row).data, getattr(row, "version", None)
        if version is None:
            return Response(told, code)
        return Response(told | {"version": version}, code, headers={"ETag": tag_of(version)})


# ── Cases ────────────────────────────────────────────────────────────────────────────────────


class CaseRow(Row):
    def to_representation(self, row):
        return super().to_representation(row) | {"state": row.state, "version": row.version}


class Overtaken(Conflict):
    """409: somebody moved the record meanwhile. How it stands, what others did, and both values of what differs."""

    def __init__(self, stale, form):
        now = stale.now
        super().__init__(
            stale.sentence,
            now={"version": now.version, "state": now.state, "state_label": now.stage.label},
            since=EntryRow(stale.since, many=True).data,
            differences=[{"label": label, "yours": mine, "now": there} for label, mine, there in form.against(now)],
        )


class CaseViewSet(ListingViewSet):
    """A list of cases and the deeds done to them, each by the form of its page."""

    model = None
    forms = ()
    begins_with = {}  # JSON schemas of what a creation takes beside the fields of its form, {name: schema}
    serializer_class = CaseRow

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for form in cls.forms:
            _offer(cls, form)

    def begun(self, request):
        """What a creation begins with, not saved yet. Override where the page knows more than its form."""
        return self.model()

    def do(self, form_class, record, code):
        """One deed: the form's checks, then the verb."""
        request, begins = self.request, record.stage is None
        seen = None if begins else version_seen(request)
        fields = sent(request) if begins else sent(request, version=seen)
        form = form_class(fields, request.FILES, record=record, by=request.user, on=today())
        form.is_valid()
        try:
            record.require(record.lifecycle[form.move], by=request.user, version=seen)
            done = checked(form).save(by=request.user, on=form.on)
        except Stale as stale:
            raise Overtaken(stale, form) from stale
        row = self.every().filter(pk=done.pk).first()
        return self.shown(row, code) if row else Response({"id": done.pk}, code)  # it may have left the client's sight

    def shown(self, row, code=status.HTTP_200_OK):
        answer = super().shown(row, code)
        answer.data["moves"] = [{"move": move.name, "label": move.label} for move in row.moves_for(self.request.user)]
        return answer

    @tells(EntryRow, many=True)
    @action(detail=True)
    def timeline(self, request, pk=None):
        """经过，最近的在前。"""
        return Response(EntryRow(self.get_object().timeline, many=True).data)


def _offer(viewset, form):
    """Give the viewset the action of a form: `create`, or a POST of the move's name."""
    move, meta = viewset.model.lifecycle[form.move], viewset.model._meta
    page = f"{meta.app_label}:{meta.model_name}_{move.name}"
    if move.creates:

        def create(self, request):
            return self.do(form, self.begun(request), status.HTTP_201_CREATED)

        create.__doc__ = f"{meta.verbose_name}：{move.label}"
        viewset.create = twin(page, form=form, begins_with=viewset.begins_with, changes=False)(create)
    else:

        def deed(self, request, pk=None):
            return self.do(form, self.get_object(), status.HTTP_200_OK)

        deed.__name__, deed.__doc__ = f"move_{move.name}", f"{meta.verbose_name}：{move.label}"
        address = move.name.replace("_", "-")
        offered = action(detail=True, methods=["post"], url_path=address, url_name=address)(deed)
        setattr(viewset, deed.__name__, twin(page, form=form)(offered))
