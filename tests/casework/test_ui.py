"""How figures, dates, levels and fields are written: the same on every page."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from casework.pages import Page
from casework.templatetags import ui
from tests import make


@pytest.mark.parametrize(
    ("written", "as_"),
    [
        (ui.thousands(36214), "36,214"),
        (ui.thousands(1234567), "1,234,567"),
        (ui.thousands(0), "0"),
        (ui.wan(28_374_512_00), "2,837.45"),
        (ui.wan(-500_000_00), "-50.00"),
        (ui.wan(0), "0.00"),
        (ui.wan(None), "—"),
        (ui.cny(1_234_56), "1,234.56"),
        (ui.percent(0.585), "59%"),
        (ui.percent(0.125), "13%"),
        (ui.percent(None), "—"),
        (ui.day(date(2023, 7, 14)), "7月14日"),
        (ui.month(date(2023, 6, 1)), "2023年6月"),
        (ui.signed(21), "+21"),
        (ui.signed(-3.0), "−3"),
        (ui.signed(4.5), "+4.5"),
        (ui.signed(-0.04), "0"),
        (ui.signed(0), "0"),
    ],
)
def test_figures_are_written_the_way_of_the_office(written, as_):
    assert written == as_


@pytest.mark.parametrize(
    ("level", "name", "word"),
    [(3, "red", "红"), (2, "orange", "橙"), (1, "yellow", "黄"), (0, "blue", "蓝"), (None, "none", "未评")],
)
def test_a_level_is_a_word_and_a_shape_as_well_as_a_colour(level, name, word):
    assert render_to_string("_ui/_level.html", {"level": level}).strip() == (
        f'<span class="level level-{name}">{word}</span>'
    )


@pytest.mark.parametrize(
    ("due_on", "written"),
    [
        (date(2023, 11, 18), '<span class="due late">逾期 2 天</span>'),
        (date(2023, 11, 20), '<span class="due today">今天</span>'),
        (date(2023, 12, 1), '<span class="due">12月1日</span>'),
    ],
)
def test_a_due_date_says_how_late_it_is(due_on, written):
    assert written in render_to_string("_ui/_due.html", {"due_on": due_on, "portal_day": make.ON})


def test_a_statutory_date_names_its_article():
    context = {"due_on": make.ON, "portal_day": make.ON, "article": "山东省企业工资集体协商条例 §21"}
    assert "条例 §21" in render_to_string("_ui/_due.html", context)


@pytest.mark.parametrize(
    ("delta", "written"),
    [
        (21, '<span class="up">+21</span>'),
        (-3, '<span class="down">−3</span>'),
        (0, '<span class="sub">0</span>'),
        (None, '<span class="sub">—</span>'),
    ],
)
def test_a_change_is_signed(delta, written):
    assert render_to_string("_ui/_delta.html", {"delta": delta}).strip() == written


def test_the_pager_says_which_rows_of_how_many():
    page = Page(rows=["row"] * 50, number=2, total=1208, per_page=50, query="level=3")
    written = render_to_string("_ui/_pager.html", {"page": page})
    assert "第 51–100 户，共 1,208 户" in written
    assert 'rel="prev" href="?level=3&amp;page=1"' in written
    assert 'rel="next" href="?level=3&amp;page=3"' in written


def test_a_list_of_one_page_is_not_turned():
    page = Page(rows=["row"], number=1, total=1, per_page=50, query="")
    written = render_to_string("_ui/_pager.html", {"page": page, "unit": "人"})
    assert "第 1–1 人，共 1 人" in written
    assert "<nav" not in written


class Trial(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    role = forms.ChoiceField(label="岗位", choices=[("a", "甲")], required=False)
    agreed = forms.BooleanField(label="已核对")
    kind = forms.ChoiceField(label="事由", choices=[("a", "用工体检")], widget=forms.RadioSelect)


def test_a_field_brings_its_label_hint_and_error_for_eye_and_ear():
    form = Trial(QueryDict("role=b"))
    written = render_to_string("_ui/_form.html", {"form": form})
    assert '<label class="form-label" for="id_name">姓名</label>' in written
    assert 'aria-describedby="id_name_helptext id_name_error"' in written
    assert 'id="id_name_helptext">与身份证一致</div>' in written
    assert 'class="form-control is-invalid"' in written
    assert 'class="form-select is-invalid"' in written
    assert 'class="form-check-input is-invalid"' in written
    assert '<legend class="form-label">事由</legend>' in written
    assert "岗位 <span" in written  # optional fields say so


def test_errors_of_the_whole_form_stand_first():
    form = Trial(QueryDict(""))
    form.add_error(None, "请先选择区市。")
    written = render_to_string("_ui/_form.html", {"form": form})
    assert written.index("请先选择区市。") < written.index("姓名")
    assert 'role="alert"' in written


def test_invented_data_are_called_so_on_every_page(client, db, settings):
    assert "演示数据" not in client.get("/login/").text
    settings.DEMONSTRATION = True
    assert "演示数据 · 演示日期 2023-11-20 · 所有企业和人员均为虚构" in client.get("/login/").text


def test_no_page_holds_scripts_or_styles_of_its_own(client, administrator):
    """The Content-Security-Policy would stop them; templates do not try."""
    import re

    from config.embedded import ROOT

    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I)
    tried = {str(path) for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())}
    assert not tried
    client.force_login(administrator)
    policy = client.get("/people/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
