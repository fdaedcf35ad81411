"""The campaign of 威人社函〔2023〕39号, its phases and its duties, loaded by `manage.py load_reference`.

The notice speaks of 月初, 中旬 and 下旬; here 中旬 ends on the 20th and 下旬 begins on the 21st (common usage). The
fourth measure, 示范引领, has no dates in the notice and is no phase.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .models import Campaign

NUMBER = "威人社函〔2023〕39号"
CAMPAIGN = {
    "title": "劳动用工“查风险 强协商 保支付 促和谐”专项行动",
    "starts_on": date(2023, 7, 1),
    "ends_on": date(2023, 12, 31),
    # 12月15日前报送书面和电子材料 (三). The notice leaves open whether 前 takes the day in: here to its last second.
    "report_due_at": datetime(2023, 12, 16, tzinfo=ZoneInfo("Asia/Shanghai")),
    # 指导服务 runs on after the report is due, so that the figures of the report end the day before.
    "cut_off_on": date(2023, 12, 14),
}
# name, begins, ends, article
PHASES = (
    ("风险摸排", date(2023, 7, 1), date(2023, 7, 20), "二（一）"),
    ("协商要约", date(2023, 7, 21), date(2023, 8, 20), "二（二）"),
    ("指导服务", date(2023, 7, 21), date(2023, 12, 20), "二（三）"),
)

_ALL, _HR, _UNION, _EMPLOYERS = "三方", "人社部门", "工会", "企联、工商联"
# article, phase, title, what the notice asks for, who
DUTIES = (
    ("二（一）", "风险摸排", "上门走访摸排", "劳动关系协调员、工会劳动法律监督员、集体协商指导员上门走访。", _ALL),
    ("二（一）", "风险摸排", "劳动用工法律体检", "对照劳动用工法律法规逐项体检。", _ALL),
    ("二（一）", "风险摸排", "出具用工处方", "对发现的每项风险提出改进建议，形成“用工处方”。", _ALL),
    (
        "二（一）",
        "风险摸排",
        "运用部门数据研判风险等级",
        "运用共享的缴税、缴费、还贷、物流信息，研判企业风险等级。",
        _HR,
    ),
    ("二（一）", "风险摸排", "建立工作台账", "台账载明整改事项、整改时限、整改负责人。", _HR),
    ("二（一）", "风险摸排", "整改一条消除一条", "整改到位的逐项销号。", _HR),
    ("二（二）", "协商要约", "正常经营企业协商", "协商职工技能要素参与企业分配、育龄职工弹性工作方式。", _ALL),
    ("二（二）", "协商要约", "生产经营困难企业协商", "协商调整薪酬水平、支付周期、稳定工作岗位。", _ALL),
    (
        "二（二）",
        "协商要约",
        "依法变更、解除集体合同",
        "因兼并、解散、破产等无法履行的，依照法定程序变更、解除。",
        _ALL,
    ),
    (
        "二（二）",
        "协商要约",
        "头部平台企业定期协商",
        "协商计件单价、抽成比例、在线时长、派单量、极端天气补贴，以及标准调整程序和矛盾纠纷解决机制。",
        _ALL,
    ),
    ("二（三）", "指导服务", "新办企业指导", "会同市场监管、税务部门，向新办企业免费发放用工指南，开展线上讲座。", _HR),
    ("二（三）", "指导服务", "指导完善规章制度", "指导企业完善工资支付、民主管理等规章制度。", _ALL),
    (
        "二（三）",
        "指导服务",
        "规范经济性裁员",
        "提前三十日向工会或者全体职工说明情况，裁减人员方案向人社部门报告。",
        _HR,
    ),
    ("二（三）", "指导服务", "被裁减人员就业帮扶", "提供就业援助、心理指导、技能提升。", _HR),
    ("二（三）", "指导服务", "重大风险提前介入", "对大规模裁员、集体停工、集体讨薪的苗头提前介入。", _ALL),
    ("二（四）", None, "宣传典型经验", "结合全国和谐劳动关系创建工作先进集体和先进个人评选，宣传典型经验做法。", _ALL),
    ("二（四）", None, "改革创新试点", "开展区域和谐劳动关系高质量发展改革创新试点。", _ALL),
    ("二（四）", None, "形成可复制案例", "总结可复制、可推广的案例。", _ALL),
    ("三", None, "制定实施方案", "明确时间进度、具体举措、责任单位。", _ALL),
    ("三", None, "定期调度、不定期督促", "人社部门牵头，定期调度，不定期督促。", _HR),
    ("三", None, "发动职工建言献策", "工会发动职工为改进劳动管理、防范风险献计献策。", _UNION),
    ("三", None, "引导会员企业参与", "企联、工商联引导会员企业参与协商，化解欠薪风险。", _EMPLOYERS),
    ("三", None, "区域协同", "政策、争议处理、监察执法协同；可能跨区域蔓延的，互通信息。", _ALL),
    ("三", None, "宣传引导", "加强宣传引导，营造氛围。", _ALL),
    ("三", None, "报送总结", "12月15日前，书面材料和电子版报市协调劳动关系三方会议办公室。", _ALL),
)  # fmt: skip

# What counts as evidence of a duty, by its title: codes of campaigns.coverage. A duty without a code
# is told of in words alone.
EVIDENCE = {
    "上门走访摸排": ["risk.visits"], "劳动用工法律体检": ["risk.checkups"], "出具用工处方": ["risk.prescriptions"],
    "运用部门数据研判风险等级": ["risk.screened"], "建立工作台账": ["risk.ledger"],
    "整改一条消除一条": ["risk.ledger_closed"], "正常经营企业协商": ["bargain.offers_normal"],
    "生产经营困难企业协商": ["bargain.offers_difficult"],
    "依法变更、解除集体合同": ["contract.changed", "contract.dissolved"],
    "头部平台企业定期协商": ["platform.mechanisms"],
    "新办企业指导": ["service.new_firms", "service.leaflets", "service.lecture_people"],
    "指导完善规章制度": ["service.wage_systems", "service.democracy_systems"],
    "规范经济性裁员": ["layoff.reports"], "被裁减人员就业帮扶": ["layoff.helped"],
    "重大风险提前介入": ["early.interventions"],
    "宣传典型经验": ["example.candidates", "example.published", "publicity.practice"],
    "改革创新试点": ["pilot.approved", "pilot.measures"], "形成可复制案例": ["example.published", "pilot.accepted"],
    "制定实施方案": ["campaign.plans"], "定期调度、不定期督促": ["campaign.answers", "campaign.replies"],
    "发动职工建言献策": ["publicity.ideas"], "引导会员企业参与": ["bargain.offers_employers"],
    "区域协同": ["campaign.joint_cases", "campaign.transfers", "campaign.warnings"],
    "宣传引导": ["publicity.items"], "报送总结": ["report.handed_in"],
}  # fmt: skip


def load():
    """Create what is missing; what the city office has changed since stays as it is. Safe to repeat."""
    nothing_current = not Campaign.objects.filter(current=True).exists()
    campaign, is_new = Campaign.objects.get_or_create(
        document_number=NUMBER, defaults=CAMPAIGN | {"current": nothing_current}
    )
    if is_new:
        for name, begins, ends, article in PHASES:
            campaign.phases.create(name=name, begins_on=begins, ends_on=ends, article=f"{NUMBER} {article}")
    if not campaign.duties.exists():
        phases = {phase.name: phase for phase in campaign.phases.all()}
        for number, (article, phase, title, text, owners) in enumerate(DUTIES, start=1):
            campaign.duties.create(
                number=number, article=f"{NUMBER} {article}", phase=phases.get(phase), title=title, text=text,
                owners=owners, evidence=EVIDENCE.get(title, []),
            )  # fmt: skip
