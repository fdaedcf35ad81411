"""The dashboard: each of its figures is that of the list which it opens, for everybody."""

from datetime import date, timedelta

import pytest

from reports import dashboard
from reports.indicators.catalogue import CATALOGUE
from tests.reports.test_indicators import autumn, autumn_once, member  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

# Who may open it; the rows behind each figure are held against it for the whole cast in test_indicators.
READERS = [
    "city_office",
    "huancui_officer",
    "huancui_supervisor",
    "huancui_union",
    "huancui_employer",
    "rongcheng_officer",
]


@pytest.fixture
def board(client, autumn):  # noqa: F811
    def of(user, query=""):
        client.force_login(user)
        page = client.get(f"/dashboard/{query}")
        assert page.status_code == 200
        return page

    return of


def test_before_anything_happened_each_panel_says_so(client, city_office):
    client.force_login(city_office)
    page = client.get("/dashboard/?wall")
    assert page.status_code == 200
    assert "截至当日还没有这方面的记录。" in page.text
    assert page.context["wall"]


class TestBoard:
    """All that only reads the one autumn."""

    @pytest.mark.parametrize("reader", READERS)
    def test_every_figure_opens_as_many_rows(self, reader, client, board):
        context = board(member(reader)).context
        drawn = [point for panel in context["panels"] for series in panel.columns for point in series.points]
        rates = {code for code in dashboard.COLUMNS if CATALOGUE[code].is_rate}
        columns = [code for code, *_ in context["table"].columns]
        told = [
            point
            for _, points in [*context["table"].rows, (None, context["table"].total)]
            for code, point in zip(columns, points, strict=True)
            if code not in rates
        ]
        opened = [point for point in drawn + told if point.href and point.value and "." not in point.shown]
        assert len(opened) > 15
        for point in opened:
            page = client.get(point.href)
            assert page.status_code == 200, point.href
            if point.href.startswith("/reports/indicators/rows/"):
                assert page.context["total"] == point.shown, point.href
            else:
                assert page.context["page"].total == point.value, point.href

    def test_a_district_sees_itself_alone(self, board):
        page = board(member("huancui_officer"))
        assert [str(place) for place, _ in page.context["table"].rows] == ["环翠"]
        assert "districts" not in [panel.key for panel in page.context["panels"]]
        assert "荣成" not in page.text.split("<main", 1)[1]

    def test_a_column_sorts_the_districts(self, board):
        def visited(query):
            return [points[0].value for _, points in board(member("city_office"), query).context["table"].rows]

        assert visited("?sort=-risk.visited_firms") == sorted(visited(""), reverse=True)
        assert visited("?sort=risk.visited_firms") == sorted(visited(""))
        assert visited("?sort=nonsense") == visited("")

    def test_weeks_are_whole_and_none_is_missing(self, board, autumn, on):  # noqa: F811
        (panel,) = [panel for panel in board(member("city_office")).context["panels"] if panel.key == "visits"]
        first = autumn.starts_on - timedelta(days=autumn.starts_on.weekday())
        assert len(panel.categories) == (on - first).days // 7 + 1
        assert panel.categories[1] == f"{(first + timedelta(days=7)).month}月{(first + timedelta(days=7)).day}日"
        assert sum(point.value for point in panel.series[0].points) == 6

    def test_the_chart_and_the_table_beside_it_say_the_same(self, board):
        for panel in board(member("city_office")).context["panels"]:
            for number, series in enumerate(panel.plan["series"]):
                assert [point["value"] for point in series["data"]] == [row[1][number].value for row in panel.rows]

    def test_the_day_of_the_board_is_never_after_the_cut_off(self, board, monkeypatch):
        monkeypatch.setattr("reports.dashboard_views.today", lambda: date(2023, 12, 20))
        page = board(member("city_office"))
        assert page.context["on"] == page.context["campaign"].cut_off_on
