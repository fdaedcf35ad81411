"""A wage offer from the proposal to the publication, and one that is refused, urged and opined upon."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from negotiations.models import Consultation, Contract
from tests import make
from tests.browser.acts import log_in
from tests.browser.axe import Console, look_over
from tests.negotiations import cases

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "威海虚构远航水产食品有限公司"
AMOUNTS = ("营业收入", "上缴税收", "净利润", "职工工资总额", "职工平均工资", "社会保险费用缴纳")


@pytest.fixture(autouse=True)
def _patience():
    """The web server and the browser share the machine with whatever else runs."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)  # Playwright's own


@pytest.fixture
def desk(browser, portal, transactional_db):
    """`desk("huancui_union")` is the window of a person who is logged in; it stays open. Nothing may complain."""
    opened = {}

    def of(username):
        if username not in opened:
            context = browser.new_context(base_url=portal, locale="zh-CN", viewport={"width": 1440, "height": 900})
            page = context.new_page()
            opened[username] = page, Console(page)
            log_in(page, username)
        return opened[username][0]

    yield of
    complaints = [line for _, console in opened.values() for line in console.complaints]
    for page, _ in opened.values():
        page.context.close()
    assert not complaints


def test_a_wage_offer_from_the_proposal_to_the_publication(
    desk, huancui_union, huancui_officer, huancui_employer, rongcheng_officer
):
    firm = make.enterprise(NAME, contact="王某")
    union = desk("huancui_union")
    offer = propose(union, firm)
    deed(union, offer, "登记签收", 签收日期="2023-09-02", 签收人="办公室主任")
    deed(union, offer, "登记同意协商", 答复日期="2023-09-08", 协商日期="2023-09-25", 答复内容="同意协商")
    expect(union.locator(".clocks")).to_contain_text("2023-11-07")  # sixty days to the signature
    deed(desk("huancui_employer"), offer, "确认会员答复")
    deed(union, offer, "登记资料提供", 提供日期="2023-09-14", **{f"{label}（元）": "860000" for label in AMOUNTS})
    cases.seat(offer)
    deed(
        union, offer, "登记协商会议", 会议日期="2023-09-25", 地点="会议室", 记录员="办公室文员",
        职工方到会代表="3", 企业方到会代表="3", 会议记录="双方就支付周期达成一致。",
    )  # fmt: skip
    agree_on_the_clauses(union, offer)
    deed(union, offer, "形成合同草案")
    deed(
        union,
        offer,
        "登记表决通过",
        表决日期="2023-10-18",
        应到人数="40",
        实到人数="40",
        赞成="21",
        反对="19",
        弃权="0",
    )
    deed(
        union, offer, "登记签订", 签订日期="2023-10-20", 起始日期="2023-10-20", 届满日期="2024-10-19",
        覆盖职工人数="160", 双方首席代表已签字=True,
    )  # fmt: skip
    contract = Contract.objects.get()
    publish(union, desk("huancui_officer"), contract)
    another_district_finds_nothing(desk("rongcheng_officer"), offer, contract)


def propose(page, firm):
    page.goto(reverse("enterprises:detail", args=[firm.pk]))
    page.get_by_role("link", name="发起协商").click()
    page.get_by_label("企业类别").select_option(label="生产经营困难")
    page.get_by_text("通知议题：生产经营困难").click()
    page.get_by_text("工资支付周期", exact=True).click()
    page.get_by_label("要约理由").fill("近期订单减少，就支付周期协商一致。")
    look_over(page)
    page.get_by_role("button", name="拟定要约").click()
    expect(page.locator(".stage").first).to_have_text("拟定中")
    offer = Consultation.objects.get()
    assert (offer.sender, offer.addressee) == (f"{NAME}工会委员会", NAME)
    deed(page, offer, "发出要约", 要约书编号="协要〔2023〕1号", 发出日期="2023-09-01", 协商日期="2023-09-25",
         协商地点="企业会议室")  # fmt: skip
    with page.expect_download() as download:
        page.get_by_role("link", name="要约书（Word）").click()
    assert download.value.suggested_filename.endswith(f"{NAME}.docx")
    return offer


def agree_on_the_clauses(page, offer):
    page.get_by_role("link", name="填写条款").first.click()
    page.get_by_label("第1条职工方意见").fill("每月10日前发放")
    page.get_by_label("第1条企业方意见").fill("每月25日前发放")
    page.get_by_label("第1条商定文本").fill("每月15日前发放上月工资")
    page.get_by_label("已商定（第1条）").check()
    look_over(page)
    page.get_by_role("button", name="保存条款").click()
    expect(page.locator("table.clauses")).to_contain_text("每月15日前发放上月工资")
    look_over(page)


def publish(union, officer, contract):
    union.goto(contract.get_absolute_url())
    union.get_by_role("link", name="报送审查").click()
    union.get_by_label("报送日期").fill("2023-10-25")
    for item in union.locator(".chips label").all():
        item.click()
    union.get_by_role("button", name="报送审查").click()
    expect(union.locator(".stage").first).to_have_text("审查中")
    expect(union.get_by_role("link", name="审查通过")).to_have_count(0)  # only the labour authority reviews
    assert union.goto(f"{contract.get_absolute_url()}approve/").status == 403
    deed(officer, contract, "审查通过", 审查日期="2023-11-02", 审查意见="未提出异议")
    deed(union, contract, "登记公布", 公布日期="2023-11-06")
    deed(union, contract, "登记报上级工会", 报备日期="2023-11-08")
    expect(union.locator(".stage").first).to_have_text("履行中")
    look_over(union)
    union.goto(reverse("negotiations:contracts"))
    expect(union.locator("tbody")).to_contain_text(NAME)
    union.goto(reverse("negotiations:import_contracts"))
    look_over(union)


def another_district_finds_nothing(page, offer, contract):
    for record in (offer, contract):
        assert page.goto(record.get_absolute_url()).status == 404
    for address in (reverse("negotiations:list"), f"{reverse('negotiations:contracts')}?show=all"):
        page.goto(address)
        expect(page.get_by_text(NAME)).to_have_count(0)


def test_an_offer_that_is_refused_is_urged_opined_upon_and_proposed_to_the_authority(
    desk, huancui_union, huancui_officer, huancui_employer
):
    offer = cases.consultation(make.enterprise(NAME), state=Consultation.State.RECEIVED)
    union = desk("huancui_union")
    union.goto(reverse("negotiations:list"))
    expect(union.locator("tbody")).to_contain_text("企业方书面答复")
    deed(union, offer, "登记拒绝协商", 答复日期="2023-08-11", 拒绝的理由="目前暂不具备协商条件")
    listed(union, "应当督促")
    deed(desk("huancui_officer"), offer, "督促", 督促内容="无正当理由不得拒绝协商，请依法答复。")
    listed(union, "可发意见书")
    deed(union, offer, "发出意见书", 意见书内容="拒绝工资集体协商不符合规定，建议改正。")
    deed(union, offer, "登记意见书答复", 答复日期="2023-11-20", 答复内容="仍不同意协商")
    listed(union, "可提建议书")
    deed(union, offer, "提出建议书", 建议书内容="企业拒不改正，建议依法处理。", 人社部门签收日期="2023-11-20")
    with union.expect_download():
        union.get_by_role("link", name="Word", exact=True).first.click()
    deed(desk("huancui_officer"), offer, "答复建议书", 答复="已责令限期改正。")
    expect(desk("huancui_officer").locator(".clocks")).to_contain_text("答复建议书")
    employer = desk("huancui_employer")
    for move in ("urge", "opine", "propose", "answer", "agree"):
        assert employer.goto(f"{offer.get_absolute_url()}{move}/").status == 403, move


def test_an_industry_bargains_from_the_list_to_the_letter_with_the_enterprises_that_take_part(desk, huancui_union):
    firms = [make.enterprise(district="371002", name=f"{NAME}{number}号") for number in ("一", "二")]
    page = desk("huancui_union")
    page.goto(reverse("negotiations:list"))
    page.get_by_role("link", name="发起行业性、区域性协商").click()
    page.get_by_label("行业或区域").fill("水产品加工")
    page.get_by_label("企业类别").select_option(label="生产经营正常、效益良好")
    page.get_by_text("计时工资、计件单价、劳动定额", exact=True).click()
    look_over(page)
    page.get_by_role("button", name="拟定要约").click()
    expect(page.get_by_text("还没有登记参加企业")).to_be_visible()
    offer = Consultation.objects.get()
    for firm in firms:
        deed(page, offer, "登记参加企业", 统一社会信用代码=firm.uscc)
    deed(page, offer, "发出要约", 要约书编号="协要〔2023〕2号", 发出日期="2023-09-01", 协商日期="2023-09-25",
         协商地点="行业工会会议室", 要约理由="计件单价高低不一")  # fmt: skip
    expect(page.locator("#participants").locator("xpath=../..")).to_contain_text(firms[1].name)
    look_over(page)
    page.goto(reverse("negotiations:list"))
    expect(page.locator("tbody")).to_contain_text("2 户企业")


def listed(page, name):
    """The offer stands on the list of that name under the figures of the board."""
    page.goto(reverse("negotiations:list"))
    page.get_by_role("navigation", name="督办名单").get_by_role("link", name=name).click()
    expect(page.locator("tbody")).to_contain_text(NAME)
    look_over(page)


def deed(page, record, label, **fields):
    """A deed by its button, which may lie among the further ones, with what is filled in by the fields' labels."""
    page.goto(record.get_absolute_url())
    button = page.locator(".deeds").get_by_role("link", name=label, exact=True)
    if not button.is_visible():
        page.get_by_text("其他办理").click()
    button.click()
    for name, value in fields.items():
        field = page.get_by_label(name).and_(page.locator("#deed input, #deed textarea")).first
        field.check() if value is True else field.fill(value)
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text(f"已{label}。")).to_be_visible()
