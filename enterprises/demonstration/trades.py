"""The trades of Weihai as the demonstration knows them: industry codes are GB/T 4754-2017, all figures are invented."""

from dataclasses import dataclass, field

import numpy as np

# Activity by calendar month, January first, mean about 1. Every trade slackens around Spring Festival.
SEASONS = {
    "even": (0.96, 0.86, 1.03, 1.02, 1.02, 1.01, 1.00, 1.00, 1.02, 1.00, 1.03, 1.05),
    # The summer fishing moratorium of the Yellow Sea closes boats from May to the end of August.
    "moratorium": (1.25, 0.95, 1.20, 1.15, 0.34, 0.18, 0.16, 0.20, 1.45, 1.75, 1.70, 1.55),
    # Processors work off frozen stock for some weeks, then wait for the boats.
    "seafood": (1.25, 0.90, 1.15, 1.10, 0.85, 0.55, 0.42, 0.45, 1.05, 1.45, 1.50, 1.40),
    "seaside": (0.42, 0.50, 0.55, 0.85, 1.25, 1.45, 2.15, 2.25, 1.15, 1.10, 0.60, 0.45),
    "building": (0.55, 0.45, 0.90, 1.10, 1.20, 1.20, 1.10, 1.10, 1.15, 1.15, 1.10, 0.95),
    "school": (0.80, 0.55, 1.20, 1.10, 1.05, 0.95, 1.35, 1.10, 1.25, 0.95, 0.90, 0.80),
    "orchard": (0.90, 0.70, 0.70, 0.75, 0.70, 0.75, 0.80, 0.95, 1.45, 1.85, 1.45, 1.05),
    "peanut": (1.05, 0.80, 0.85, 0.80, 0.80, 0.80, 0.75, 0.80, 1.35, 1.60, 1.30, 1.15),
    "winter_wear": (0.75, 0.65, 0.85, 0.90, 0.95, 1.05, 1.20, 1.30, 1.35, 1.25, 0.95, 0.80),
    "shops": (1.30, 0.95, 0.90, 0.92, 0.98, 0.98, 0.97, 0.97, 1.02, 1.05, 1.00, 1.05),
    "parcels": (0.85, 0.62, 0.95, 0.95, 1.02, 1.10, 0.98, 0.98, 1.05, 1.10, 1.38, 1.12),
    "spring_fishing": (0.75, 0.75, 1.25, 1.35, 1.30, 1.15, 1.00, 0.95, 1.00, 0.95, 0.85, 0.75),
}


@dataclass(frozen=True)
class Trade:
    """One line of business: how common and how big, how it earns, how it is named."""

    code: str  # section letter and four digits
    industry: str
    share: float  # weight among all enterprises
    heads: float  # median workforce of a company in this trade
    spread: float  # sigma of the log of the workforce
    season: str
    tails: tuple[str, ...]  # the trade words of a name
    wage: int = 4600  # mean contribution base, yuan a month
    output: float = 45.0  # revenue a head and year, 10,000 yuan
    swing: float = 0.15  # how far the workforce follows the season
    sole: float = 0.15  # share of individual businesses
    coop: float = 0.0  # share of co-operatives
    loans: float = 0.3
    parcels: float = 0.0  # share that sends parcels or freight
    volume: float = 20.0  # parcels a head and month, where it sends any
    shock: float = 0.15  # how hard the closures of spring and December 2022 hit
    hazard: float = 1.0  # distress against the mean of all trades
    shops: tuple[str, ...] = ()  # trade words of individual businesses
    platform: str = ""  # freight, ride_hailing, delivery, other
    pull: dict[str, float] = field(default_factory=dict)  # districts where it gathers, factor on their weight


SEA = {"371082": 3.0, "371083": 1.5, "371072": 1.3, "371071": 0.4, "371073": 0.3}
FIELD = {"371083": 2.2, "371003": 2.0, "371082": 1.6, "371071": 0.1, "371072": 0.3}
PLANT = {"371071": 1.6, "371072": 1.5, "371073": 2.0, "371003": 1.2}
TOWN = {"371002": 1.7, "371072": 1.1}

TRADES = (
    Trade("C2449", "其他体育用品制造", 3.2, 22, 1.0, "spring_fishing", ("渔具", "钓具", "户外用品"), output=38,
          sole=0.25, loans=0.35, parcels=0.85, volume=95, shops=("渔具店", "钓具厂"), pull=TOWN | {"371073": 1.5}),
    Trade("C1361", "水产品冷冻加工", 3.4, 38, 1.0, "seafood", ("水产", "海洋食品", "冷冻食品"), wage=4400, output=62,
          swing=0.45, sole=0.1, loans=0.5, parcels=0.6, volume=40, hazard=1.1, pull=SEA),
    Trade("C1362", "鱼糜制品及水产品干腌制加工", 1.2, 24, 0.9, "seafood", ("食品", "海珍品"), wage=4300, output=50,
          swing=0.4, loans=0.45, parcels=0.7, volume=55, pull=SEA),
    Trade("A0421", "海水捕捞", 1.3, 11, 0.7, "moratorium", ("渔业", "远海渔业"), wage=4300, output=40, swing=0.35,
          sole=0.3, coop=0.2, loans=0.4, parcels=0.15, volume=10, shops=("渔业户",), pull=SEA),
    Trade("A0411", "海水养殖", 1.5, 14, 0.9, "orchard", ("海产养殖", "海洋牧场"), wage=4200, output=42, swing=0.25,
          sole=0.25, coop=0.3, loans=0.45, parcels=0.45, volume=35, shops=("养殖场",), pull=SEA),
    Trade("A0151", "仁果类和核果类水果种植", 1.6, 9, 0.8, "orchard", ("果业", "生态农业"), wage=3900, output=24,
          swing=0.5, sole=0.3, coop=0.5, loans=0.3, parcels=0.6, volume=60, shops=("果园",), pull=FIELD),
    Trade("A0122", "油料种植", 0.8, 8, 0.7, "peanut", ("农业", "农业科技"), wage=3900, output=20, swing=0.4, sole=0.3,
          coop=0.55, loans=0.3, parcels=0.2, shops=("种植园",), pull=FIELD),
    Trade("C1331", "食用植物油加工", 0.5, 26, 0.9, "peanut", ("油脂", "花生制品"), output=90, loans=0.5, parcels=0.5,
          volume=25, pull=FIELD),
    Trade("C1821", "运动休闲针织服装制造", 2.0, 46, 1.0, "winter_wear", ("针织", "服饰", "制衣"), wage=4200, output=22,
          loans=0.45, parcels=0.6, volume=18, hazard=1.45, sole=0.1, shops=("制衣厂",), pull={"371003": 1.6}),
    Trade("C1761", "针织或钩针编织物织造", 0.8, 40, 0.9, "winter_wear", ("织造", "纺织"), wage=4300, output=30,
          loans=0.5, parcels=0.45, volume=12, hazard=1.4, pull={"371003": 1.8}),
    Trade("C4342", "船舶修理", 1.0, 34, 1.0, "even", ("船舶修理", "船务工程"), wage=5600, output=40, loans=0.4,
          parcels=0.15, volume=4, hazard=1.2, pull=SEA),
    Trade("C3731", "金属船舶制造", 0.3, 160, 1.1, "even", ("船业", "造船"), wage=6000, output=58, loans=0.7,
          parcels=0.2, volume=2, sole=0, hazard=1.3, pull=SEA),
    Trade("C3484", "机械零部件加工", 3.4, 26, 1.0, "even", ("机械", "精密机械", "机电"), wage=5100, output=46,
          loans=0.45, parcels=0.6, volume=14, shops=("机械加工厂", "五金加工部"), pull=PLANT),
    Trade("C3421", "金属切削机床制造", 0.6, 70, 1.0, "even", ("机床", "数控设备"), wage=5500, output=55, loans=0.5,
          parcels=0.5, volume=5, sole=0.02, pull=PLANT),
    Trade("C2911", "轮胎制造", 0.15, 420, 0.9, "even", ("轮胎", "橡胶"), wage=6000, output=85, loans=0.8, parcels=0.7,
          volume=8, sole=0, hazard=0.8, pull={"371082": 3.0}),
    Trade("C2829", "其他合成纤维制造", 0.25, 150, 1.0, "even", ("碳纤维", "复合材料"), wage=6400, output=80, loans=0.7,
          parcels=0.6, volume=6, sole=0, hazard=0.7, pull=PLANT),
    Trade("C3584", "医疗、外科及兽医用器械制造", 0.9, 58, 1.1, "even", ("医疗器械", "医用制品"), wage=5900, output=75,
          loans=0.45, parcels=0.8, volume=22, sole=0.02, hazard=0.5, pull={"371071": 4.0, "371072": 1.5}),
    Trade("C3913", "计算机外围设备制造", 0.7, 90, 1.2, "even", ("电子", "办公设备"), wage=5500, output=95, loans=0.5,
          parcels=0.7, volume=9, sole=0.02, hazard=1.0, pull={"371071": 4.5, "371072": 2.0}),
    Trade("C2110", "木质家具制造", 0.8, 20, 0.9, "even", ("家居", "家具"), output=32, parcels=0.5, volume=10,
          hazard=1.35, sole=0.35, shops=("家具厂", "木作坊")),
    Trade("E4710", "住宅房屋建筑", 2.2, 48, 1.2, "building", ("建筑工程", "建设工程", "建设"), wage=5000, output=52,
          swing=0.3, loans=0.5, sole=0.02, hazard=2.4),
    Trade("E4813", "市政道路工程建筑", 0.9, 36, 1.0, "building", ("市政工程", "园林工程"), wage=4900, output=55,
          swing=0.3, loans=0.5, sole=0.02, hazard=1.9),
    Trade("E4910", "电气安装", 1.4, 16, 0.9, "building", ("安装工程", "机电安装"), wage=5100, output=44, loans=0.3,
          sole=0.2, hazard=1.6, shops=("水电安装部",)),
    Trade("E5011", "公共建筑装饰和装修", 2.4, 14, 0.9, "building", ("装饰工程", "装饰"), wage=4700, output=40,
          loans=0.3, sole=0.3, hazard=1.9, shops=("装修部", "装饰工作室"), pull=TOWN),
    Trade("F5124", "肉、禽、蛋、奶及水产品批发", 3.0, 8, 0.8, "seafood", ("水产贸易", "海产品贸易"), output=150,
          loans=0.3, parcels=0.65, volume=70, sole=0.35, shops=("海产品经营部", "水产批发部"), pull=SEA),
    Trade("F5164", "金属及金属矿批发", 2.2, 6, 0.7, "even", ("物资", "金属材料"), output=220, loans=0.35, parcels=0.2,
          volume=8, sole=0.2, shops=("钢材经营部",)),
    Trade("F5165", "建材批发", 3.2, 6, 0.7, "building", ("建材", "商贸", "贸易"), output=120, loans=0.3, parcels=0.3,
          volume=15, sole=0.45, shops=("建材经营部", "五金建材店"), hazard=1.1),
    Trade("F5211", "百货零售", 7.5, 5, 0.9, "shops", ("百货", "商贸"), wage=4000, output=50, loans=0.15, parcels=0.3,
          volume=45, sole=0.7, shock=0.25, hazard=0.7, shops=("百货店", "便利店", "生活超市"), pull=TOWN),
    Trade("F5231", "纺织品及针织品零售", 3.6, 4, 0.7, "shops", ("服饰", "家纺"), wage=3900, output=36, loans=0.12,
          parcels=0.55, volume=80, sole=0.75, shock=0.25, hazard=0.6, shops=("服装店", "家纺店"), pull=TOWN),
    Trade("G5431", "普通货物道路运输", 3.6, 12, 1.0, "even", ("物流", "运输"), wage=5200, output=48, loans=0.5,
          parcels=0.7, volume=120, sole=0.35, hazard=1.2, shops=("货运部", "配货站")),
    Trade("G5821", "货物运输代理", 1.2, 12, 0.8, "even", ("国际货运代理", "供应链管理"), wage=5700, output=110,
          loans=0.25, parcels=0.8, volume=90, sole=0.05, pull={"371072": 2.5, "371082": 1.5}),
    Trade("G5930", "低温仓储", 0.6, 18, 0.8, "seafood", ("冷链物流", "冷藏"), output=50, loans=0.55, parcels=0.6,
          volume=50, pull=SEA),
    Trade("G6020", "快递服务", 1.0, 24, 1.0, "parcels", ("快运", "速递"), wage=4700, output=20, loans=0.2, parcels=0.95,
          volume=1500, sole=0.15, hazard=1.2, shops=("快递驿站",)),
    Trade("G5413", "出租汽车客运", 0.25, 60, 0.9, "seaside", ("出行科技", "约车服务"), wage=4600, output=16, loans=0.4,
          sole=0, platform="ride_hailing", hazard=1.3, shock=0.35, pull=TOWN),
    Trade("I6432", "互联网生活服务平台", 0.3, 70, 1.0, "parcels", ("网络科技", "即时配送"), wage=4800, output=18,
          loans=0.25, parcels=0.9, volume=900, sole=0, platform="delivery", hazard=1.2, pull=TOWN),
    Trade("I6431", "互联网生产服务平台", 0.15, 35, 0.9, "even", ("智运科技", "货运信息"), wage=5800, output=130, sole=0,
          parcels=0.8, volume=300, platform="freight", pull=PLANT),
    Trade("I6513", "应用软件开发", 2.6, 14, 1.0, "even", ("软件", "信息技术", "数字科技"), wage=7200, output=42,
          loans=0.2, sole=0.02, hazard=0.9, pull={"371071": 4.0, "371072": 1.6, "371002": 1.5}),
    Trade("H6110", "旅游饭店", 0.8, 42, 0.9, "seaside", ("酒店", "度假酒店"), wage=4100, output=18, swing=0.45,
          loans=0.45, sole=0.05, hazard=1.2, shock=0.55, pull={"371002": 2.2, "371082": 1.4}),
    Trade("H6130", "民宿服务", 1.5, 4, 0.5, "seaside", ("民宿", "文旅"), wage=3900, output=16, swing=0.4, sole=0.8,
          loans=0.2, hazard=0.7, shock=0.55, shops=("民宿", "渔家乐"), pull={"371002": 2.0, "371082": 1.8}),
    Trade("H6210", "正餐服务", 5.2, 9, 0.8, "seaside", ("餐饮管理", "餐饮"), wage=4000, output=18, swing=0.25,
          sole=0.72, loans=0.15, hazard=1.3, shock=0.5, shops=("海鲜酒楼", "家常菜馆", "饭店"), pull=TOWN),
    Trade("H6220", "快餐服务", 3.4, 5, 0.6, "shops", ("餐饮服务", "食堂管理"), wage=3900, output=16, sole=0.8,
          loans=0.1, hazard=0.9, shock=0.45, shops=("快餐店", "面馆", "小吃店"), pull=TOWN),
    Trade("L7291", "旅行社及相关服务", 0.8, 7, 0.7, "seaside", ("国际旅行社", "旅行社"), output=60, loans=0.1,
          sole=0.02, shock=0.7, hazard=1.0, pull=TOWN),
    Trade("K7020", "物业管理", 1.6, 34, 1.1, "even", ("物业管理", "物业服务"), wage=3900, output=9, loans=0.15,
          sole=0.02, hazard=1.0, shock=0.03, pull=TOWN),
    Trade("K7010", "房地产开发经营", 0.9, 16, 0.9, "building", ("置业", "房地产开发"), wage=6000, output=260, loans=0.7,
          sole=0, hazard=2.0),
    Trade("L7263", "劳务派遣服务", 0.9, 70, 1.2, "even", ("劳务服务", "人力资源"), wage=4300, output=8, loans=0.12,
          sole=0, hazard=1.7),
    Trade("L7271", "安全服务", 0.5, 60, 1.0, "even", ("保安服务", "安保"), wage=3900, output=7, loans=0.1, sole=0,
          hazard=1.0, shock=0.03),
    Trade("L7259", "其他广告服务", 1.8, 6, 0.7, "even", ("文化传媒", "广告"), output=28, loans=0.12, sole=0.3,
          shops=("广告部", "图文店"), pull=TOWN),
    Trade("N7820", "环境卫生管理", 0.6, 75, 1.1, "even", ("环卫", "环境服务"), wage=3800, output=7, loans=0.2, sole=0,
          hazard=0.9, shock=0.02),
    Trade("P8391", "职业技能培训", 1.0, 11, 0.8, "school", ("教育科技", "职业培训"), output=17, sole=0.05, loans=0.08,
          hazard=1.4, shock=0.45, pull=TOWN),
    Trade("P8310", "学前教育", 0.8, 20, 0.6, "school", ("幼教", "教育服务"), wage=3900, output=8, sole=0, loans=0.08,
          hazard=0.9, shock=0.35),
    Trade("Q8425", "门诊部（所）", 0.9, 10, 0.7, "even", ("口腔门诊", "综合门诊"), wage=5400, output=30, sole=0.3,
          loans=0.15, hazard=0.5, shops=("诊所",), pull=TOWN),
    Trade("Q8514", "老年人、残疾人养护服务", 0.4, 26, 0.7, "even", ("养老服务", "康养"), wage=3900, output=9, sole=0.02,
          loans=0.25, hazard=0.9),
    Trade("O8111", "汽车修理与维护", 2.6, 6, 0.7, "even", ("汽车维修", "汽车服务"), output=28, sole=0.65, loans=0.15,
          shops=("汽修厂", "汽车美容店")),
    Trade("O8040", "理发及美容服务", 2.6, 4, 0.6, "shops", ("美业管理", "美容"), wage=3900, output=12, sole=0.85,
          loans=0.08, hazard=0.7, shock=0.4, shops=("理发店", "美容院"), pull=TOWN),
    Trade("O8010", "家庭服务", 0.8, 12, 0.9, "even", ("家政服务", "家政"), wage=3900, output=8, sole=0.3, loans=0.06,
          shops=("家政服务部",), pull=TOWN),
    Trade("C3311", "金属结构制造", 1.2, 24, 0.9, "building", ("钢结构", "金属结构"), wage=5000, output=50, loans=0.45,
          parcels=0.3, volume=4, hazard=1.5, pull=PLANT),
    Trade("C2231", "纸和纸板容器制造", 0.8, 24, 0.8, "even", ("包装", "纸制品"), wage=4500, output=44, loans=0.4,
          parcels=0.6, volume=9, pull=PLANT),
    Trade("C2929", "塑料零件及其他塑料制品制造", 1.0, 24, 0.9, "even", ("塑胶", "塑料制品"), wage=4600, output=40,
          loans=0.4, parcels=0.6, volume=12, pull=PLANT),
)  # fmt: skip


def column(name):
    """One figure of every trade as a float64 array, in the order of TRADES."""
    return np.array([getattr(trade, name) for trade in TRADES], dtype=np.float64)


def season_table():
    """Activity by trade and calendar month: float32 [trades, 12]."""
    return np.array([SEASONS[trade.season] for trade in TRADES], dtype=np.float32)
