"""From what a visit found to the draft of a 用工处方: words of the checklist, to be edited by who drafts."""

import re
from datetime import timedelta

from casework.documents import in_words

from .models.checklists import Severity

# Days for putting right by severity. No rule fixes them: a proposal that the drafter changes line by line.
DAYS = {Severity.GRAVE: 7, Severity.ORDINARY: 15, Severity.HINT: 30}

LINE_LENGTH = 30  # characters that the ledger shows of an advice


def lines_from(findings, *, person, on):
    """Lines of a draft: dicts of the fields of PrescriptionLine, the gravest finding first."""
    return [
        {
            "finding": finding,
            "subject": finding.item.title,
            "facts": finding.facts,
            "legal_basis": finding.basis,
            "consequence": finding.consequence,
            "advice": finding.advice,
            "matter": matter_of(finding),
            "due_on": on + timedelta(days=DAYS[finding.severity]),
            "person": person,
        }
        for finding in findings
    ]


def matter_of(finding):
    """What is to be put right, in one line: the item and the first clauses of the advice on it."""
    first, *more = re.split("[，；。]", finding.advice)
    for clause in more:
        if len(first) + len(clause) > LINE_LENGTH or not clause:
            break
        first = f"{first}，{clause}"
    return f"{finding.item.title}：{first}" if first else f"改进{finding.item.title}"


def preface(prescription, visited_on=None):
    """The opening words of a draft."""
    visited = f"于{in_words(visited_on)}对贵单位开展了劳动用工法治体检" if visited_on else "了解了贵单位的劳动用工情况"
    return (
        f"为帮助贵单位防范和化解劳动用工风险，{prescription.organisation.name}{visited}。"
        "现就有关风险点提出以下提示和建议，供贵单位改进时参考。"
    )
