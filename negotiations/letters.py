"""Word files of a consultation: offer, reply, the union's 意见书 and 建议书, the labour authority's opinion on review.

What an offer holds: 山东省企业工资集体协商条例 第二十一条. What an opinion on review holds: 集体合同规定 第四十五条.
"""

from accounts.models import Organisation
from casework.documents import BLANK_DAY, Paper, in_words

from . import law
from .models import Side


def offer(consultation):
    """The 要约书, with the days by which it is to be answered and a receipt to sign."""
    paper = Paper(_title(consultation), number=consultation.number, subject=consultation.party)
    paper.addressee(consultation.addressee)
    rule = law.due("reply", consultation.kind, _law_of(consultation)).rule
    paper.text(
        f"根据{rule.source}等规定，现就{consultation.get_purpose_display()}{_matter(consultation)}有关事项，向贵方提出集体协商要约。"
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
    if consultation.covers_many:
        _firms(paper, consultation)
    _seats(paper, consultation, consultation.offered_by)
    paper.text(f"请自收到本要约书之日起{rule.length}内书面答复（{rule.source}）。")
    paper.signature(consultation.sender, on=consultation.sent_on)
    _receipt(paper, consultation)
    return paper


def reply(consultation):
    """The 复函 for the other side to fill in, with what it answered where that is known."""
    paper = Paper("集体协商要约答复书", subject=consultation.party)
    paper.addressee(consultation.sender)
    letter = f"《{_title(consultation)}》"
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
    """意见书 or 建议书 by the union that wrote it; order and decision by the labour authority."""
    consultation, what = urging.consultation, urging.What
    authority = Organisation.objects.get(district_id=urging.district_id, side=Organisation.Side.GOVERNMENT)
    sender = authority if urging.is_of_the_authority else urging.by.organisation
    paper = Paper(urging.get_what_display(), sender=sender, subject=consultation.party)
    to = authority.name if urging.what == what.PROPOSAL else consultation.party
    paper.addressee(to)
    if facts := _facts(consultation):
        paper.text(facts)
    paper.text(urging.text)
    paper.text(_closing(urging, consultation))
    paper.signature(sender.name, on=urging.sent_on)
    if urging.what != what.CREDIT:
        _receipt_of(paper, urging, sender, to)
    return paper


def _facts(consultation):
    """What came before, so that who reads the letter knows of which offer it speaks."""
    if consultation.sent_on is None:
        return ""
    told = [f"{consultation.sender}于{in_words(consultation.sent_on)}发出《{_title(consultation)}》"]
    if consultation.number:
        told[0] += f"（{consultation.number}）"
    if consultation.received_on:
        told.append(f"{consultation.addressee}于{in_words(consultation.received_on)}签收")
    if consultation.state == consultation.State.REFUSED:
        told.append(f"并于{in_words(consultation.replied_on)}答复不同意协商")
    elif consultation.replied_on is None and consultation.reply_due_on:
        told.append(f"应于{in_words(consultation.reply_due_on)}前书面答复，至今没有答复")
    return "，".join(told) + "。"


def _closing(urging, consultation):
    what = urging.What
    if urging.what == what.ORDER:
        told = law.says("refusal", consultation.kind, urging.sent_on)
        return f"请于{in_words(urging.answer_due_on)}前改正，并将改正情况书面报告本机关。{told}"
    if urging.what == what.CREDIT:
        return f"依据：{law.says('refusal', consultation.kind, urging.sent_on)}"
    if urging.due is not None:
        return f"请于{in_words(urging.due.on)}前书面答复（{urging.due.rule.source}）。"
    rule = urging.answer_rule(urging.sent_on)
    return f"请自收到本{urging.short}之日起{rule.length}内书面答复（{rule.source}）。"


def _receipt_of(paper, urging, sender, to):
    paper.appendix("", f"{urging.get_what_display()}送达回证")
    received = urging.received_on
    paper.facts(
        (
            ("送达文书", urging.get_what_display()),
            ("送达机关（单位）", sender.name),
            ("受送达人", to),
            ("送达日期", in_words(received) if received else BLANK_DAY),
            ("收件人签名（盖章）", "　"),
        )
    )


def review(review):
    """The 审查意见书 of the labour authority on a contract as it was filed then."""
    contract = review.contract
    authority = Organisation.objects.get(district_id=contract.district_id, side=Organisation.Side.GOVERNMENT)
    paper = Paper("集体合同审查意见书", sender=authority, subject=contract.title)
    paper.facts(
        (
            ("合同名称", contract.title),
            *_parties(contract),
            ("收到合同的时间", in_words(review.filed_on)),
            *((label, "有异议" if wrong else "无异议") for label, wrong in review.findings()),
            ("审查意见", review.opinion or "未提出异议。"),
            ("作出意见的时间", in_words(review.reviewed_on)),
        )
    )
    if not review.passed:
        paper.text("请双方就有异议的部分重新协商，修改后再次报送审查。")
    paper.text(f"本机关{law.says('review_items', contract.kind, review.reviewed_on)}")
    paper.signature(authority.name, on=review.reviewed_on)
    if contract.covers_many:
        paper.appendix("", "盖章参加企业名单")
        rows = [(member.enterprise.name, member.enterprise.address, in_words(member.sealed_on))
                for member in contract.members.select_related("enterprise")]  # fmt: skip
        paper.table(("企业", "地址", "盖章日期"), rows, widths=(58, 50, 48))
    return paper


def _parties(contract):
    """当事人名称、地址 (集体合同规定 第四十五条): the employer and who bargained for the workers."""
    offer = contract.consultation
    workers = {Side.WORKERS: offer.sender, Side.EMPLOYERS: offer.addressee}[offer.offered_by] if offer else ""
    if contract.covers_many:
        employers = {Side.WORKERS: offer.addressee, Side.EMPLOYERS: offer.sender}[offer.offered_by] if offer else ""
        number = contract.members.count()
        yield (
            "企业方",
            f"{employers}，{number}户参加企业（名单附后）" if employers else f"{number}户参加企业（名单附后）",
        )
        yield "职工方", workers or f"{contract.trade}职工"
    else:
        yield "企业方", contract.enterprise.name
        yield "职工方", workers or f"{contract.enterprise.name}全体职工"
        yield "地址", contract.enterprise.address


def _title(consultation):
    return f"{consultation.get_kind_display()}集体协商要约书"


def _matter(consultation):
    """工资专项集体合同, or 水产品加工行业工资专项集体合同."""
    kind = consultation.get_kind_display()
    if not consultation.covers_many:
        return kind
    return f"{consultation.trade}{'行业' if consultation.reach == consultation.Reach.INDUSTRY else ''}{kind}"


def _firms(paper, consultation):
    firms = [(participant.enterprise.name, participant.enterprise.uscc)
             for participant in consultation.participants.staying().select_related("enterprise")]  # fmt: skip
    if firms:
        paper.text(f"参加协商的企业{len(firms)}户：")
        paper.table(("企业", "统一社会信用代码"), firms, widths=(82, 74))


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
