"""The API's description in OpenAPI, read from what answers it: lists' filters and columns, deeds' forms, errors."""

from django import forms
from django.http import QueryDict
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from accounts.models import Organisation, User
from accounts.roles import Role

from .idempotency import HEADER
from .listings import Kind

JSON, MULTIPART = "application/json", "multipart/form-data"
_OF_KIND = {
    Kind.CODE: {"type": "string"},
    Kind.WHOLE: {"type": ["integer", "null"]},
    Kind.DECIMAL: {"type": ["number", "null"]},
    Kind.MONEY: {"type": ["number", "null"]},
    Kind.DATE: {"type": ["string", "null"], "format": "date"},
    Kind.YES_NO: {"type": ["boolean", "null"]},
}
_VERSION = {"type": "integer", "minimum": 1, "description": "版本，办理时以 If-Match 写明"}
_ERRORS = {
    400: "请求本身有误：条件、键或内容不能理解",
    401: "没有令牌，或令牌无效",
    403: "令牌或岗位没有这项权限",
    404: "没有这条记录，或不属于所在区市",
    409: "记录已不在可以这样办理的状态；now 为现状",
    412: "记录已被他人修改；now 为现状，differences 为双方的值",
    413: "文件过大",
    415: "不支持的内容类型",
    422: "填写有误，或同一个键用于不同内容",
    428: "没有以 If-Match 写明所见的版本",
    429: "请求过于频繁，见 Retry-After",
}
ERROR = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {"type": "string", "description": "一句话，说明原因和怎么办"},
        "errors": {
            "type": "object",
            "description": "各字段的错误；all 为整份表单的",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "now": {"type": "object", "description": "记录现状，含 version"},
        "differences": {
            "type": "array",
            "items": {"type": "object", "properties": {"label": {"type": "string"}, "yours": {}, "now": {}}},
        },
        "since": {"type": "array", "items": {"type": "object"}, "description": "此间他人的办理"},
    },
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "casework.rights.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema):
        about = "安全管理员签发的接口令牌：Authorization: Bearer wlr_…"
        return {"type": "http", "scheme": "bearer", "description": about}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema):
        about = "已登录的浏览器；办理时另须带 X-CSRFToken"
        return {"type": "apiKey", "in": "cookie", "name": "session", "description": about}


class Schema(AutoSchema):
    """A view describes itself: `listing`, `filterset_class`, and what `twin` notes on its actions."""

    def get_description(self):
        if said := self._function and self._function.__doc__:
            return said
        listing = getattr(self.view, "listing", None)
        if listing:
            return f"{listing.title}：{'清单' if self._is_list else '一条记录'}"
        return self.view.__class__.__doc__ or ""

    def get_summary(self):
        return self.get_description().strip().splitlines()[0]

    def get_operation_id(self):
        action = (getattr(self.view, "action", None) or self.method.lower()).removeprefix("move_")
        parts = [part.replace("-", "_") for part in self._tokenize_path()]
        return "_".join(parts if parts[-1] == action else [*parts, action])

    @property
    def _function(self):
        """What answers: an action of our own, or None for the framework's."""
        found = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        return found if found and found.__module__.split(".")[0] != "rest_framework" else None

    # ── What is asked ──

    def _get_parameters(self):
        return [*self._path(), *self._conditions(), *self._paging(), *self._headers()]

    def _path(self):
        numbered = getattr(self.view, "lookup_value_regex", "").startswith(r"\d")
        whole = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        kind = whole if numbered else {"type": "string", "format": "uuid"}
        names = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        return [{"in": "path", "name": name, "required": True, "schema": kind} for name in names]

    def _conditions(self):
        fields = conditions_of(self.view) if self._is_list else {}
        known = {name: of_field(field) for name, field in fields.items()}
        known |= getattr(self.view, "conditions", {}) if self.method == "GET" else {}
        known |= getattr(self._function, "conditions", {})
        return [{"in": "query", "name": name, "schema": schema} for name, schema in known.items()]

    def _paging(self):
        if not self._is_paged:
            return []
        most = self.view.pagination_class.max_page_size
        size = {"type": "integer", "minimum": 1, "maximum": most}
        return [
            {"in": "query", "name": "cursor", "schema": {"type": "string"}, "description": "取自上一页的 next"},
            {"in": "query", "name": "page_size", "schema": size, "description": "每页行数"},
        ]

    def _headers(self):
        headers = []
        if self.method == "POST":
            key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
            said = "一次办理一个键；重发时用同一个键，不会办两次。令牌必填。"
            headers.append({"in": "header", "name": HEADER, "schema": key, "required": True, "description": said})
        if getattr(self._function, "changes", False):
            tag = {"type": "string", "pattern": '^"[0-9a-f]{1,16}"$'}
            said = "所见的版本：读取时的 ETag。令牌必填。"
            headers.append({"in": "header", "name": "If-Match", "schema": tag, "required": True, "description": said})
        return headers

    def _get_request_body(self, direction="request"):
        if self.method != "POST":
            return None
        form, body = getattr(self._function, "form", None), getattr(self._function, "body", None)
        body = body or (of_form(form) if form else {"type": "object"})
        if more := getattr(self._function, "begins_with", None):
            body = body | {"properties": more | body["properties"], "required": [*more, *body.get("required", [])]}
        files = any(each.get("format") == "binary" for each in body.get("properties", {}).values())
        media = [MULTIPART] if files else [JSON, MULTIPART]
        return {"content": {each: {"schema": body} for each in media}, "required": bool(body.get("required"))}

    # ── What is answered ──

    def _get_response_bodies(self, direction="response"):
        created = getattr(self.view, "action", None) == "create"
        answers = {"201" if created else "200": self._good()}
        codes = [401, 403, 429]
        if self._conditions() or self._is_paged:
            codes.append(400)
        if "{" in self.path or self.method == "POST" or getattr(self._function, "conditions", None):
            codes.append(404)
        if self.method == "POST":
            codes += [400, 409, 415, 422]
        if getattr(self._function, "changes", False):
            codes += [412, 428]
        if self.method == "POST" and JSON not in self._get_request_body()["content"]:
            codes.append(413)
        error = {JSON: {"schema": self._error()}}
        return answers | {str(code): {"description": _ERRORS[code], "content": error} for code in sorted(codes)}

    def _good(self):
        row = self._record()
        if row is None:
            file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
            return {"description": "文件", "content": file}
        if getattr(self._function, "many", False):
            row = {"type": "array", "items": row}
        if self._is_paged:
            link = {"type": ["string", "null"], "format": "uri"}
            rows = {"type": "array", "items": row}
            row = {"type": "object", "properties": {"next": link, "previous": link, "results": rows}}
        answer = {"description": "", "content": {JSON: {"schema": row}}}
        if "version" in row.get("properties", {}):
            answer["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "版本"}}
        return answer

    def _record(self):
        """One row as the view tells it; None for a file."""
        if hasattr(self._function, "row"):
            return self._function.row and self._function.row.told
        if told := getattr(getattr(self.view, "serializer_class", None), "told", None):
            return told
        listing = getattr(self.view, "listing", None)
        if listing is None:
            return {"type": "object"}
        columns = {
            column.key: _OF_KIND.get(column.kind, {}) | {"description": column.heading}
            for column in listing.columns(reader())
        }
        more = {"version": _VERSION, "state": {"type": "string"}} if getattr(self.view, "forms", ()) else {}
        if not self._is_list and "version" not in more and hasattr(getattr(self.view, "model", None), "version"):
            more = {"version": _VERSION}
        return {"type": "object", "properties": {"id": {"type": "integer"}} | columns | more}

    def _error(self):
        component = ResolvedComponent(name="Error", type=ResolvedComponent.SCHEMA, schema=ERROR, object="Error")
        self.registry.register_on_missing(component)
        return component.ref

    @property
    def _is_paged(self):
        lists = self._is_list and getattr(self.view, "pagination_class", None) is not None
        return lists or getattr(self._function, "paged", False)

    @property
    def _is_list(self):
        return self.method == "GET" and "{" not in self.path.split("/api/")[-1].split("/", 1)[-1]


def reader():
    """Nobody in particular: sees the whole city, so that what is described is all there is."""
    return User(role=Role.CITY_OFFICE, organisation=Organisation(name="", side=Organisation.Side.GOVERNMENT))


def conditions_of(view):
    """The fields by which a list is narrowed: {name: form field}."""
    if listing := getattr(view, "listing", None):
        return listing.filtered(reader(), QueryDict()).form.fields
    if filterset := getattr(view, "filterset_class", None):
        return filterset(QueryDict(), filterset.Meta.model._base_manager.none()).form.fields
    return {}


def of_form(form):
    """A form class as a JSON schema."""
    fields = {name: field for name, field in form.base_fields.items() if name != "version"}
    told = {"type": "object", "properties": {name: of_field(field) for name, field in fields.items()}}
    required = [name for name, field in fields.items() if field.required]
    return told | ({"required": required} if required else {})


def of_field(field):
    """A form field as a JSON schema."""
    schema = _shape_of(field)
    about = "。".join(str(text).rstrip("。") for text in (field.label, field.help_text) if text)
    return schema | ({"description": about} if about else {})


def _shape_of(field):
    if isinstance(field, forms.FileField):
        return {"type": "string", "format": "binary"}
    if isinstance(field, forms.ModelMultipleChoiceField):
        return {"type": "array", "items": _key_of(field)}
    if isinstance(field, forms.ModelChoiceField):
        return _key_of(field)
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": _choice_of(field)}
    if isinstance(field, forms.ChoiceField):
        return _choice_of(field)
    if isinstance(field, forms.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, forms.IntegerField):
        bounds = {"minimum": field.min_value, "maximum": field.max_value}
        whole = "number" if isinstance(field, forms.DecimalField | forms.FloatField) else "integer"
        return {"type": whole} | {name: value for name, value in bounds.items() if value is not None}
    if isinstance(field, forms.DateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    length = getattr(field, "max_length", None)
    return {"type": "string"} | ({"maxLength": length} if length else {})


def _key_of(field):
    if field.queryset is None:  # the form offers rows only once it knows who asks
        return {"type": "integer"}
    named = field.to_field_name or field.queryset.model._meta.pk.name
    kind = field.queryset.model._meta.get_field(named).get_internal_type()
    return {"type": "integer"} if kind.endswith(("AutoField", "IntegerField")) else {"type": "string"}


def _choice_of(field):
    values = [value for value, _ in _flat(field.choices) if value != ""]
    if not values or len(values) > 100:
        return {"type": "string"}
    return {"type": "string" if isinstance(values[0], str) else "integer", "enum": values}


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield value, label
