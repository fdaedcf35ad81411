"""Lay-offs of a demonstration, by the verbs used in earnest. Everybody and everything is invented.

One went its way and helps those who left; one plans to begin too early and is sent back; one waits for an opinion; one
is below the legal line; one was given up after talks. The citizens' numbers are of the area 371099, which nobody has.
"""

import random
from datetime import date, timedelta

from accounts.models import User
from accounts.roles import Role
from casework import personal
from enterprises.models import Enterprise

from .layoff_letters import drafted_opinion
from .models import Help, Layoff

_HUANCUI, _WENDENG, _RONGCHENG, _RUSHAN, _ECONOMIC = "371002", "371003", "371082", "371083", "371072"
_SURNAMES, _NAMES = "王李张刘陈杨赵孙周吴", ("建华", "秀英", "志强", "海燕", "国栋", "丽娟", "文博", "晓梅", "永军")
_POSTS = ("缝纫工", "包装工", "质检员", "仓库管理员", "设备维修工", "班组长")
_STEPS = "10月9日公布名单并面谈，10月13日前分两批办理解除手续、结清工资，10月20日前办结档案和社会保险关系转移。"
_PAY = "按在本企业的工作年限，每满一年支付一个月工资；六个月以上不满一年的按一年计算，不满六个月的支付半个月工资。"


def events():
    """(day, what happens in words, the deed)."""
    yield date(2023, 9, 6), "接收裁员报告：环翠", report_in_order
    yield date(2023, 9, 13), "裁员意见和回执：环翠", advise
    yield date(2023, 10, 9), "登记实施裁减：环翠", carry_out
    yield date(2023, 10, 16), "就业援助、心理指导、技能提升", help_those_who_left
    yield date(2023, 10, 18), "接收裁员报告：文登，未达到标准", guide
    yield date(2023, 10, 23), "登记档案社保转移：环翠", transfer
    yield date(2023, 10, 25), "接收裁员报告：乳山", report_and_give_up
    yield date(2023, 10, 31), "接收裁员报告：荣成，说明情况不足三十日", report_too_early
    yield date(2023, 11, 6), "登记帮扶结果", note_results
    yield date(2023, 11, 14), "接收裁员报告：经区", report_and_wait
    yield date(2023, 11, 15), "登记重新招用：环翠", rehire


def report_in_order(on):
    _report(_HUANCUI, on, 24, explained_on=date(2023, 8, 28), heard_on=date(2023, 9, 4), starts_on=date(2023, 10, 9),
            ground="difficult", steps=_STEPS, listed=24)  # fmt: skip


def advise(on):
    layoff = _of(_HUANCUI, Layoff.State.REPORTED)
    if layoff:
        _opine(layoff, on, "已召开职代会听取意见，建议优先安排转岗，对双职工家庭只裁减一人，企业已采纳。")
        _acknowledge(layoff, on)
        verdict, words = drafted_opinion(layoff)
        layoff.advise(by=_officer(layoff), on=on, verdict=verdict, opinion=words)


def carry_out(on):
    layoff = _of(_HUANCUI, Layoff.State.ADVISED)
    if layoff:
        layoff.carry_out(by=_officer(layoff), on=on, carried_out_on=on, laid_off=24)


def help_those_who_left(on):
    layoff = _of(_HUANCUI, Layoff.State.CARRIED_OUT)
    if layoff is None or layoff.helps.exists():
        return
    people, officer, union = list(layoff.people.all()), _officer(layoff), _one(_HUANCUI, Role.UNION_COORDINATOR)
    for by, kind, words, whom, outcome in (
        (officer, Help.Kind.EMPLOYMENT, "专场招聘会，推荐八家用工企业岗位", people, Help.Outcome.PENDING),
        (union, Help.Kind.COUNSELLING, "工会心理咨询室团体辅导", people[:15], Help.Outcome.EASED),
        (officer, Help.Kind.TRAINING, "电工初级技能培训班，二十课时", people[6:14], Help.Outcome.PENDING),
    ):
        layoff.help(by=by, on=on, kind=kind, helped_on=on, words=words, people=whom, outcome=outcome)


def note_results(on):
    layoff = _of(_HUANCUI, Layoff.State.CARRIED_OUT)
    pending = Help.objects.filter(layoff=layoff, outcome=Help.Outcome.PENDING) if layoff else Help.objects.none()
    jobs, courses = (
        list(pending.filter(kind=kind).order_by("person__number"))
        for kind in (Help.Kind.EMPLOYMENT, Help.Kind.TRAINING)
    )
    for helps, outcome, remark in (
        (jobs[:13], Help.Outcome.EMPLOYED, "与新单位签订劳动合同"),
        (jobs[13:15], Help.Outcome.BUSINESS, "领取创业补贴"),
        (jobs[15:20], Help.Outcome.NOT_YET, "继续推荐岗位"),
        (courses, Help.Outcome.TRAINED, "取得结业证书"),
    ):
        if helps:
            layoff.note_result(by=_officer(layoff), on=on, helps=helps, outcome=outcome, outcome_on=on, remark=remark)


def transfer(on):
    layoff = _of(_HUANCUI, Layoff.State.CARRIED_OUT)
    if layoff and layoff.transferred_on is None:
        layoff.transfer(by=_officer(layoff), on=on, transferred_on=on)


def rehire(on):
    layoff = _of(_HUANCUI, Layoff.State.CARRIED_OUT)
    if layoff and not layoff.hirings.exists():
        people = list(layoff.people.order_by("-number")[:3])
        layoff.rehire(by=_officer(layoff), on=on, hired_on=on, posts="缝纫工", hired=4, notified=True, people=people)


def guide(on):
    layoff = _report(_WENDENG, on, 6, explained_on=on - timedelta(days=5), starts_on=on + timedelta(days=30),
                     ground="difficult", listed=6)  # fmt: skip
    if layoff:
        verdict, words = drafted_opinion(layoff)
        layoff.advise(by=_officer(layoff), on=on, verdict=verdict, opinion=words)


def report_and_give_up(on):
    layoff = _report(_RUSHAN, on, 22, explained_on=on - timedelta(days=9), heard_on=on - timedelta(days=4),
                     starts_on=on + timedelta(days=26), ground="difficult", steps="分两批实施")  # fmt: skip
    if layoff:
        reason = "工会与企业协商，改为轮岗轮休、缩短工时，期限六个月，不再裁减。"
        layoff.withdraw(by=_officer(layoff), on=on, reason=reason)


def report_too_early(on):
    layoff = _report(_RONGCHENG, on, 31, explained_on=date(2023, 10, 25), heard_on=date(2023, 10, 30),
                     starts_on=date(2023, 11, 20), ground="changed", steps="一次实施", maternity=1)  # fmt: skip
    if layoff:
        _acknowledge(layoff, on)
        reason = "计划裁减日期应不早于2023年11月24日；名单中有一名孕期女职工，不得裁减；请补报被裁减人员名单。"
        layoff.send_back(by=_officer(layoff), on=on, reason=reason)


def report_and_wait(on):
    layoff = _report(_ECONOMIC, on, 26, explained_on=date(2023, 11, 6), heard_on=date(2023, 11, 10),
                     starts_on=date(2023, 12, 11), ground="conversion", contracts_changed=True, steps="分三批实施",
                     listed=26)  # fmt: skip
    if layoff:
        _acknowledge(layoff, on)


def _report(district, on, cut, *, listed=0, **plan):
    """Taken in, with a list of `listed` people; None where it was before, or where the district has no such firm."""
    firm, officer = _large(district), _one(district, Role.DISTRICT_OFFICER)
    if firm is None or officer is None or Layoff.objects.filter(district=district, reported_on=on).exists():
        return None
    layoff = Layoff.begun(firm)
    layoff.take_in(
        by=officer, on=on, planned_cut=cut, total_staff=max(firm.heads, 12 * cut), reported_on=on, explained_to="staff",
        situation="主要客户订单减少四成，近两个季度亏损，已采取轮休、转岗措施。", compensation=_PAY,
        budget=cut * 3_600_000, owes_wages=False, owes_insurance=False, keeps_preferred=True,
        **{"heard": "职工要求公开裁减标准，优先留用双职工家庭人员，企业已采纳。"} | plan,
    )  # fmt: skip
    if listed:
        layoff.enlist(by=officer, on=on, people=[_person(f"{district}{on}", number) for number in range(listed)])
    return layoff


def _person(seed, number):
    chance = random.Random(f"{seed}{number}")  # noqa: S311 - nothing rests on it
    born = date(1968, 1, 1) + timedelta(days=chance.randrange(12_000))
    body = f"371099{born:%Y%m%d}{chance.randrange(1_000):03d}"
    return {
        "name": chance.choice(_SURNAMES) + chance.choice(_NAMES), "id_number": body + personal.check_character(body),
        "phone": f"1380000{number:04d}", "post": chance.choice(_POSTS),
        "hired_on": date(2008, 3, 1) + timedelta(days=chance.randrange(5_000)),
    }  # fmt: skip


def _opine(layoff, on, words):
    if union := _one(layoff.district_id, Role.UNION_COORDINATOR):
        layoff.opine(by=union, on=on, union_opinion=words)


def _acknowledge(layoff, on):
    layoff.acknowledge(by=_officer(layoff), on=on, receipt_number=layoff.next_receipt_number(on), receipted_on=on)


def _of(district, state):
    return Layoff.objects.filter(district=district, state=state, statutory=True).order_by("pk").first()


def _large(district):
    """The enterprise with the third most people: large, and not the one that other rooms show."""
    return Enterprise.objects.current().filter(district=district, heads__gte=40).order_by("-heads", "pk")[2:3].first()


def _officer(layoff):
    return _one(layoff.district_id, Role.DISTRICT_OFFICER)


def _one(district, role):
    people = User.objects.filter(organisation__district=district, role=role, is_active=True)
    return people.order_by("pk").first()
