"""What a form says of the law before it is filled in: by kind of contract and province, never by heart."""

from . import law
from .law import Kind


def limit(step, kind, on, words):
    """`words` with the rule's length for {length} and its source behind; empty where no rule limits the step."""
    rule = law.limit(step, kind, on)
    return f"{words.format(length=rule.length)}（{rule.source}）。" if rule else ""


def limits(step, on, words):
    """The same where the kind is not chosen yet: one length and all sources, or a sentence a length."""
    by_length = {}
    for kind in Kind:
        if rule := law.limit(step, kind, on):
            sources = by_length.setdefault(rule.length, [])
            sources += [rule.source] if rule.source not in sources else []
    return "".join(f"{words.format(length=length)}（{'、'.join(sources)}）。" for length, sources in by_length.items())


def seating(kind, on):
    rule = law.rule("representatives", kind, on)
    front = "，职工方一线职工不少于三分之一" if rule.front_line else ""
    return f"双方人数对等，每方不少于{rule.least}人、首席代表各1人{front}（{rule.source}）。"


def votes(rule):
    """What a draft needs, in words, of a rule of the table `vote`."""
    quorum = "全体的三分之二以上出席，" if rule.quorum else ""
    return f"{quorum}全体的{'半数以上' if rule.exactly else '过半数'}赞成方为通过（{rule.source}）。"


def coordination(kind, on):
    rule = law.limit("coordination", kind, on)
    more = f"，经批准可延长{rule.extension}日" if rule.extension else ""
    return f"协商不成的，可以提请人力资源社会保障部门协调处理；{rule.length}内办结{more}（{rule.source}）。"
