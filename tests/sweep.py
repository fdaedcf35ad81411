"""A run of two districts with every level, a run before it, and known changes between them."""

import random
from datetime import date

import pytest

from enterprises import search
from enterprises.models import Enterprise
from risks.models import Level, Score
from tests import make

TRADES = (("C1361", "水产品冷冻加工"), ("E4710", "住宅房屋建筑"), ("H6210", "正餐服务"))


@pytest.fixture
def sweep(db):
    """The run: 60 enterprises of Huancui, 30 of Rongcheng, levels and coverage mixed by a fixed seed."""
    chance = random.Random(39)
    before, run = make.run(as_of=date(2023, 9, 1)), make.run()
    scores = []
    for enterprise in Enterprise.objects.bulk_create(_enterprise(chance, number) for number in range(90)):
        level, earlier = chance.choice(list(Level)), chance.choice([None, *Level])
        fields = {"level": level, "score": 20.0 * level + chance.randrange(200) / 10, "coverage": chance.randrange(16)}
        if level == Level.BLUE:
            fields |= {"points": [0.0] * len(make.CARD.items), "reasons": [], "marks": []}
        if earlier is not None:
            scores.append(make.unsaved_score(enterprise, before, level=earlier, score=20.0 * earlier))
            fields |= {"previous_level": earlier, "previous_score": 20.0 * earlier}
        scores.append(make.unsaved_score(enterprise, run, **fields))
    Score.objects.bulk_create(scores)
    run.previous = make.tallied(before)
    run.save()
    return make.tallied(run)


def _enterprise(chance, number):
    industry, trade = TRADES[number % 3]
    name, code = f"威海虚构{number:03d}号{trade}有限公司", make.uscc()
    return Enterprise(
        uscc=code,
        name=name,
        district_id="371082" if number % 3 == 2 else "371002",
        industry=industry,
        industry_name=trade,
        size=chance.choice(Enterprise.Size.values),
        heads=chance.choice([None, *range(3, 300)]),
        search_text=search.text_of(name, code),
    )
