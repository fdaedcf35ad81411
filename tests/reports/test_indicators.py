"""The catalogue: each figure is what its list and its file hold, for everybody; districts add up to the city."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Can
from campaigns import figures
from campaigns.models import Campaign
from casework import exports
from casework.listings import LISTINGS, parameters_of
from negotiations.models import Consultation, Contract, Side
from reports.indicators import checks, tables
from reports.indicators.catalogue import CATALOGUE, readable_by
from reports.listings import rows_of
from risks.models import Level, Rectification
from tests import make
from tests.negotiations import cases

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"


@pytest.fixture
def campaign(on):
    return Campaign.objects.running(on)


@pytest.fixture(scope="class")
def autumn_once(django_db_setup, django_db_blocker):
    """One autumn for all tests of the class; what each changes is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        people = {username: make.member_of_the_cast(username) for username in make.cast()}
        sow(Campaign.objects.running(make.ON), people["huancui_officer"], people["rongcheng_officer"], make.ON)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def autumn(autumn_once, db, on):
    return Campaign.objects.running(on)


def member(username):
    """A member of the cast, in the autumn."""
    return User.objects.get(username=username)


def sow(campaign, huancui_officer, rongcheng_officer, on):
    """Some of everything that is counted, in two districts."""
    run = make.run(finished_at=make.AT - timedelta(days=30))
    for district, officer in ((HUANCUI, huancui_officer), (RONGCHENG, rongcheng_officer)):
        for number in range(2 if district == HUANCUI else 1):
            firm = make.enterprise(district=district)
            make.score(firm, run, level=Level.RED if number else Level.YELLOW)
            make.inspection(firm, by=officer, answers={"4.1": ("no", "未发工资"), "2.1": "no"})
            make.inspection(firm, by=officer)
            make.arrears(firm, by=officer)
            make.major(firm, by=officer)
            make.decision(firm, by=officer, level=Level.RED)
            Rectification(
                enterprise=firm, district_id=district, campaign=campaign, matter="补发工资", person="财务部",
                due_on=on - timedelta(days=3),
            ).open(by=officer, on=on - timedelta(days=20))  # fmt: skip
            offer = cases.consultation(firm, state=Consultation.State.REFUSED, replied_on=date(2023, 8, 10))
            cases.consultation(firm, state=Consultation.State.RECEIVED, offered_by=Side.EMPLOYERS)
            offer.meetings.create(
                district_id=district, number=1, held_on=date(2023, 8, 28), place="会议室", chair=Side.WORKERS,
                recorder="记录", workers_present=3, employers_present=3, minutes="",
            )  # fmt: skip
            cases.contract(firm, state=Contract.State.EFFECTIVE)
            mechanism = cases.mechanism(firm)
            mechanism.terms.create(
                district_id=district, topic="hours", standard="每日不超过8小时", from_on=on, by=officer
            )


def rows_in_file(user, query):
    file = io.BytesIO()
    exports.write(file, LISTINGS["reports:rows"], query, "csv", by=user, at=make.AT)
    lines = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    head = next(number for number, line in enumerate(lines) if line[0] == "企业（合同）")
    return [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]


def test_a_merged_enterprise_counts_as_the_one_that_it_is_now(campaign, on, steward):
    one, double = make.enterprise(), make.enterprise()
    make.inspection(one)
    make.inspection(double)
    one.merge(double, by=steward, on=on)
    table = tables.of([CATALOGUE["risk.visited_firms"], CATALOGUE["risk.visits"]], campaign, on=on)
    assert (table.value("risk.visited_firms"), table.value("risk.visits")) == (1, 2)


def test_a_persons_word_on_a_level_goes_before_the_scores(campaign, on):
    run, firm = make.run(), make.enterprise()
    make.score(firm, run, level=Level.YELLOW)
    levels = [CATALOGUE[f"risk.level_{name}"] for name in ("red", "orange", "yellow", "blue")]
    assert tables.of(levels, campaign, on=on).value("risk.level_yellow") == 1
    make.decision(firm, level=Level.ORANGE, scored_level=Level.YELLOW)
    table = tables.of(levels, campaign, on=on)
    assert (table.value("risk.level_yellow"), table.value("risk.level_orange")) == (0, 1)


def test_arrears_out_of_all_proportion_are_pointed_at(campaign, on):
    make.arrears(workers=2, amount=30_000_000)
    indicators = [CATALOGUE[code] for code in ("arrears.amount", "arrears.workers")]
    hints = checks.of(tables.of(indicators, campaign, on=on), [HUANCUI, RONGCHENG])
    assert [(hint.code, hint.district) for hint in hints] == [("arrears.amount", HUANCUI)]
    assert "150,000 元" in hints[0].sentence


def test_a_jump_and_a_zero_among_others_are_pointed_at(campaign, on):
    codes = ["371002", "371003", "371082", "371083", "371071", "371072"]
    before = tables.Table(campaign, on - timedelta(days=7), {"risk.visits": dict.fromkeys(codes, 10)})
    now = tables.Table(campaign, on, {"risk.visits": dict.fromkeys(codes[:5], 11) | {"371002": 60}})
    hints = checks.of(now, codes, before=before)
    assert [(hint.district, "重复" in hint.sentence) for hint in hints] == [("371002", True), ("371072", False)]


def test_a_day_that_cannot_be_is_said(client, city_office):
    client.force_login(city_office)
    page = client.get(reverse("reports:indicators"), {"on": "明天"}).content.decode()
    assert "日期请按" in page
    assert "不能查看以后" in client.get(reverse("reports:indicators"), {"on": "2024-02-01"}).content.decode()


class TestAutumn:
    """All that only reads the one autumn."""

    @pytest.mark.parametrize("reader", make.cast())
    def test_a_figure_is_what_its_list_and_its_file_hold(self, reader, autumn, on):
        user = member(reader)
        readable = [each for each in readable_by(user) if not each.is_rate]
        table = tables.of(readable, autumn, on=on, user=user)
        assert bool(readable) == user.may(Can.READ_REPORTS)
        for each in readable:
            query = f"code={each.code}&on={on}"
            listed = list(rows_of(user, parameters_of(query)).qs)
            assert sum(row.share for row in listed) == table.value(each.code), each.code
            if each.sums is None:
                assert len(listed) == table.value(each.code), each.code
            if user.may(Can.EXPORT) and listed:
                written = rows_in_file(user, query)
                assert len(written) == len(listed), each.code
                told = sum(
                    Decimal(row["计入金额（元）"]) * 100 if each.is_money else int(row["计入数"]) for row in written
                )
                assert told == table.value(each.code), each.code

    def test_the_districts_add_up_to_the_city(self, autumn, on):
        readable = readable_by(member("city_office"))
        whole = tables.of(readable, autumn, on=on)
        for each in readable:
            if not each.is_rate:
                alone = [
                    tables.of([each], autumn, on=on, district=code).value(each.code) for code in (HUANCUI, RONGCHENG)
                ]
                counted = sum(row.share for row in each.counted(autumn, on))
                assert sum(alone) == whole.value(each.code) == counted, each.code

    def test_every_kind_of_figure_is_counted_in_the_autumn(self, autumn, on):
        table = tables.of(readable_by(member("city_office")), autumn, on=on, user=member("city_office"))
        told = {code: (table.value(code, HUANCUI), table.value(code)) for code in (
            "risk.visits", "risk.visited_firms", "risk.visited_heads", "risk.findings", "risk.findings_wages",
            "risk.ledger_overdue", "risk.level_red", "risk.level_yellow", "arrears.workers", "arrears.amount",
            "bargain.offers", "bargain.offers_employers", "bargain.refused", "bargain.unanswered", "bargain.meetings",
            "contract.wage", "contract.workers", "contract.effective", "platform.topic_hours", "early.layoff",
        )}  # fmt: skip
        assert told == {
            "risk.visits": (4, 6), "risk.visited_firms": (2, 3), "risk.visited_heads": (160, 240),
            "risk.findings": (4, 6), "risk.findings_wages": (2, 3), "risk.ledger_overdue": (2, 3),
            "risk.level_red": (2, 3), "risk.level_yellow": (0, 0), "arrears.workers": (24, 36),
            "arrears.amount": (19_200_000, 28_800_000), "bargain.offers": (4, 6), "bargain.offers_employers": (2, 3),
            "bargain.refused": (2, 3), "bargain.unanswered": (2, 3), "bargain.meetings": (2, 3),
            "contract.wage": (2, 3), "contract.workers": (172, 258), "contract.effective": (2, 3),
            "platform.topic_hours": (2, 3),
            "early.layoff": (2, 3),
        }  # fmt: skip

    def test_what_happened_after_the_day_does_not_count(self, autumn):
        early = tables.of(readable_by(member("city_office")), autumn, on=date(2023, 7, 15), user=member("city_office"))
        assert {code for code, values in early.values.items() if any(values.values())} == {"risk.register"}

    def test_the_page_shows_a_district_its_own_figures_alone(self, client, autumn, on):
        client.force_login(member("huancui_officer"))
        page = client.get(reverse("reports:indicators")).content.decode()
        assert "入户走访" in page
        assert "荣成" not in page
        rows = client.get(CATALOGUE["risk.visits"].address(RONGCHENG, on))
        assert rows.context["total"] == "4"  # what another district has cannot be asked for

    def test_who_may_not_read_the_records_is_not_shown_the_figure(self, client, autumn):
        client.force_login(member("huancui_employer"))
        assert "欠薪金额" not in client.get(reverse("reports:indicators")).content.decode()
        assert client.get(reverse("reports:rows"), {"code": "arrears.amount"}).status_code == 404

    def test_the_api_tells_the_same_values(self, client, autumn, on):
        client.force_login(member("city_office"))
        told = {row["code"]: row for row in client.get("/api/indicators/", {"on": on}).json()}
        assert told["arrears.amount"]["values"][HUANCUI] == 19_200_000
        rows = client.get("/api/indicator-rows/", {"code": "risk.visits", "on": on}).json()
        assert len(rows["results"]) == told["risk.visits"]["total"] == 6

    def test_the_apps_below_read_the_catalogue_without_importing_it(self, autumn, on):
        told = {figure.code: figure for figure in figures.catalogue()}
        assert (told["risk.visits"].unit, told["risk.visits"].heading) == ("户次", "风险摸排情况")
        values = figures.values(["risk.visits", "arrears.amount", "risk.ledger_overdue_rate"],
                                campaign=autumn, district=HUANCUI, on=on)  # fmt: skip
        assert values == {"risk.visits": 4, "arrears.amount": 192_000, "risk.ledger_overdue_rate": 100.0}
        assert figures.rows_url("risk.visits", HUANCUI).endswith("?code=risk.visits&district=371002")
