"""Word files of a lay-off: the receipt and the opinion of the labour authority. Neither names anybody."""

from accounts.models import Organisation
from casework.documents import Paper, in_words

from . import layoffs


def receipt(layoff):
    """收到回执: that the plan arrived, when, and from when on it may be carried out. It approves nothing."""
    authority = authority_of(layoff)
    number, subject = layoff.receipt_number, layoff.enterprise.name
    paper = Paper("收到裁减人员方案回执", sender=authority, number=number, subject=subject)
    paper.addressee(layoff.enterprise.name)
    paper.text(f"你单位{in_words(layoff.reported_on)}报告的裁减人员方案收悉。{layoff.test}")
    paper.facts((
        ("统一社会信用代码", layoff.enterprise.uscc),
        ("法定情形", layoff.get_ground_display()),
        ("拟裁减人数", f"{layoff.planned_cut}人，占职工总数{layoff.total_staff}人的{layoff.portion}%"),
        ("说明情况", _day(layoff.explained_on)),
        ("听取意见", _day(layoff.heard_on)),
        ("计划裁减", f"{_day(layoff.starts_on)}（依法最早{_day(layoff.earliest_on)}）"),
    ))  # fmt: skip
    paper.text("本回执只表明收到方案，不表示同意其内容；请在听取我局意见后实施。")
    paper.signature(authority.name, on=layoff.receipted_on)
    return paper


def opinion(layoff):
    """意见书 on the plan; below the legal line, guidance without a receipt."""
    authority = authority_of(layoff)
    guided = layoff.verdict == layoff.Verdict.GUIDED
    title = "关于裁减人员的指导意见" if guided else "关于裁减人员方案的意见书"
    paper = Paper(title, sender=authority, subject=layoff.enterprise.name)
    paper.addressee(layoff.enterprise.name)
    receipt = f"（收到回执：{layoff.receipt_number}）" if layoff.receipt_number else ""
    paper.text(f"你单位{in_words(layoff.reported_on)}报告的裁减人员方案收悉{receipt}。经核对，提出以下意见：")
    paper.heading("一、方案情况")
    earliest = "" if guided else f"，依法最早{_day(layoff.earliest_on)}"
    paper.text(
        f"{layoff.test}法定情形：{layoff.get_ground_display()}。计划裁减日期：{_day(layoff.starts_on)}{earliest}。"
    )
    paper.heading("二、意见")
    paper.text(layoff.opinion)
    if layoff.union_opinion:
        paper.heading("三、工会意见")
        paper.text(layoff.union_opinion)
    paper.heading("四、请依法做好以下工作" if layoff.union_opinion else "三、请依法做好以下工作")
    paper.text(
        "解除劳动合同时付清工资，依法支付经济补偿，出具解除劳动合同证明，十五日内办理档案和社会保险关系转移手续"
        "（《劳动合同法》第四十六条、第四十七条、第五十条）。"
    )
    if layoff.statutory:
        paper.text("六个月内重新招用人员的，通知被裁减的人员，并在同等条件下优先招用（第四十一条第三款）。")
    paper.text("需要就业援助、心理指导、技能提升的，请与我局联系。")
    paper.signature(authority.name, on=layoff.advised_on)
    return paper


def drafted_opinion(layoff):
    """(verdict, words) that what was found suggests, for a person to go through."""
    faults = layoff.faults()
    grave = [fault.sentence for fault in faults if fault.grave]
    light = [fault.sentence for fault in faults if not fault.grave]
    if not layoff.statutory:
        return layoff.Verdict.GUIDED, _numbered([*grave, *light])
    if grave:
        return layoff.Verdict.OBJECTED, _numbered([*grave, *light])
    earliest = in_words(layoff.earliest_on)
    words = (
        f"经核对，方案内容和程序未发现不符合{layoffs.LABOUR_LAW}第四十一条、第四十二条之处，可于{earliest}起依法实施。"
    )
    return layoff.Verdict.CLEAR, "\n".join([words, *light])


def authority_of(layoff):
    """The labour authority of the district, by its own name."""
    return Organisation.objects.get(district_id=layoff.district_id, side=Organisation.Side.GOVERNMENT)


def _numbered(sentences):
    if len(sentences) == 1:
        return sentences[0]
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))


def _day(day):
    return in_words(day) if day else "未报告"
