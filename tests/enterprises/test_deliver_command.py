"""manage.py deliver and undo_delivery: the same as in the browser, for scripts."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from enterprises.models import Delivery, Enterprise, Signal
from tests import make
from tests.enterprises.deliveries import TAX, known, tax, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def run(*arguments):
    """(exit code, lines of standard output, standard error) of manage.py deliver."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("deliver", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue().splitlines(), err.getvalue()


def entry(code, name="威海新企有限公司"):
    header = ["统一社会信用代码", "企业名称", "所属区市"]
    return text(header, [code, name, "环翠区"])


def test_one_line_of_json_is_told_for_each_file_and_the_register_goes_first(file):
    code = make.uscc()
    status, lines, _ = run(
        "--json", file("a.csv", tax((code, "202306", "1", "1"), ("x", "202306", "1", "1"))), file("b.csv", entry(code))
    )
    first, second = map(json.loads, lines)
    assert status == 0
    assert (first["file"], first["kind"], first["unit"], first["accepted"]) == ("b.csv", "register", None, 1)
    assert second == {
        "file": "a.csv", "kind": "tax", "encoding": "utf-8", "unit": "元", "rows": 2, "accepted": 1,
        "exact_duplicates": 0, "rejected": {"invalid_uscc": 1}, "delivery": Delivery.objects.get(name="a.csv").pk,
    }  # fmt: skip


def test_a_dry_run_checks_everything_and_stores_nothing(file, settings):
    code = make.uscc()
    status, lines, _ = run(
        "--dry-run",
        "--json",
        file("b.csv", entry(code)),
        file("a.csv", tax((code, "202306", "1", "1"), ("x", "202306", "1", "1"))),
    )
    assert status == 0
    assert [json.loads(line)["accepted"] for line in lines] == [1, 1]
    assert [json.loads(line)["delivery"] for line in lines] == [None, None]
    assert [model.objects.count() for model in (Delivery, Signal, Enterprise)] == [0, 0, 0]
    assert not list(settings.MEDIA_ROOT.rglob("*.csv"))


def test_a_question_stores_nothing_exits_with_2_and_can_be_answered(file):
    firm = make.enterprise()
    path = file("税.csv", text([*TAX, "应缴税额"], [firm.uscc, firm.name, "202306", "10", "5", "20"]))
    status, lines, err = run("--json", path)
    told = json.loads(lines[0])
    assert (status, told["accepted"], told["question"]["meaning"]) == (2, 0, "due")
    assert "“应纳税额”可能是" in err
    assert "--column due=列名" in err
    status, lines, _ = run("--json", "--column", "应纳税额=应缴税额", path)
    assert (status, json.loads(lines[0])["accepted"], known(firm)["2023-06"][0]) == (0, 1, 2000)


def test_the_unit_can_be_told(file):
    firm = make.enterprise()
    status, lines, _ = run("--json", "--unit", "万元", file("税.csv", tax((firm, "202306", "1", "1"))))
    assert (status, json.loads(lines[0])["unit"], known(firm)["2023-06"][0]) == (0, "万元", 1000000)


def test_the_same_file_again_names_the_earlier_delivery(file):
    path = file("税.csv", tax((make.enterprise(), "202306", "1", "1"), ("x", "202306", "1", "1")))
    first, second = (json.loads(run("--json", path)[1][0]) for _ in range(2))
    assert first == second


def test_a_correction_is_delivered_under_the_first(file, steward):
    firm = make.enterprise()
    run("--json", "--by", "steward", file("税.csv", tax((firm, "202306", "x", "1"), (firm, "202307", "1", "1"))))
    first = Delivery.objects.get()
    status, _, _ = run("--corrects", str(first.pk), file("更正.csv", tax((firm, "202306", "3", "1"))))
    assert status == 0
    assert (first.by, first.corrections.get().accepted) == (steward, 1)


def test_what_was_recognised_is_told_in_words(file):
    firm = make.enterprise()
    _, lines, _ = run(
        file(
            "税.csv",
            text(
                [*TAX, "备注"],
                [firm.uscc, firm.name, "202306", "x", "5", ""],
                [firm.uscc, firm.name, "202307", "1", "5", ""],
            ),
        )
    )
    told = "\n".join(lines)
    for words in (
        "缴税，编码 utf-8，单位 元（表中未写，按元）",
        "第1行是表头",
        "没有使用的列：备注",
        "接收1行",
        "退回 not_a_number：1 行",
        "退回文件：",
    ):
        assert words in told


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(file):
    status, lines, err = run("--json", file("表.xls", b"<html><table></table></html>"))
    assert (status, json.loads(lines[0])["rows"]) == (1, 0)
    assert "网页格式" in err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["没有.csv"], "没有这个文件"),
        (["--by", "nobody"], "没有这个用户"),
        (["--corrects", "99"], "没有编号"),
        (["--column", "x"], "列名"),
    ],
)
def test_wrong_arguments_are_named(file, arguments, why):
    with pytest.raises(CommandError, match=why):
        run(*arguments, file("税.csv", "a,b"))


def test_a_delivery_is_undone_by_its_number(file, steward):
    firm = make.enterprise()
    run(file("税.csv", tax((firm, "202306", "1", "1"))))
    delivery = Delivery.objects.get()
    out = io.StringIO()
    call_command("undo_delivery", delivery.pk, "--by", "steward", stdout=out)
    assert "已撤销" in out.getvalue()
    assert known(firm) == {}
    with pytest.raises(CommandError, match="不能撤销"):
        call_command("undo_delivery", delivery.pk, "--by", "steward")


def test_blocks_can_be_rebuilt(file):
    run(file("税.csv", tax((make.enterprise(), "202306", "1", "1"))))
    out = io.StringIO()
    call_command("rebuild_blocks", stdout=out)
    assert "已重建 1 个数据块" in out.getvalue()
