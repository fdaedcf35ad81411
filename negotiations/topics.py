"""What is bargained about: the topics that the notice names for each class of enterprise, and the lists of the law."""

from django.db import models

NOTICE = "威人社函〔2023〕39号 二（二）"


class FirmClass(models.TextChoices):
    """The classes of the notice; each has its own topics."""

    NORMAL = "normal", "生产经营正常、效益良好"
    DIFFICULT = "difficult", "生产经营困难"
    CHANGED = "changed", "兼并、解散、破产等"
    PLATFORM = "platform", "头部平台企业"


OF_CLASS = {
    FirmClass.NORMAL: ("职工技能要素参与企业分配", "育龄职工弹性工作方式"),
    FirmClass.DIFFICULT: ("调整薪酬水平", "工资支付周期", "稳定工作岗位"),
    FirmClass.CHANGED: ("依照法定程序变更集体合同", "依照法定程序解除集体合同"),
    FirmClass.PLATFORM: (
        "计件单价", "抽成比例", "在线时长", "派单量", "极端天气补贴", "标准调整程序", "矛盾纠纷解决机制",
    ),
}  # fmt: skip

# 集体合同规定 (劳社部令第22号, 2004) 第八条
OF_A_GENERAL_CONTRACT = (
    "劳动报酬", "工作时间", "休息休假", "劳动安全与卫生", "补充保险和福利", "女职工和未成年工特殊保护", "职业技能培训",
    "劳动合同管理", "奖惩", "裁员", "集体合同期限", "变更、解除集体合同的程序", "履行集体合同发生争议时的协商处理办法",
    "违反集体合同的责任", "双方认为应当协商的其他内容",
)  # fmt: skip

# 山东省企业工资集体协商条例 (2016) 第十七条
OF_A_WAGE_CONTRACT = (
    "工资分配制度、工资标准、分配形式、支付办法", "年度平均工资水平及调整幅度和办法", "本企业最低工资标准",
    "奖金、津贴、补贴", "计时工资、计件单价、劳动定额", "试用期、病事假、孕产哺乳期及带薪假期工资",
    "合同期限和变更、解除、终止条件", "违约责任", "其他",
)  # fmt: skip


OF_LAW = {"general": OF_A_GENERAL_CONTRACT, "wage": OF_A_WAGE_CONTRACT}
_LAWS = {"general": "集体合同的法定内容", "wage": "工资专项集体合同的法定内容"}


def grouped():
    """[(class of enterprise or kind of contract, its topics)]: the notice's first; a topic stands once."""
    told, groups = set(), []
    for key, names in (*OF_CLASS.items(), *reversed(OF_LAW.items())):
        groups.append((key, [name for name in names if name not in told]))
        told.update(names)
    return groups


def law_of(kind):
    """Whose list a kind of contract follows."""
    return "wage" if kind == "wage" else "general"


def label_of(key):
    return _LAWS.get(key) or f"通知议题：{FirmClass(key).label}"
