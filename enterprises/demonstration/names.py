"""Invented names of enterprises and people, addresses and telephone numbers, as polars columns.

A brand is two different invented words, beyond the first 39,800 enterprises with one more syllable; its number decides
it, so that two enterprises never share a brand. Street names and persons are invented too.
"""

import numpy as np
import polars as pl


def _of_two(text):
    """A text cut into words of two characters."""
    return tuple(text[start : start + 2] for start in range(0, len(text), 2))


WORDS = _of_two(
    "听澜栖禾汐羽岚序墨渔砚秋澄帆暮舷朝屿芦笙桅远溯岸槿年拾潮鲸落鸥序屿川湾禾礁语浪简沐桅霁岬云舶星岬渔隐谷遇麦岚稻序栗川椒屿橘峪杏洲桃汀梨岸枣峪榛野松汀柏屿杉渚桐澳"
    "槐湾榆汐柳岬竹澜兰渚菊汀荷峪莲澳葵野蒲川苇岸萱洲荻渡芷岚蘅野薇渚葭屿菁峪茗川芸岬青舷碧桅苍屿黛岸丹汀绛渚缃野素澜玄洲皓汐银岬铜渡铁舷锦澳绫川缎屿纱汀棉岚麻野丝渚"
    "初舵新舷恒岬永汐长汀久澜远渡近渚高峪深澳阔渚宽野平屿正岸中舷和桅顺澜安汐宁岬泰渚启桅开渡承岬继舷扬屿腾汐跃澳驰川行渚至岸归汀来洲逢峪遇澜知汐见岬闻渡思屿念川忆舷"
    "晨澳昼汀晚渚夜岚春岬夏汐秋屿冬岸雨澜雪川霜洲露渡雾峪虹舷霞汀月澳日渚辰岬斗汐曜屿石澜沙岸泥川岩渡峰洲岭汀谷舷溪峪泉岬井澳塘渚湖汐河屿江岚海栎洋槿港楸埠栌码橡灯枫"
    "一舷双岬三渚四汀五屿六澳七澜八岸九川十渡百洲千汐万峪同岬共屿众汀合澜聚岸汇渚联汐敏川勤岬朴屿真汀善澜诚岸信渚义汐礼洲智澳仁渡勇峪毅舷恭岚俭野让川廉汀洁屿雅澜淳岬"
)
SYLLABLES = ("", *"茂栩垚琤祺铮钰璟珩煜炜烨焱熠昊旻晟暄曦宸宥宬寰峻嵘")
TOWNS = {
    "371002": ("环翠区", ("舷歌路", "鸥序街", "栈桥里路", "潮信街", "望澜路")),
    "371003": ("文登区", ("槿年路", "麦岚街", "温汤里路", "谷遇街", "柘峪路")),
    "371082": ("荣成市", ("渔隐路", "鲸落街", "桅远路", "礁语街", "鹅湾路")),
    "371083": ("乳山市", ("银岬路", "杏洲街", "牡蛎湾路", "沙岸街", "杉渚路")),
    "371071": ("火炬高技术产业开发区", ("芯禾路", "初舵街", "云舶路", "智澳街")),
    "371072": ("经济技术开发区", ("墨渔路", "恒岬街", "海栎路", "埠栌街")),
    "371073": ("临港经济技术开发区", ("苍屿路", "铁舷街", "开渡路", "峰洲街")),
    "WHNH": ("南海新区", ("蓝澳路", "新舷街", "灯枫路", "沙语街")),
}
# County cities stand in names instead of 威海; small shops name the place that their customers know.
COMPANY_PREFIXES = {"371003": "威海市文登区", "371082": "荣成", "371083": "乳山"}
SHOP_PREFIXES = {
    "371002": "威海市环翠区", "371003": "威海市文登区", "371082": "荣成市", "371083": "乳山市",
    "371071": "威海高区", "371072": "威海经区", "371073": "威海临港区", "WHNH": "威海南海新区",
}  # fmt: skip
SURNAMES = tuple("丛于王刘张李毕邹鞠宋孙姜徐梁隋夏侯车汤连原岳谷苗滕慕栾初萧苏杨周吕董戚唐马")
GIVEN = _of_two(
    "砚舟听禾汐文岚生澄远屿安帆平槿宁朝岩渚清澜之岬明汀洲舷歌桅青序川峪成禾丰栖云麦生稻远苇航芷川蘅之葭清菁岩茗岚芸生楸林栌青枫岩橡川恒屿永澜守渡立舷承汐启岬思汀念洲"
    "敏舟勤之朴安毅岩恭川俭青廉澜雅舟淳屿正帆"
)

PAIRS = len(WORDS) * (len(WORDS) - 1)
BRANDS = PAIRS * len(SYLLABLES)


def brands(numbers, seed):
    """Distinct brands for distinct numbers: int64 [n] in 0 … BRANDS-1 -> Series of str."""
    numbers = np.asarray(numbers, dtype=np.int64)
    if len(numbers) and numbers.max() >= BRANDS:
        raise ValueError(f"at most {BRANDS} enterprises can be named")
    layer, pair = np.divmod(numbers, PAIRS)
    # A prime that does not divide the number of pairs scatters them, so that neighbours do not sound alike.
    pair = (pair * 7919 + seed % PAIRS * 31) % PAIRS
    first, step = np.divmod(pair, len(WORDS) - 1)
    return _pick(WORDS, first) + _pick(WORDS, (first + 1 + step) % len(WORDS)) + _pick(SYLLABLES, layer)


def enterprise_names(brand, *, district, tail, kind):
    """Full names. district: codes [n]; tail: Series of trade words; kind: uint8 [n], 1, 2 or 3 as in the code."""
    where = pl.Series(district)
    frame = pl.DataFrame({
        "company": where.replace_strict(COMPANY_PREFIXES, default="威海", return_dtype=pl.String),
        "shop": where.replace_strict(SHOP_PREFIXES, return_dtype=pl.String),
        "brand": brand,
        "tail": tail,
        "kind": kind,
    })  # fmt: skip
    company, shop = pl.concat_str("company", "brand", "tail"), pl.concat_str("shop", "brand", "tail")
    cooperative = pl.when(pl.col("kind") == 3).then(company + "专业合作社").otherwise(company + "有限公司")
    return frame.select(pl.when(pl.col("kind") == 2).then(shop).otherwise(cooperative)).to_series()


def people(rng, n):
    """Invented persons' names, not distinct: Series of str [n]."""
    return _pick(SURNAMES, rng.integers(0, len(SURNAMES), n)) + _pick(GIVEN, rng.integers(0, len(GIVEN), n))


def phones(rng, n):
    """Numbers that cannot ring: the area code 0630 is not assigned and subscriber numbers begin with 0."""
    return pl.Series(rng.integers(0, 1_000_000, n)).cast(pl.String).str.zfill(6).str.replace("^", "0630-00")


def addresses(rng, district):
    """Invented streets in the named district. district: list of codes [n] -> Series of str."""
    table = [(code, town, street) for code, (town, streets) in TOWNS.items() for street in streets]
    first = {code: next(i for i, row in enumerate(table) if row[0] == code) for code in TOWNS}
    count = {code: len(streets) for code, (_, streets) in TOWNS.items()}
    codes = pl.Series(district)
    start = codes.replace_strict(first, return_dtype=pl.Int64).to_numpy()
    width = codes.replace_strict(count, return_dtype=pl.Int64).to_numpy()
    row = start + (rng.random(len(codes)) * width).astype(np.int64)
    streets = _pick([f"威海市{town}{street}" for _, town, street in table], row)
    return streets + pl.Series(rng.integers(1, 399, len(codes))).cast(pl.String) + "号"


def _pick(words, index):
    return pl.Series(list(words), dtype=pl.String).gather(pl.Series(np.asarray(index, dtype=np.int64)))
