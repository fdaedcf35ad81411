"""Deliveries in the database: stored once and whole, corrected, confirmed, undone; asked about when in doubt."""

from datetime import date

import pytest
from django.utils import timezone

from casework.jobs import Cancelled, Refused
from casework.models import Job
from enterprises import signals, tables, tasks
from enterprises.deliveries import receive
from enterprises.models import Delivery, DeliveryFault, Enterprise, Feed, RegisterChange, RememberedLayout, Signal
from tests import make
from tests.enterprises.deliveries import (
    LATER,
    TAX,
    bytes_of,
    cells_of,
    deliver,
    firms,
    known,
    tax,
    text,
    values,
    workbook,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def faults(delivery):
    return [(fault.sheet, fault.row, fault.column, fault.value, fault.reason) for fault in delivery.faults.all()]


# ── Feeds ──────────────────────────────────────────────────────────────────────────────────────


def test_good_rows_are_stored_in_fen_and_bad_ones_refused_with_place_value_and_advice():
    firm, other = firms(2)
    delivery = deliver(
        tax(
            (firm, "202306", "1,000.50", "900"),
            (other, "202306", "见附件", ""),
            (make.uscc(), "202306", "1", "1"),
            (firm.uscc[:-1], "202306", "1", "1"),
            (other, "202307", "-3", "1"),
            (other, "209906", "1", "1"),
            (other, "202313", "1", "1"),
            ("合计", "", "1001", "900"),
        )
    )
    assert (delivery.state, delivery.kind, delivery.unit, delivery.department) == ("stored", "tax", "元", "tax")
    assert (delivery.rows, delivery.accepted, delivery.changed) == (7, 1, 1)
    assert known(firm) == {"2023-06": (100050, 90000, None, None)}
    assert faults(delivery) == [
        ("", 3, "应纳税额", "见附件", "not_a_number"),
        ("", 4, "统一社会信用代码", delivery.faults.all()[1].value, "unknown_enterprise"),
        ("", 5, "统一社会信用代码", firm.uscc[:-1], "invalid_uscc"),
        ("", 6, "应纳税额", "-3", "negative_amount"),
        ("", 7, "所属期", "209906", "future_period"),
        ("", 8, "所属期", "202313", "invalid_period"),
    ]
    assert delivery.faults.first().sentence == "应纳税额中的“见附件”不是数字，请改为数字，说明文字请移到其他列。"
    assert sum(delivery.rejected.values()) == 6


def test_exact_duplicates_count_once_and_contradicting_rows_are_both_refused():
    firm, other, third = firms(3)
    delivery = deliver(
        tax(
            (firm, "202306", "10", "5"),
            (firm, "2023年6月", "10.00", "5"),
            (other, "202306", "10", "5"),
            (other, "202306", "11", "5"),
            (other, "202306", "10", "5"),
            (third, "202306", "10", "5"),
            (third, "202306", "10", "见附件"),
        )
    )
    assert (delivery.accepted, delivery.exact_duplicates) == (2, 1)
    assert delivery.rejected == {"conflicting_duplicate": 3, "not_a_number": 1}
    assert [row for _, row, *_ in faults(delivery)] == [4, 5, 6, 8]
    assert "第5、6行" in delivery.faults.first().sentence


def test_contradictions_are_found_across_sheets():
    firm = make.enterprise()
    one, two = ([TAX, [firm.uscc, firm.name, "202306", amount, 1]] for amount in (10, 11))
    delivery = deliver(workbook(("一", one), ("二", two)), "报送.xlsx")
    assert delivery.rejected == {"conflicting_duplicate": 2}
    assert [(sheet, row) for sheet, row, *_ in faults(delivery)] == [("一", 2), ("二", 2)]


def test_duplicates_are_found_across_the_batches_in_which_a_file_is_read():
    firm = make.enterprise()
    line = f'{firm.uscc},"{firm.name}",202306,1,1\n'
    delivery = deliver(",".join(TAX) + "\n" + line * (tables.BATCH_ROWS + 1))
    assert (delivery.accepted, delivery.exact_duplicates) == (1, tables.BATCH_ROWS)


def test_amounts_in_ten_thousand_yuan_are_stored_exactly():
    firm = make.enterprise()
    header = ["统一社会信用代码", "企业名称", "月份", "贷款余额", "当期应还本息", "当期实还本息", "逾期天数"]
    rows = [
        ["企业贷款还款情况表（单位：万元）"],
        header,
        [firm.uscc, firm.name, "2023年6月", 99, 1.265158, 0.000001, 3],
    ]
    delivery = deliver(workbook(("贷款", rows), ("说明", [["单位：万元"]])), "贷款.xlsx")
    assert delivery.unit == "万元"
    assert known(firm, feed=Feed.LOAN) == {"2023-06": (1265158, 1, 99000000, 3)}


def test_the_unit_may_stand_under_the_table():
    firm = make.enterprise()
    delivery = deliver(tax((firm, "202306", "1.5", "1")) + "注：金额单位为万元,,,,\r\n")
    assert (delivery.unit, known(firm)["2023-06"][0]) == ("万元", 1500000)


def test_amounts_too_fine_for_yuan_are_asked_about_and_the_answer_is_taken():
    firm = make.enterprise()
    delivery = deliver(tax((firm, "202306", "1.265158", "1.265158")))
    assert (delivery.state, delivery.question["about"], delivery.accepted) == ("asking", "unit", 0)
    assert known(firm) == {}
    answered = deliver(tax((firm, "202306", "1.265158", "1.265158")), answers={"unit": "万元"})
    assert (answered.state, known(firm)["2023-06"][0]) == ("stored", 1265158)


def test_a_missing_column_refuses_the_file():
    delivery = deliver(
        text(["统一社会信用代码", "企业名称", "所属期", "应纳税额"], [make.enterprise().uscc, "甲", "202306", "1"])
    )
    assert (delivery.state, delivery.kind) == ("refused", "tax")
    assert delivery.rejected == {"missing_column": 1}
    assert delivery.faults.get().column == "实缴税额"
    assert not Signal.objects.exists()


def test_commas_that_break_an_amount_in_two_are_not_read_as_smaller_amounts():
    firm = make.enterprise()
    delivery = deliver(
        f"统一社会信用代码,企业名称,所属期,应纳税额,实缴税额\n{firm.uscc},甲,202306,16,821.02,16,821.02\n"
    )
    assert delivery.rejected == {"not_a_number": 1}
    assert "逗号" in delivery.faults.get().sentence


def test_the_same_file_twice_changes_nothing():
    firm = make.enterprise()
    first = deliver(tax((firm, "202306", "10", "5"), (make.uscc(), "202306", "1", "1")))
    again = deliver(tax((firm, "202306", "10", "5")).replace("x", "x"))
    assert again.state == "stored", "other bytes are another file"
    content = bytes_of(first.file)
    repeated = deliver(content)
    assert (repeated.state, repeated.repeats) == ("repeated", first)
    assert (repeated.accepted, repeated.rejected) == (first.accepted, first.rejected)
    assert Signal.objects.count() == 1
    assert "没有改动任何数据" in repeated.message


def test_a_later_delivery_corrects_and_what_was_known_before_can_be_told():
    firm, other = firms(2)
    deliver(tax((firm, "202306", "10", "5"), (other, "202306", "7", "7")))
    second = deliver(tax((firm, "202306", "12", "5"), (other, "202306", "7", "7")), at=LATER)
    assert (second.accepted, second.changed) == (2, 1)
    assert known(firm)["2023-06"] == (1200, 500, None, None)
    before = Signal.objects.known_at(make.AT).get(enterprise=firm)
    assert before.due == 1000
    assert Signal.objects.filter(enterprise=other).count() == 1


def test_undoing_a_correction_brings_the_earlier_value_back_and_the_file_can_come_again(steward):
    firm = make.enterprise()
    deliver(tax((firm, "202306", "10", "5")))
    content = tax((firm, "202306", "12", "5"), (firm, "202307", "1", "1"))
    second = deliver(content, at=LATER)
    second.undo(by=steward, at=LATER)
    assert known(firm) == {"2023-06": (1000, 500, None, None)}
    assert (second.state, second.undone_by) == ("undone", steward)
    with pytest.raises(Refused):
        second.undo(by=steward, at=LATER)
    third = deliver(content, at=LATER)
    assert (third.state, third.changed) == ("stored", 2)
    assert known(firm)["2023-06"] == (1200, 500, None, None)


def test_work_that_is_stopped_stores_nothing():
    firm = make.enterprise()

    def stop(done, total, message):
        if "入库" in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        deliver(tax((firm, "202306", "10", "5")), progress=stop)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.accepted) == ("received", 0)
    assert not Signal.objects.exists()


def test_a_fault_while_storing_leaves_nothing_behind(monkeypatch):
    firm = make.enterprise()

    def fail(*args, **kwargs):
        raise RuntimeError("no space left")

    monkeypatch.setattr(signals, "_write_blocks", fail)
    with pytest.raises(RuntimeError):
        deliver(tax((firm, "202306", "10", "5"), (make.uscc(), "202306", "1", "1")))
    assert not Signal.objects.exists()
    assert not DeliveryFault.objects.exists()
    assert Delivery.objects.get().state == "received"


def test_a_file_without_any_good_row_is_not_in_force_and_may_come_again():
    content = tax((make.uscc(990), "202306", "1", "1"))
    first = deliver(content)
    assert (first.state, first.rejected) == ("refused", {"unknown_enterprise": 1})
    make.enterprise(uscc=make.uscc(990))
    assert deliver(content).accepted == 1


def test_signals_under_a_code_that_was_merged_are_stored_where_it_leads(city_office, on):
    keep, double = firms(2)
    keep.merge(double, by=city_office, on=on)
    deliver(tax((double.uscc, "202306", "10", "5")))
    assert known(keep) == {"2023-06": (1000, 500, None, None)}


# ── The error file ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", ["csv", "xlsx"])
def test_the_error_file_has_the_same_layout_and_comes_back_corrected(shape):
    firm, other = firms(2)
    rows = [
        ["威海市税款入库情况表（单位：万元）"], TAX,
        [firm.uscc, firm.name, "202306", "1", "1"],
        [firm.uscc, firm.name, "202307", "见附件", "1"],
        [other.uscc, other.name, "202306", "-3", "1"],
        ["合计", None, None, "2", "2"],
    ]  # fmt: skip
    content = workbook(("税", rows)) if shape == "xlsx" else text(*rows).encode("gb18030")
    delivery = deliver(content, f"税.{shape}")
    assert delivery.error_file.name.endswith(shape)
    returned = cells_of(delivery.error_file)
    assert returned[0][0] == rows[0][0]
    assert returned[1] == [*TAX, "备注（退回原因）"]
    assert len(returned) == 4
    assert returned[2][3] == "见附件"
    assert returned[3][3] == "-3"
    assert "不能为负数" in returned[3][5]
    returned[2][3], returned[3][3] = "2", "3"
    corrected = workbook(("税", returned)) if shape == "xlsx" else text(*returned)
    correction = deliver(corrected, f"税.{shape}", corrects=delivery, at=LATER)
    assert (correction.accepted, correction.rejected, correction.unit) == (2, {}, "万元")
    assert known(other)["2023-06"] == (3000000, 1000000, None, None)
    assert list(delivery.corrections.all()) == [correction]


def test_an_error_file_that_is_still_wrong_gets_one_column_of_remarks():
    firm = make.enterprise()
    first = deliver(tax((firm, "202306", "x", "1")))
    second = deliver(bytes_of(first.error_file), corrects=first)
    returned = cells_of(second.error_file)
    assert returned[0] == [*TAX, "备注（退回原因）"]
    assert len(returned[1]) == 6


def test_formulas_in_a_text_file_come_back_harmless():
    delivery = deliver(tax(("=cmd|' /C calc'!A0", "202306", "+1+2", "@SUM(1)")))
    line = cells_of(delivery.error_file)[1]
    assert [line[0][:2], line[3], line[4]] == ["'=", "'+1+2", "'@SUM(1)"]


def test_numbers_of_a_workbook_stay_numbers_in_its_error_file():
    firm = make.enterprise()
    delivery = deliver(workbook(("税", [TAX, [firm.uscc, firm.name, date(2023, 6, 1), -12.5, "1"]])), "税.xlsx")
    line = cells_of(delivery.error_file)[1]
    assert (line[3], line[4], line[2].date()) == (-12.5, "1", date(2023, 6, 1))


# ── The register ───────────────────────────────────────────────────────────────────────────────

REGISTER = ["序号", "统一社会信用代码", "企业名称", "所属区市", "行业代码", "成立日期", "从业人数", "经营状态"]


def register(*rows):
    return text(
        ["企业登记信息"], REGISTER, *([n, *row] for n, row in enumerate(rows, start=1)), ["合计", "", f"{len(rows)}户"]
    )


def test_a_register_file_adds_enterprises_with_all_that_follows_from_what_it_says():
    code = make.uscc()
    delivery = deliver(
        register(
            [
                code.lower(),
                "威海听澜水产有限公司",
                "威海市高新区",
                "1361",
                "2003年1月1日",
                "320",
                "存续（在营、开业、在册）",
            ]
        )
    )
    assert (delivery.kind, delivery.accepted, delivery.changed, delivery.unit) == ("register", 1, 1, "")
    firm = Enterprise.objects.get(uscc=code)
    assert (firm.district_id, firm.industry, firm.founded_on, firm.heads, firm.status) == (
        "371071",
        "C1361",
        date(2003, 1, 1),
        320,
        "active",
    )
    assert firm.size == "medium"
    assert list(Enterprise.objects.matching("whtl")) == [firm]


def test_register_rows_are_refused_for_code_district_name_number_and_date():
    good = [make.uscc(), "威海甲有限公司", "环翠区", "C1361", "2003/1/1", "3", "存续"]
    delivery = deliver(
        register(
            good,
            [make.uscc()[:-1] + "?", *good[1:]],
            [make.uscc(), "威海乙有限公司", "烟台市芝罘区", *good[3:]],
            [make.uscc(), "", *good[2:]],
            [make.uscc(), *good[1:5], "若干", "存续"],
            [make.uscc(), *good[1:4], "去年", "3", "存续"],
            [make.uscc(), *good[1:4], "2099-01-01", "3", "存续"],
            [make.uscc(), *good[1:4], "", "", ""],
        )
    )
    assert delivery.accepted == 2
    assert delivery.rejected == {
        "invalid_uscc": 1, "unknown_district": 1, "missing_column": 1, "not_a_number": 1, "invalid_period": 1,
        "future_period": 1,
    }  # fmt: skip


def test_register_rows_that_contradict_each_other_are_refused_and_repeats_count_once():
    one, two = make.uscc(), make.uscc()
    delivery = deliver(
        register(
            [one, "威海甲有限公司", "环翠区", "C1361", "2003/1/1", "3", "存续"],
            [one, "威海甲有限公司", "371002", "1361", "2003-01-01", "3", "在业"],
            [two, "威海乙有限公司", "环翠区", "C1361", "2003/1/1", "3", "存续"],
            [two, "威海乙有限公司", "文登区", "C1361", "2003/1/1", "3", "存续"],
        )
    )
    assert (delivery.accepted, delivery.exact_duplicates, delivery.rejected) == (1, 1, {"conflicting_duplicate": 2})
    assert "第6行" in delivery.faults.first().sentence


def test_a_later_register_corrects_what_it_says_keeps_what_it_does_not_and_leaves_a_trail():
    firm = make.enterprise(name="威海旧名有限公司", heads=80, phone="0631-5123456")
    delivery = deliver(register([firm.uscc, "威海新名有限公司", "环翠区", "", "", "400", "注销"]))
    assert values(firm.uscc, "name", "heads", "industry", "phone", "status", "size") == (
        "威海新名有限公司", 400, "C1361", "0631-5123456", "cancelled", "medium",
    )  # fmt: skip
    change = RegisterChange.objects.get(delivery=delivery)
    assert change.before["name"] == "威海旧名有限公司"
    assert change.after["heads"] == 400
    assert list(Enterprise.objects.matching("新名")) == [firm]


def test_a_register_that_says_nothing_new_changes_nothing():
    firm = make.enterprise()
    delivery = deliver(register([firm.uscc, firm.name, "环翠区", "C1361", "2012-05-08", "80", "存续"]))
    firm.refresh_from_db()
    assert (delivery.accepted, delivery.changed, firm.version) == (1, 1 if firm.size else 0, firm.version)
    again = deliver(register([firm.uscc, firm.name, "环翠", "1361", "2012年5月8日", "80", "在业"]))
    assert (again.accepted, again.changed) == (1, 0)


def test_undoing_a_register_restores_what_was_not_changed_again_since(steward):
    firm, other = make.enterprise(name="威海旧名有限公司"), make.enterprise(name="威海老号有限公司")
    new, used = make.uscc(), make.uscc()
    line = ["环翠区", "C1361", "2012-05-08", "80", "存续"]
    first = deliver(
        register(
            [firm.uscc, "威海改名有限公司", *line],
            [other.uscc, "威海二名有限公司", *line],
            [new, "威海新企有限公司", *line],
            [used, "威海有数有限公司", *line],
        )
    )
    deliver(register([other.uscc, "威海三名有限公司", *line]))
    deliver(tax((used, "202306", "1", "1")))
    first.undo(by=steward, at=LATER)
    assert values(firm.uscc, "name") == ("威海旧名有限公司",)
    assert values(other.uscc, "name") == ("威海三名有限公司",)
    assert not Enterprise.objects.filter(uscc=new).exists()
    assert Enterprise.objects.filter(uscc=used).exists()
    assert "其中2户" in Delivery.objects.get(pk=first.pk).message


def test_an_entry_under_a_merged_code_changes_nothing(city_office, on):
    keep, double = firms(2)
    keep.merge(double, by=city_office, on=on)
    delivery = deliver(register([double.uscc, "威海旧代码有限公司", "环翠区", "C1361", "2012-05-08", "80", "存续"]))
    assert (delivery.accepted, delivery.changed) == (1, 0)
    assert values(double.uscc, "name") == (double.name,)


# ── Answers, memory, background ────────────────────────────────────────────────────────────────


def ambiguous(firm):
    return text(
        ["统一社会信用代码", "企业名称", "所属期", "应纳税额", "应缴税额", "实缴税额"],
        [firm.uscc, firm.name, "202306", "10", "20", "5"],
    )


def test_an_answer_is_remembered_for_the_department_and_its_header(steward):
    firm = make.enterprise()
    delivery = deliver(ambiguous(firm))
    assert delivery.question["meaning"] == "due"
    delivery.answer({"columns": {"due": "应缴税额"}}, by=steward, at=LATER, remember=True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answers) == ("received", {"columns": {"due": "应缴税额"}})
    work_off()
    assert known(firm)["2023-06"][0] == 2000
    assert RememberedLayout.objects.get().department == "tax"
    later = deliver(ambiguous(firm).replace("202306", "202307"))
    assert (later.state, known(firm)["2023-07"][0]) == ("stored", 2000)
    assert "按记住的格式读取。" in later.layout["notes"]


def test_another_word_on_a_stored_file_undoes_it_and_stores_it_anew(steward):
    firm = make.enterprise()
    first = deliver(tax((firm, "202306", "10", "5")))
    again = first.answer({"unit": "万元"}, by=steward, at=LATER)
    work_off()
    first.refresh_from_db()
    again.refresh_from_db()
    assert (first.state, again.state, again.corrects) == ("undone", "stored", first)
    assert known(firm)["2023-06"][0] == 10000000


def test_a_recheck_takes_the_rows_whose_enterprises_have_come_since(steward):
    firm, code = make.enterprise(), make.uscc(880)
    first = deliver(tax((firm, "202306", "10", "5"), (code, "202306", "1", "1")))
    make.enterprise(uscc=code)
    again = first.recheck(by=steward, at=LATER)
    work_off()
    again.refresh_from_db()
    assert (again.accepted, again.changed, again.rejected) == (2, 1, {})


def test_files_handed_in_together_wait_for_the_register_among_them(steward, monkeypatch):
    from django.core.files.base import ContentFile

    monkeypatch.setattr(tasks, "WAIT_SECONDS", 0)
    code = make.uscc()
    entry = [code, "威海新企有限公司", "环翠区", "C1361", "2012-05-08", "80", "存续"]
    feed = receive(ContentFile(tax((code, "202306", "1", "1")).encode(), "税.csv"), by=steward, at=timezone.now())
    receive(ContentFile(register(entry).encode(), "登记.csv"), by=steward, at=timezone.now())
    work_off()
    feed.refresh_from_db()
    assert (feed.state, feed.accepted) == ("stored", 1)


def test_an_empty_file_is_not_kept(steward):
    from django.core.files.base import ContentFile

    with pytest.raises(Refused):
        receive(ContentFile(b"", "空.csv"), by=steward, at=timezone.now())
    assert not Delivery.objects.exists()


def test_months_and_enterprises_of_a_delivery_are_counted():
    one, two = firms(2)
    delivery = deliver(tax((one, "202306", "1", "1"), (two, "202306", "1", "1"), (one, "202307", "1", "1")))
    assert list(delivery.months.values_list("month", "enterprises")) == [(date(2023, 6, 1), 2), (date(2023, 7, 1), 1)]


def work_off():
    """What the workers do when the bell rings, until nothing is left."""
    while job := Job.objects.filter(state="waiting").order_by("pk").first():
        assert job.take(timezone.now())
        job.run()
        job.refresh_from_db()
        assert job.state == "done", job.message
