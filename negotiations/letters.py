"""Word files of a consultation: offer, reply, the union's 意见书 and 建议书, the labour authority's opinion on review.

What an offer holds: 山东省企业工资集体协商条例 第二十一条. What an opinion on review holds: 集体合同规定 第四十五条.
"""

from accounts.models import Organisation
from casework.documents import BLANK_DAY, Paper, in_words

from . import law
from .models import Side


def offer(consultation):
    """The 要约书, with the days by which it is to be answered and a receipt to sign."""
    kind = consultation.get_kind_display()
    paper = Paper(f"{kind}集体协商要约书", number=consultation.number, subject=consultation.enterprise.name)
    paper.addressee(consultation.addressee)
    rule = law.due("reply", consultation.kind, _law_of(consultation)).rule
    paper.text(
        f"根据{rule.source}等规定，现就{consultation.get_purpose_display()}{kind}有关事项，向贵方提出集体协商要约。"
    )
    paper.heading("一、协商的时间和地点")
    when = in_words(consultation.meet_on) if consultation.meet_on else BLANK_DAY
    paper.text(f"{when}，{consultation.place or '地点待定'}。")
    paper.heading("二、协商的议题")
    paper.text("\n".join(f"{number}. {topic}" for number, topic in enumerate(consultation.topics, start=1)))
    paper.heading("三、提出要约的理由")
    paper.text(consultation.reasons or "　")
    if consultation.requested:
        paper.heading("四、请贵方提供的资料")
        paper.text(consultation.requested)
    _seats(paper, consultation, consultation.offered_by)
    paper.text(f"请自收到本要约书之日起{rule.length}内书面答复（{rule.source}）。")
    paper.signature(consultation.sender, on=consultation.sent_on)
    _receipt(paper, consultation)
    return paper


def reply(consultation):
    """The 复函 for the other side to fill in, with what it answered where that is known."""
    paper = Paper("集体协商要约答复书", subject=consultation.enterprise.name)
    paper.addressee(consultation.sender)
    letter = f"《{consultation.get_kind_display()}集体协商要约书》"
    number = f"（{consultation.number}）" if consultation.number else ""
    paper.text(f"你方{letter}{number}收悉。经研究，答复如下：")
    refused = consultation.state == consultation.State.REFUSED
    agreed = consultation.has_agreed
    paper.table(
        ("答复", "内容"),
        [
            (f"{'☑' if agreed and not consultation.rescheduled else '□'}同意协商", "按约定的时间、地点协商"),
            (f"{'☑' if agreed and consultation.rescheduled else '□'}另约时间",
             in_words(consultation.meet_on) if agreed and consultation.rescheduled else BLANK_DAY),
            (f"{'☑' if refused else '□'}不同意协商", f"理由：{consultation.reply_reason if refused else ''}"),
        ],
        widths=(46, 110),
    )  # fmt: skip
    other = Side.EMPLOYERS if consultation.offered_by == Side.WORKERS else Side.WORKERS
    _seats(paper, consultation, other)
    paper.signature(consultation.addressee, on=consultation.replied_on)
    return paper


def urging(urging):
    """意见书 or 建议书, sent by the union that wrote it."""
    consultation, union = urging.consultation, urging.by.organisation
    enterprise = consultation.enterprise
    paper = Paper(urging.get_what_display(), sender=union, subject=enterprise.name)
    to_authority = urging.what == urging.What.PROPOSAL
    authority = Organisation.objects.get(district_id=urging.district_id, side=Organisation.Side.GOVERNMENT)
    paper.addressee(authority.name if to_authority else enterprise.name)
    paper.text(urging.text)
    answer = "建议书" if to_authority else "意见书"
    article = "第十八条" if to_authority else "第十七条"
    paper.text(
        f"请自收到本{answer}之日起15个工作日内书面答复（《山东省工会劳动法律监督条例》{article}）。"
        if urging.due is None
        else f"请于{in_words(urging.due.on)}前书面答复（{urging.due.rule.source}）。"
    )
    paper.signature(union.name, on=urging.sent_on)
    return paper


def review(contract):
    """The 审查意见书 of the labour authority."""
    authority = Organisation.objects.get(district_id=contract.district_id, side=Organisation.Side.GOVERNMENT)
    paper = Paper("集体合同审查意见书", sender=authority, subject=contract.title)
    enterprise = contract.enterprise
    parties = "参加企业及其职工方" if enterprise is None else f"{enterprise.name}及其职工方"
    paper.facts(
        (
            ("合同名称", contract.title),
            ("当事人", parties),
            ("地址", enterprise.address if enterprise else ""),
            ("收到合同的时间", in_words(contract.filed_on)),
            ("审查意见", contract.opinion or "对双方主体及代表资格、协商程序、合同内容的合法性未提出异议。"),
            ("作出意见的时间", in_words(contract.reviewed_on)),
        )
    )
    if contract.state == contract.State.OBJECTED:
        paper.text("请双方就有异议的部分重新协商，修改后再次报送审查。")
    paper.signature(authority.name, on=contract.reviewed_on)
    return paper


def _seats(paper, consultation, side):
    seats = [seat for seat in consultation.seats.filter(left_on=None) if seat.side == side]
    if not seats:
        return
    paper.text(f"{Side(side).label}协商代表：")
    rows = [
        (seat.name, seat.post, "首席代表" if seat.chief else "协商顾问" if seat.adviser else "协商代表")
        for seat in seats
    ]
    paper.table(("姓名", "职务", "身份"), rows, widths=(40, 70, 46))


def _receipt(paper, consultation):
    """On a page of its own: the time to answer runs from what is written here."""
    paper.appendix("", "要约书签收回执")
    received = consultation.received_on
    paper.facts(
        (
            ("要约书编号", consultation.number),
            ("要约方", consultation.sender),
            ("受约方", consultation.addressee),
            ("签收人", consultation.received_by or "　"),
            ("签收日期", in_words(received) if received else BLANK_DAY),
            ("签收人签名（盖章）", "　"),
        )
    )
    paper.text("答复期限自签收的次日起计算。签收只表示收到，不表示同意其中的内容。")


def _law_of(consultation):
    """The day whose law the letter cites: that of its sending, of a draft that of its campaign's end."""
    return consultation.sent_on or consultation.campaign.ends_on
