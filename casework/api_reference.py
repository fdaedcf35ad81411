"""The API's description as a page: OpenAPI laid out for a person who writes a client."""

import re
from dataclasses import dataclass

from .api_schema import JSON, MULTIPART

_TYPES = {"string": "文本", "integer": "整数", "number": "数", "boolean": "真假", "array": "数组", "object": "对象"}
_FORMATS = {"date": "日期", "date-time": "时间", "binary": "文件", "uri": "网址"}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    about: str
    choices: list


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    about: str
    conditions: list
    headers: list
    fields: list
    packed: str  # how the fields are sent: JSON, or a form with files
    told: list
    answers: list  # (code, what it means)


@dataclass(frozen=True)
class Chapter:
    """What stands under one address: its list, the records of it and what may be done to them."""

    name: str
    operations: list

    @property
    def address(self):
        return f"/api/{self.name}/"

    @property
    def title(self):
        return re.split("[：，。]", self.operations[0].about)[0]

    @property
    def deeds(self):
        """What may be done, in a word each."""
        return [_word_of(each.about) for each in self.operations if each.method != "GET"]


def _word_of(about):
    return (about.partition("：")[2] or about).partition("。")[0]


def chapters(description):
    """[Chapter] of an OpenAPI description, in the order of addresses."""
    found = {}
    for path, methods in sorted(description["paths"].items()):
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    return [Chapter(*each) for each in found.items()]


def _operation(path, method, told):
    content = told.get("requestBody", {}).get("content", {})
    sent = next(iter(content.values()), {}).get("schema", {})
    good = next(answer for code, answer in told["responses"].items() if code.startswith("2"))
    row = good.get("content", {}).get(JSON, {}).get("schema", {})
    row = row.get("properties", {}).get("results", {}).get("items", row)
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        about=told.get("description", ""),
        conditions=_parameters(told, "query"),
        headers=_parameters(told, "header"),
        fields=_fields(sent),
        packed="multipart/form-data" if list(content) == [MULTIPART] else "JSON",
        told=_fields(row),
        answers=[(code, answer["description"] or "成功") for code, answer in told["responses"].items()],
    )


def _parameters(told, place):
    return [
        _field(each["name"], each["schema"] | {"description": each.get("description", "")}, each.get("required", False))
        for each in told.get("parameters", [])
        if each["in"] == place
    ]


def _fields(schema):
    required = schema.get("required", [])
    return [_field(name, each, name in required) for name, each in schema.get("properties", {}).items()]


def _field(name, schema, required):
    kinds = schema.get("type", "")
    first = next(iter(kinds)) if isinstance(kinds, list) else kinds
    kind = _FORMATS.get(schema.get("format"), _TYPES.get(first, "任意"))
    return Field(name, kind, required, schema.get("description", ""), schema.get("enum", []))
