"""A 体检 as a Word file: who was where, what was asked, what was found. Without the figures of the score."""

from casework.documents import Paper, in_words

TITLE = "劳动用工体检记录"


def written(inspection):
    """The Paper of a submitted 体检."""
    enterprise = inspection.enterprise
    paper = Paper(TITLE, sender=inspection.organisation, subject=enterprise.name)
    paper.facts(
        (
            ("企业名称", enterprise.name),
            ("统一社会信用代码", enterprise.uscc),
            ("走访类型", inspection.get_kind_display()),
            ("走访日期", in_words(inspection.visited_on)),
            ("走访情况", inspection.get_outcome_display()),
            ("会见人员", inspection.people_met),
            ("检查人员", "、".join(str(person) for person in inspection.inspectors.all())),
            ("体检清单", str(inspection.checklist)),
        )
    )
    parts = [
        ("发现的问题", ("检查项", "结果", "情况", "法律依据"), _findings(inspection), (40, 22, 46, 48)),
        # The sentence of a reason tells taxes and loans, which were shared for another duty: its title is enough here.
        ("评分依据核实", ("依据", "核实结果", "说明"), _checks(inspection), (56, 30, 70)),
        ("检查项", ("检查项", "结果", "说明"), _answers(inspection), (80, 24, 52)),
    ]
    numbers = iter("一二三四")
    for title, headings, rows, widths in parts:
        if rows:
            paper.heading(f"{next(numbers)}、{title}")
            paper.table(headings, rows, widths=widths)
    if inspection.situation:
        paper.heading(f"{next(numbers)}、情况与建议")
        paper.text(inspection.situation)
    paper.signature(inspection.organisation.name, on=inspection.visited_on)
    return paper


def _findings(inspection):
    found = inspection.findings.select_related("item")
    return [(str(row.item), row.get_answer_display(), row.facts, row.basis) for row in found]


def _checks(inspection):
    return [(row.title, row.get_verdict_display() or "未填", row.note) for row in inspection.reason_checks.all()]


def _answers(inspection):
    given = inspection.answers.exclude(value="").select_related("item").order_by("item__place")
    return [(f"{row.item.number} {row.item.question}", row.get_value_display(), row.evidence) for row in given]
