"""A person's devices: a lost laptop is seen, shut and brought back, deactivated at last; and where nobody may look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.support import aim, user_id
from tests.desk.verification.test_ruling import ruled
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.obstacles import Obstructed
from tui.desk.ledger.entry import Outcome
from tui.desk.people.card import card
from tui.desk.perform.perform import perform
from tui.desk.rules.tiers import Tier
from tui.desk.text.tone import Tone
from tui.desk.verification.ruling import rule
from tui.okta.errors import FeatureOff
from tui.okta.policy import Capability, SwitchedOff

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session

YUSUF = "yusuf.demir"
WHY = "laptop lost on the train"


async def loaded(session: Session, org: Org, name: str = YUSUF) -> Person:
    return [person async for person in session.load(user_id(org, name))][-1]


async def laptop_of(session: Session, org: Org) -> str:
    devices = await session.client.devices_of(user_id(org, YUSUF))
    return next(device.id for device in devices if device.name == "Yusuf's laptop")


async def done(session: Session, org: Org, action: str, device: str) -> Performed:
    plan = await aim(session, action, user_id(org, YUSUF), {TargetKind.DEVICE: device})
    return await perform(session, plan, reason=WHY)


def rows(session: Session, person: Person) -> tuple[str, ...]:
    found = [listing for listing in card(person, session.now()).lists if listing.title == "Devices"]
    return found[0].items if found else ()


async def test_a_lost_laptop_is_seen_shut_brought_back_and_deactivated(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    assert rows(session, await loaded(session, org)) == ("Yusuf's phone · iOS", "Yusuf's laptop · macOS")
    laptop = await laptop_of(session, org)
    shut = await done(session, org, "suspend-device", laptop)
    assert shut.clean
    assert line.writes == [
        f"POST /api/v1/devices/{laptop}/lifecycle/suspend",
        f"DELETE /api/v1/users/{user_id(org, YUSUF)}/sessions?oauthTokens=true&forgetDevices=true",
    ]
    entry = session.ledger.entry(shut.entry)
    assert (entry.outcome, entry.intent.target) == (Outcome.DONE, f"device Yusuf's laptop ({laptop})")
    assert rows(session, await loaded(session, org))[1] == "Yusuf's laptop · macOS (suspended)"
    with pytest.raises(Obstructed, match="the device is suspended"):
        await done(session, org, "suspend-device", laptop)
    assert (await done(session, org, "unsuspend-device", laptop)).clean
    gone = await done(session, org, "deactivate-device", laptop)
    assert gone.clean
    after = await loaded(session, org)
    assert rows(session, after) == ("Yusuf's phone · iOS",)
    assert "Yusuf's laptop" not in {factor.text("name") for factor in after.factors.value or ()}
    with pytest.raises(Obstructed, match="not theirs any more"):
        await done(session, org, "unsuspend-device", laptop)


async def test_what_is_on_the_device_proves_nothing_about_it(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    person = await session.person(user_id(org, YUSUF))
    factors = {factor.id: factor for factor in await session.client.factors_of(person.user.id)}
    code, action = "token:software:totp", ACTIONS["deactivate-device"]
    for name, kinds in (("Yusuf's laptop", {"signed_nonce", code}), ("Yusuf's phone", {"push", "signed_nonce", code})):
        device = next(one for one in await session.client.devices_of(person.user.id) if one.name == name)
        targets = await session.read_targets(action, person, {TargetKind.DEVICE: device.id})
        ruling = await rule(session, action, person, targets)
        aimed = [factors[one] for one in ruling.aimed_at]
        assert {one.factor_type for one in aimed} == kinds
        assert {one.text("name") for one in aimed} == {name, ""}  # the entry with the codes names no device
        assert ruling.judgement.tier is Tier.PROOF


async def test_without_the_capability_nothing_is_asked_and_the_guard_holds(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session(capabilities=set(Capability) - {Capability.DEVICES, Capability.RISK})
    person = await loaded(session, org)
    assert not [one for one in line.story if one.endswith(("/devices", "/risk"))]
    assert rows(session, person) == ()
    found = session.obstacle(ACTIONS["suspend-device"], person)
    assert found is not None
    assert (found.cause, found.reason) == (Cause.CAPABILITY, "handling devices is switched off")
    with pytest.raises(SwitchedOff):
        await session.client.devices_of(person.user.id)


async def test_an_org_of_classic_shows_neither_devices_nor_risk_and_is_asked_for_risk_once(
    desk: Desk, org: Org, line: Line
) -> None:
    org.pipeline = "v1"
    session = desk.session()
    for _ in range(2):
        shown = card(await loaded(session, org), session.now())
        assert "Devices" not in {listing.title for listing in shown.lists}
        assert "Risk level" not in {fact.label for fact in shown.facts}
    assert len([one for one in line.story if one.endswith("/risk")]) == 1
    assert isinstance(session.denied["user_risk"], FeatureOff)


async def test_the_risk_level_stands_on_the_card_with_its_reason(desk: Desk, org: Org) -> None:
    session = desk.session()
    found: dict[str | None, str] = {}
    for one in list(org.people.from_index())[:60]:
        found.setdefault((await session.client.risk_of(one.id)).risk_level, one.id)
    for level, text, tone in (("NONE", "None", Tone.PLAIN), ("HIGH", "High · Admin override risk", Tone.BAD)):
        person = [loaded async for loaded in session.load(found[level])][-1]
        (fact,) = (fact for fact in card(person, session.now()).facts if fact.label == "Risk level")
        assert (fact.text, fact.tone) == (text, tone)
