"""Search by fragment: two characters of a name, a code, pinyin initials, in one's own district."""

import pytest
from django.db import connection

from enterprises import search
from enterprises.models import Enterprise

from .. import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinglan():
    return make.enterprise("威海听澜栖禾针织有限公司", uscc="91371099MAXDEMA17A")


@pytest.mark.parametrize("text", ["听澜", "澜栖禾", "针织有限公司", "whtl", "WHTLQH", "dema17", "91371099MAXDEMA17A"])
def test_a_fragment_of_name_initials_or_code_finds_the_enterprise(tinglan, text):
    make.enterprise("荣成渔隐水产有限公司")
    assert list(Enterprise.objects.matching(text)) == [tinglan]


@pytest.mark.parametrize("text", [" 听 澜 ", "９１３７１０９９ｍａｘｄｅｍａ１７ａ", "ＷＨＴＬ", "听澜\u3000栖禾"])
def test_blanks_and_full_width_forms_do_not_hide_it(tinglan, text):
    assert list(Enterprise.objects.matching(text)) == [tinglan]


@pytest.mark.parametrize("text", ["", " ", "听", "w", "９"])
def test_one_character_finds_nothing(tinglan, text):
    assert not Enterprise.objects.matching(text).exists()


@pytest.mark.parametrize("text", ["听禾", "澜听", "__", "听%", "\\", "''", "%%"])
def test_characters_that_do_not_stand_together_find_nothing(tinglan, text):
    assert not Enterprise.objects.matching(text).exists()


def test_a_sign_of_patterns_in_a_name_stands_for_itself():
    odd = make.enterprise("威海百分之百100%_棉有限公司")
    make.enterprise("威海百分之百1000棉有限公司")
    assert list(Enterprise.objects.matching("100%_")) == [odd]


def test_the_earlier_in_the_name_the_nearer():
    late = make.enterprise("威海栖禾听澜商贸有限公司")
    early = make.enterprise("听澜（威海）针织有限公司")
    middle = make.enterprise("威海听澜水产有限公司")
    assert list(Enterprise.objects.nearest("听澜")) == [early, middle, late]


def test_a_renamed_enterprise_is_found_by_its_new_name_only(tinglan):
    tinglan.name = "威海拾光针织有限公司"
    tinglan.save()
    assert list(Enterprise.objects.matching("拾光")) == [tinglan]
    assert not Enterprise.objects.matching("听澜").exists()


def test_the_database_cuts_pairs_as_the_portal_does(tinglan):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_text, search_grams FROM enterprises_enterprise WHERE id = %s", [tinglan.pk])
        text, pairs = cursor.fetchone()
    assert sorted(pairs) == sorted(search.grams(text))


def test_initials_follow_the_reading_of_words():
    assert search.initials("威海重庆路银行大厦A座3号") == "WHCQLYHDSAZ3H"


def test_a_search_among_many_uses_the_index():
    rows = [Enterprise(uscc=make.uscc(n), name=f"威海第{n}号海产品有限公司", district_id="371002") for n in range(8000)]
    for row in rows:
        row.search_text = f"{row.name} WHD{row.pk}HHCPYXGS {row.uscc}"
    Enterprise.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE enterprises_enterprise")
    for found in (Enterprise.objects.matching("第777"), Enterprise.objects.matching("第777").filter(district="371002")):
        assert "enterprises_by_fragment" in found.explain()


def test_rows_are_read_without_their_pairs(tinglan, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        list(Enterprise.objects.all())
    assert "search_grams" not in queries[0]["sql"]
