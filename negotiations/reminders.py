"""What of the bargaining may wait for a person: answers, figures, signatures, letters, filings, reviews, renewals.

The union is the main writer and is reminded of all that it looks after; the labour authority of what it answers,
coordinates and reviews; the employers' side of what its member owes and of the replies that it confirms.
"""

from datetime import timedelta

from accounts.roles import Role
from casework.reminders import BEFORE, Kind, Matter, register

from .models import Consultation, Contract, Round, Seat, Side, Urging
from .models.contracts import State as Standing
from .models.stages import State as Stage

_UNION = (Role.UNION_COORDINATOR,)
_AUTHORITY = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
_EMPLOYERS = (Role.EMPLOYER_MEMBER,)


def _offers(key, label, roles, rows, day, *, awaited=False):
    """A kind of matter about consultations: `rows(on)` are those that wait, `day` the field that says since or when."""

    def matters(people, on):
        places = _by_district(people, roles)
        found = rows(on).filter(district__in=places).exclude(**{day: None}).select_related("enterprise", "district")
        for offer in found:
            for person in places[offer.district_id]:
                yield _matter(person, key, _about(offer), offer.party, offer, getattr(offer, day), awaited)

    return register(Kind(key, label, matters, roles))


def _contracts(key, label, roles, rows, day, *, awaited=False):
    def matters(people, on):
        places = _by_district(people, roles)
        for contract in rows(on).filter(district__in=places).select_related("enterprise"):
            where = contract.enterprise.name if contract.enterprise else contract.trade
            for person in places[contract.district_id]:
                yield _matter(person, key, contract.title, where, contract, day(contract), awaited)

    return register(Kind(key, label, matters, roles))


def _about(offer):
    return f"{offer.get_kind_display()}{offer.get_purpose_display()}"


def _matter(person, key, what, where, record, day, awaited=False):
    return Matter(person, key, what, where, record.get_absolute_url(), day, awaited=awaited)


def _by_district(people, roles):
    """{district code: the people of these roles who work there}."""
    found = {}
    for person in people:
        if person.role in roles and person.district:
            found.setdefault(person.district.pk, []).append(person)
    return found


# ── Offers ───────────────────────────────────────────────────────────────────────────────────

_all = Consultation.objects


def _received(on):
    return _all.filter(state=Stage.RECEIVED)


def _answered_and_not_confirmed(on):
    return _all.filter(state__in=[Stage.AGREED, Stage.REFUSED], confirmed_by=None, offered_by=Side.WORKERS)


def _without_figures(on):
    return _all.filter(state__in=[Stage.AGREED, Stage.TALKING], figures=None)


_offers("offer_reply", "要约答复到期", _UNION, _received, "reply_due_on")
_offers("offer_reply_of_member", "会员企业答复要约到期", _EMPLOYERS,
        lambda on: _received(on).filter(offered_by=Side.WORKERS), "reply_due_on")  # fmt: skip
_offers("offer_confirm", "会员企业的答复待确认", _EMPLOYERS, _answered_and_not_confirmed, "replied_on", awaited=True)
_offers("offer_refused", "拒绝协商待督促", _UNION,
        lambda on: _all.refused().filter(urgings=None), "replied_on", awaited=True)  # fmt: skip
_offers("offer_opine", "督促后仍未协商，可发意见书", _UNION, lambda on: _all.to_opine(on), "reply_due_on", awaited=True)
_offers("offer_propose", "意见书无果，可提建议书", _UNION, lambda on: _all.to_propose(on), "reply_due_on", awaited=True)
_offers("offer_seats", "公布协商代表到期", _UNION,
        lambda on: _all.open().filter(seats_published_on=None), "seats_due_on")  # fmt: skip
_offers("offer_figures", "企业提供协商资料到期", (*_UNION, *_EMPLOYERS), _without_figures, "exchange_due_on")
_offers("offer_tell_union", "报告上级工会到期", _UNION,
        lambda on: _all.filter(state__in=[Stage.AGREED, Stage.TALKING], told_union_on=None),
        "tell_union_due_on")  # fmt: skip
_offers("offer_credit", "责令改正期满，可记入诚信档案", _AUTHORITY,
        lambda on: _all.to_discredit(on), "reply_due_on", awaited=True)  # fmt: skip
_offers("offer_meet", "约定的协商日期", _UNION, lambda on: _all.filter(state=Stage.AGREED), "meet_on")
_offers("offer_sign", "签订合同到期", _UNION, lambda on: _all.under_way().counting(), "conclude_due_on")
_offers("offer_coordinate", "协调处理到期", _AUTHORITY,
        lambda on: _all.filter(state=Stage.COORDINATED), "coordination_due_on")  # fmt: skip


def to_replace(people, on):
    """Representatives who left and whose place is empty."""
    places = _by_district(people, _UNION)
    empty = Seat.objects.filter(district__in=places, replaced_by=None, consultation__in=_all.open())
    for seat in empty.exclude(replace_due_on=None).select_related("consultation__enterprise", "consultation__district"):
        offer = seat.consultation
        for person in places[seat.district_id]:
            yield _matter(person, "offer_vacant", f"接替协商代表{seat.name}", offer.party, offer, seat.replace_due_on)


def letters_to_answer(people, on):
    """An 意见书 whose answer the union waits for, and a 建议书 that the authority answers."""
    whose = {
        Urging.What.OPINION: _by_district(people, _UNION),
        Urging.What.PROPOSAL: _by_district(people, _AUTHORITY),
    }
    rows = Urging.objects.to_be_answered().filter(district__in=set().union(*whose.values()))
    for letter in rows.exclude(answer_due_on=None).select_related("consultation__enterprise", "consultation__district"):
        offer = letter.consultation
        for person in whose[letter.what].get(letter.district_id, ()):
            what = f"{letter.short}：{_about(offer)}"
            yield _matter(person, "offer_letter", what, offer.party, offer, letter.answer_due_on)


register(Kind("offer_vacant", "代表空缺待接替", to_replace, _UNION))
register(Kind("offer_letter", "意见书、建议书答复到期", letters_to_answer, (*_UNION, *_AUTHORITY)))


# ── Contracts and platforms ──────────────────────────────────────────────────────────────────

_signed = Contract.objects

_contracts("contract_file", "合同报送审查到期", _UNION,
           lambda on: _signed.filter(state=Standing.SIGNED),
           lambda contract: contract.file_due_on)  # fmt: skip
_contracts("contract_review", "合同审查到期", _AUTHORITY, lambda on: _signed.under_review(),
           lambda contract: contract.review_due_on)  # fmt: skip
_contracts("contract_publish", "合同公布到期", _UNION, lambda on: _signed.filter(state=Standing.EFFECTIVE),
           lambda contract: contract.publish_due_on)  # fmt: skip
_contracts("contract_tell_union", "合同报上级工会备案", _UNION, lambda on: _signed.untold(),
           lambda contract: contract.in_force_on, awaited=True)  # fmt: skip
_contracts("contract_renew", "合同应当续订", _UNION,
           lambda on: _signed.to_renew(on).filter(consultations=None),
           lambda contract: contract.renew_from, awaited=True)  # fmt: skip
_contracts("contract_report", "应报告合同履行情况", _UNION,
           lambda on: _signed.report_missing(on + timedelta(days=max(BEFORE))),
           lambda contract: contract.report_due.on)  # fmt: skip
_contracts("contract_dissolved", "合同解除报备到期", _UNION,
           lambda on: _signed.filter(state=Standing.DISSOLVED, ending__filed_on=None)
           .exclude(ending__file_due_on=None).select_related("ending"),
           lambda contract: contract.ending.file_due_on)  # fmt: skip


def rounds_to_hold(people, on):
    places = _by_district(people, _UNION)
    rows = Round.objects.filter(district__in=places, held_on=None, mechanism__state="working")
    for meeting in rows.select_related("mechanism__enterprise"):
        for person in places[meeting.district_id]:
            mechanism = meeting.mechanism
            yield _matter(person, "platform_round", "平台定期协商", str(mechanism), mechanism, meeting.planned_on)


register(Kind("platform_round", "平台定期协商", rounds_to_hold, _UNION))
