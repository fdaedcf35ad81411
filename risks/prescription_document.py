"""The 用工处方 as a Word file: what was found, the law, what may follow, what is advised, and a receipt to sign."""

from casework.documents import Paper, in_words

from .models.prescriptions import PrescriptionState

_NUMERALS = "〇一二三四五六七八九"
NATURE = (
    "本处方是劳动用工方面的提示和建议，不是行政决定，不改变双方在法律上的权利和义务。"
    "改进中需要政策解答、集体协商等方面帮助的，请与我们联系。"
)
_DRAFTS = {PrescriptionState.DRAFT, PrescriptionState.PROPOSED}


def written(prescription):
    """The Paper of a prescription; before it is signed it says in its title that it is a draft."""
    is_draft = prescription.state in _DRAFTS
    paper = Paper(
        "用工处方（草稿，未签发）" if is_draft else "用工处方",
        sender=prescription.organisation,
        number=_number(prescription),
        subject=prescription.enterprise.name,
    )
    lines = list(prescription.lines.all())
    paper.addressee(prescription.enterprise.name)
    if prescription.preface:
        paper.text(prescription.preface)
    for number, line in enumerate(lines, start=1):
        paper.heading(f"{numeral(number)}、{line.subject}")
        for label, words in (
            ("发现的情况：", line.facts),
            ("法律依据：", line.legal_basis),
            ("可能产生的后果：", line.consequence),
            ("改进建议：", line.advice),
        ):
            if words:
                paper.text(words, label=label)
    paper.heading(f"{numeral(len(lines) + 1)}、整改事项")
    paper.table(
        ("序号", "整改事项", "整改时限", "整改负责人"),
        [(number, line.matter, in_words(line.due_on) if line.due_on else "", line.person)
         for number, line in enumerate(lines, start=1)],
        widths=(16, 70, 36, 34),
    )  # fmt: skip
    paper.text(NATURE)
    if prescription.drafter.phone:
        paper.text(f"联系人：{prescription.drafter.name}　电话：{prescription.drafter.phone}")
    paper.signature(prescription.organisation.name, on=prescription.signed_on or prescription.written_on)
    _receipt(paper, prescription)
    return paper


def file_name(prescription):
    return f"{prescription}_{prescription.enterprise.name}.docx"


def numeral(number):
    """1 → 一, 12 → 十二, 40 → 四十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return f"{_NUMERALS[tens] if tens > 1 else ''}十{_NUMERALS[ones] if ones else ''}"


def _number(prescription):
    return f"〔{prescription.year}〕{prescription.number}号" if prescription.number else ""


def _receipt(paper, prescription):
    """On a page of its own, so that it can be torn off and kept."""
    paper.appendix("", "用工处方送达回执")
    given = prescription.given_on is not None
    paper.facts(
        (
            ("处方编号", prescription.reference),
            ("出具单位", prescription.organisation.name),
            ("受送达企业", prescription.enterprise.name),
            ("统一社会信用代码", prescription.enterprise.uscc),
            ("送达方式", prescription.get_means_display() if given else "□当面　□邮寄　□电子"),
            ("签收人及职务", f"{prescription.receiver}　{prescription.receiver_post}".strip() if given else "　"),
            ("签收日期", in_words(prescription.given_on) if given else "　　　　年　　月　　日"),
            ("签收人签名（盖章）", "　\n　\n　"),
        )
    )
    paper.text("签收只表示收到本处方，不表示认可其中的内容；对内容有不同意见的，可向出具单位说明。")
