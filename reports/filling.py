"""The program of the child that fills in a Word template: `python -m reports.filling … <path>`.

It hears one line of JSON: `known`, the fields there are; `values`, theirs; `carried` (reports.marks). It says the
filled document, or which fields the template has that are not known, and in `used` those it has.

A template is text with fields, not a program: of Jinja2 only fields, loops over lists and conditions are taken, in a
sandbox without functions, filters and globals, and whatever they come to is bounded by the child's memory and time.
"""

import io
import json
import sys

from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework import confined, papers
from casework.confined import NotTaken

from . import marks

_TAKEN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Const,
    nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip
_LOOP = {"index": "", "first": "", "last": "", "length": ""}
_NOT_TAKEN = "模板里只能写字段、逐项重复（for）和判断（if），不能有计算、函数和过滤；请改正后重新上传。"
_UNFINISHED = "模板里有没有写完整的 {{ }} 或 {% %}，或者“for”“if”没有对应的结尾；请逐处检查后重新上传。"


class Fields(ImmutableSandboxedEnvironment):
    """Compiles only what names known fields. `unknown` and `used` are lists without doubles, in order."""

    def __init__(self, known):
        super().__init__(autoescape=True, undefined=ChainableUndefined)  # so that all of it is looked at
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.known, self.unknown, self.used = known, [], []

    def _parse(self, source, name, filename):
        parsed = super()._parse(source, name, filename)
        self._look(parsed, self.known)
        return parsed

    def _look(self, node, scope):
        if not isinstance(node, _TAKEN):
            raise NotTaken(_NOT_TAKEN)
        if isinstance(node, nodes.Getattr | nodes.Name) and getattr(node, "ctx", "load") == "load":
            self._note(node, scope)
        elif isinstance(node, nodes.For):
            self._look_into(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._look(child, scope)

    def _look_into(self, loop, scope):
        if loop.recursive or loop.test or not isinstance(loop.target, nodes.Name):
            raise NotTaken(_NOT_TAKEN)
        over = self._note(loop.iter, scope, is_list=True)
        item = over[0] if isinstance(over, list) else {}
        for child in loop.body:
            self._look(child, scope | {loop.target.name: item, "loop": _LOOP})
        for child in loop.else_:
            self._look(child, scope)

    def _note(self, node, scope, *, is_list=False):
        """What a field is in the tree of known ones: "" a text, [item] a list; None when it is not known."""
        path = _path(node)
        found = scope
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        right = isinstance(found, list) if is_list else found is not None and not isinstance(found, dict)
        listed = self.used if right else self.unknown
        if ".".join(path) not in listed:
            listed.append(".".join(path))
        return found


def _path(node):
    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        return [*_path(node.node), node.attr]
    raise NotTaken(_NOT_TAKEN)


def fill(path):
    asked = json.loads(sys.stdin.buffer.readline())
    with open(path, "rb") as file:
        papers.check_office(file, "docx")
    template, fields = DocxTemplate(path), Fields(asked["known"])
    try:
        template.render(asked["values"], fields)
    except TemplateError as error:
        if not fields.unknown:
            raise NotTaken(_UNFINISHED) from error
    if fields.unknown:
        confined.say(unknown=fields.unknown)
        return
    marks.put(template.docx, asked["carried"])
    filled = io.BytesIO()
    template.save(filled)
    confined.say(filled.getvalue(), used=fields.used)


if __name__ == "__main__":
    confined.run(fill)
