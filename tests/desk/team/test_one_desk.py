"""One desk at several machines: what the rules count is the team's, and so are the rules. Okta's clock stands years off
that of the database here, which is the true one, so every proof and denial below proves that this does not matter."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.desk.support import aim, fault, user_id
from tests.desk.verification.test_asking import asked, teach
from tests.desk.verification.test_ruling import WHY, ZACK, done, refused, targets, vouch
from tests.postgres import shared_database
from tui.desk.actions.obstacles import Obstructed
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger import words
from tui.desk.ledger.entry import RULES, Outcome
from tui.desk.ledger.ledger import Ledger
from tui.desk.ledger.team_rules import RulesUnreadable
from tui.desk.perform.perform import perform, settle
from tui.desk.rules.rules import DEFAULT_RULES, BadRules
from tui.desk.rules.strength import Attested
from tui.desk.team.trouble import NotLeading
from tui.desk.verification.alerts import lower_alert, raise_alert, read_alert
from tui.desk.verification.facts import rules_now
from tui.desk.verification.rules_said import session_rules_said
from tui.desk.verification.setting_rules import RulesChanged, RulesNotShared, look_at_change, set_rules
from tui.okta.policy import Capability
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Desk, FakeClock, Wire
    from tui.demo.org import Org
    from tui.desk.perform.result import Progress
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session

UNA = "una.walsh"


class Team:
    """Agents at machines of their own, with one record of one org."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._database = shared_database()
        self.origin = self._database.new_org()
        self.open: list[Session] = []

    def agent(self, role: str, rules: DeskRules = DEFAULT_RULES, name: str = "") -> Session:
        """An agent who has just started keydesk."""
        session = self._desk.session()
        ledger = self._database.ledger(self.origin, role, name=name)
        store = StoreAddress(self._database.dsn(role), machine=bool(name))
        connector = replace(session.connector, org=OrgAddress(self.origin), rules=rules, store=store)
        agent = replace(session.agent, name=name or role, at_home=session.agent.name)
        self.open.append(replace(session, connector=connector, ledger=ledger, agent=agent))
        return self.open[-1]


@pytest.fixture
def team(desk: Desk) -> Iterator[Team]:
    made = Team(desk)
    yield made
    for session in made.open:
        session.ledger.close()


async def at_once(org: Org, action: str, *who: tuple[Session, str]) -> list[str]:
    """What came of the same action by several at the same moment."""
    plans = [
        await aim(session, action, user_id(org, name), await targets(session, org, action, name))
        for session, name in who
    ]
    ends = await asyncio.gather(
        *(perform(one[0], plan, reason=WHY, typed=True) for one, plan in zip(who, plans, strict=True)),
        return_exceptions=True,
    )
    return sorted(type(end).__name__ for end in ends)


async def set_by(session: Session, text: str, reason: str = "as the board wants it") -> int:
    return await set_rules(session, await look_at_change(session, text), reason)


# -- what the rules count


async def test_an_alert_that_one_raises_is_in_force_for_the_others_who_hear_of_it(team: Team, org: Org) -> None:
    ann, bob = team.agent("ann"), team.agent("bob")
    heard = threading.Event()
    bob.ledger.follow(heard.set)
    assert await read_alert(bob) is None
    for _ in range(60):  # what was there before bob's thread first looked is no news to it
        await raise_alert(ann, "a wave of callers", ann.now().timestamp() + 3600)
        if await asyncio.to_thread(heard.wait, 1):
            break
    assert heard.is_set()
    alert = await read_alert(bob)
    assert alert is not None
    assert (alert.agent, bob.attack_signs.alert[:5]) == ("ann", "ALERT")
    assert "The alert is raised" in await refused(bob, org, "reset-password")
    await lower_alert(bob)
    await done(ann, org, "reset-password")
    said = [(entry.intent.agent, words.outcome_words(entry)) for entry in ann.ledger.entries(text="-alert")]
    assert (said[0], set(said[1:])) == (("bob", "ended"), {("ann", "raised")})


async def test_a_denial_that_one_saw_stops_the_others_and_a_proof_is_nobody_elses(
    team: Team, org: Org, wire: Wire
) -> None:
    ann, bob = team.agent("ann"), team.agent("bob")
    await vouch(ann, org, Attested.VIDEO, "temp-password")
    assert "not proven first" in await refused(bob, org, "temp-password")
    teach(org, "approve")
    await asked(ann, org)
    assert "not proven first" in await refused(bob, org, "temp-password")
    await done(ann, org, "temp-password")
    assert "not proven as strongly" in await refused(bob, org, "reset-link")  # what ann did counts for bob
    teach(org, "deny", name=UNA)
    await asked(ann, org, name=UNA)
    await vouch(bob, org, Attested.IN_PERSON, "temp-password", UNA)
    assert "a push was denied" in await refused(bob, org, "temp-password", UNA, typed=True)
    assert len([one for one in wire.writes if "verify" not in one]) == 1
    assert bob.ledger.verify().ok


async def test_two_agents_race_for_the_last_place_of_a_cap_and_one_wins(team: Team, org: Org, wire: Wire) -> None:
    rules = replace(DEFAULT_RULES, per_desk=1)
    ann, bob = team.agent("ann", rules), team.agent("bob", rules)
    await vouch(ann, org, Attested.VIDEO, "temp-password")
    await vouch(bob, org, Attested.VIDEO, "temp-password", UNA)
    ends = await at_once(org, "temp-password", (ann, ZACK), (bob, UNA))
    assert ends == ["Obstructed", "Performed"]
    assert len(wire.writes) == 1
    outcomes = [entry.outcome for entry in ann.ledger.entries() if entry.intent.action == "temp-password"]
    assert outcomes.count(Outcome.DONE) == 1


async def test_one_proof_at_two_machines_is_used_once(team: Team, org: Org, wire: Wire) -> None:
    here, there = team.agent("ann"), team.agent("ann")
    await vouch(here, org, Attested.IN_PERSON, "reset-mfa")
    ends = await at_once(org, "reset-mfa", (here, ZACK), (there, ZACK))
    assert ends == ["Obstructed", "Performed"]
    assert len(wire.writes) == 1


async def test_password_and_factors_by_two_agents_take_the_top(team: Team, org: Org) -> None:
    ann, bob = team.agent("ann"), team.agent("bob")
    await done(ann, org, "reset-password")
    told = await refused(bob, org, "remove-factor")
    assert "as strongly as can be" in told
    assert "The other half of this account was reset lately" in told


async def test_of_the_two_halves_by_two_agents_at_the_same_moment_one_is_done(team: Team, org: Org, wire: Wire) -> None:
    ann, bob = team.agent("ann"), team.agent("bob")
    await vouch(bob, org, Attested.MANAGER, "remove-factor")
    ends = await asyncio.gather(at_once(org, "reset-password", (ann, ZACK)), at_once(org, "remove-factor", (bob, ZACK)))
    assert [*ends[0], *ends[1]].count("Performed") == len(wire.writes) == 1


async def test_nobody_acts_on_themselves_whatever_the_record_calls_them(team: Team, org: Org) -> None:
    at_the_jump_host = team.agent("jump", name="jump:zack.moore")
    assert "own account" in await refused(at_the_jump_host, org, "clear-sessions")
    ann = team.agent("ann")
    known_here = replace(ann, agent=replace(ann.agent, at_home="Zack.Moore"))
    assert "own account" in await refused(known_here, org, "clear-sessions")


async def test_a_proof_and_a_denial_last_as_long_as_said_whatever_the_records_clock_says(
    desk: Desk, org: Org, clock: FakeClock, tmp_path: Path
) -> None:
    for number, off in enumerate((5 * 3600.0, -30 * 3600.0)):
        session = desk.session()
        ledger = Ledger(tmp_path / f"{number}.sqlite3", clock=lambda off=off: clock.now + off)  # type: ignore[misc]  # see test_faults
        connector = replace(session.connector, rules=DEFAULT_RULES, store=StoreAddress("user=tess"))
        session = replace(session, connector=connector, ledger=ledger)
        await vouch(session, org, Attested.VIDEO, "temp-password")
        clock.now += 590
        assert await refused(session, org, "temp-password", reason="") != ""
        assert "says too little" in await refused(session, org, "temp-password", reason="")  # and the proof counts
        clock.now += 20
        assert "not proven first" in await refused(session, org, "temp-password")
        await raise_alert(session, "a wave of callers", clock.now + 3600)
        clock.now += 3500
        assert await read_alert(session) is not None
        clock.now += 200
        assert await read_alert(session) is None
        ledger.close()


# -- the rules themselves


async def test_what_whoever_leads_has_set_counts_for_all_at_once(team: Team, org: Org, wire: Wire) -> None:
    grace, ann = team.agent("grace"), team.agent("ann", replace(DEFAULT_RULES, reason_words=1))
    assert "holds no rules" in session_rules_said(ann)[0][1]
    assert "the caller is not proven" in await refused(ann, org, "temp-password", reason="lost")
    entry = await set_by(grace, "reason_words = 5\ntiers = { clear-sessions = 2 }\n")
    assert "in 5 words at least" in await refused(ann, org, "clear-sessions", reason="lost her phone")
    said = dict(session_rules_said(ann))
    assert f"grace set them on {ann.ledger.entry(entry).at:%Y-%m-%d}" in said["Set by"]
    assert f"entry {entry} of the team's ledger: as the board wants it. They count for the whole team" in said["Set by"]
    assert "A reason of 5 words" in said["Tier 2"]
    await set_by(grace, "reason_words = 2\n")
    await done(ann, org, "clear-sessions", reason="lost phone")
    newest = dict(words.entry_lines(ann.ledger.entries(text=RULES, limit=1)[0]))
    assert newest["Changed"] == "reason_words: 5, now 2"
    assert (newest["Rules"], newest["Outcome"], newest["By"]) == ("reason_words = 2", "set", "grace")
    assert "Person" not in newest


async def test_rules_that_change_while_an_agent_confirms_count_before_anything_is_sent(
    team: Team, org: Org, wire: Wire
) -> None:
    grace, ann = team.agent("grace"), team.agent("ann")
    await rules_now(ann)
    plan = await aim(ann, "clear-sessions", user_id(org, ZACK))

    def meanwhile(text: str) -> Callable[[Progress], None]:
        """Set rules after the agent was judged, and before their intent is recorded."""

        def progress(step: Progress) -> None:
            if step.note.startswith("Recording"):
                record_rules(grace, text)

        return progress

    with pytest.raises(Obstructed, match="the caller is not proven first"):
        await perform(ann, plan, reason=WHY, progress=meanwhile("tiers = { clear-sessions = 3 }\n"))
    record_rules(grace, "")
    with pytest.raises(RulesUnreadable, match="entry"):
        await perform(ann, plan, reason=WHY, progress=meanwhile("per_week = 3\n"))
    assert wire.writes == []
    outcomes = [entry.outcome for entry in ann.ledger.entries() if entry.intent.action == "clear-sessions"]
    assert outcomes == [Outcome.NOT_SENT, Outcome.NOT_SENT]
    assert ann.ledger.open_entries() == []


def record_rules(session: Session, text: str) -> int:
    """Record rules as any version of keydesk could have, also those that this one would not set."""
    intent = replace(
        INTENT, action=RULES, calls=(), org=session.connector.org.origin, agent=session.agent.name, person_id="",
        person_login="", person_name="", status="", rules=text,
    )  # fmt: skip
    return session.ledger.change_rules(intent)


@pytest.mark.parametrize("text", ['proof = "passkey"\n', "per_week = 3\n", "[protected]\nrisk = 1\n", "proof =", "\0"])
async def test_rules_that_cannot_be_read_let_nothing_leave(team: Team, org: Org, wire: Wire, text: str) -> None:
    grace, ann = team.agent("grace"), team.agent("ann")
    await vouch(ann, org, Attested.IN_PERSON, "clear-sessions")
    plan = await aim(ann, "clear-sessions", user_id(org, ZACK))
    number = record_rules(grace, text)
    with pytest.raises(RulesUnreadable) as told:
        await perform(ann, plan, reason=WHY, typed=True)
    assert f"entry {number}: " in told.value.detail
    with pytest.raises(RulesUnreadable):
        await asked(ann, org)
    assert wire.writes == []
    obstacle = ann.obstacle(plan.action, plan.person)
    assert obstacle is not None
    assert "The team's rules cannot be read" in obstacle.reason
    assert [about for about, _ in session_rules_said(ann)] == ["Not readable", "Set by"]
    change = await look_at_change(grace, "reason_words = 2\n")
    assert change.changed == ("all: what was in force could not be read",)
    await set_rules(grace, change, "readable ones again")
    await done(ann, org, "clear-sessions")


async def test_who_sets_rules_is_checked_and_so_are_the_rules(team: Team, desk: Desk, org: Org, wire: Wire) -> None:
    grace, bob = team.agent("grace"), team.agent("bob")
    with pytest.raises(NotLeading):
        await look_at_change(bob, "reason_words = 5\n")
    change = await look_at_change(grace, "\ufeffreason_words = 5\r\n")
    assert change.unsure == ""
    with pytest.raises(NotLeading):
        await set_rules(bob, change, "as the board wants it")
    with pytest.raises(BadInput, match="Say why"):
        await set_rules(grace, change, "why\x1b")
    for text, said in (
        ("reason_word = 5", "Did you mean reason_words?"), ("reason_words = 50", "between 1 and 20"),
        ("[connectors.Acme.rules]\nproof = 'code'", "without the name of a connector"),
        ("[protected]\nlogin = ['a']", "Did you mean logins?"), ("tiers = { jump = 2 }", "no action jump"),
        ("proof = 1 2", "line 1, column"), ("proof = 5", "proof"), ("#" * 100_001, "at most"),
    ):  # fmt: skip
        with pytest.raises(BadRules) as told:
            await look_at_change(grace, text)
        assert said in told.value.advice, text
    asks_no_phone = replace(grace, client=desk.session(capabilities=set(Capability) - {Capability.VERIFICATION}).client)
    with pytest.raises(BadRules) as told:
        await look_at_change(asks_no_phone, "attested_top = []")
    assert "this connector cannot get" in told.value.advice
    fault(org, "403-role", "/api/v1/authenticators")
    unsure = (await look_at_change(grace, "attested_top = []")).unsure  # it may be met: what the org has is not known
    assert unsure == "Which factors it has switched on is not known: keydesk's admin role does not allow this."
    with pytest.raises(RulesNotShared):
        await look_at_change(replace(desk.session(), connector=replace(grace.connector, store=None)), "")
    assert grace.ledger.newest() == 0
    assert (await look_at_change(grace, "")).changed == (
        "they count for the whole team, in the place of each agent's own; beside how rules come:",
    )
    await set_rules(grace, change, "as the board wants it")
    assert (await look_at_change(grace, "# five\nreason_words = 5")).changed == ()
    with pytest.raises(RulesChanged):
        await set_rules(grace, change, "as the board wants it")
    await set_by(grace, "attested_top = []\n")
    await rules_now(replace(asks_no_phone, team_rules=grace.team_rules))
    assert "cannot get" in dict(session_rules_said(asks_no_phone))["Never met here"]
    assert wire.writes == []


async def test_a_change_of_the_rules_without_an_outcome_is_in_force_and_can_be_settled(team: Team) -> None:
    grace, ann = team.agent("grace"), team.agent("ann")
    number = record_rules(grace, "reason_words = 4\n")
    open_one = replace(grace.ledger.entry(number).intent, rules="reason_words = 6\n")
    seq = grace.ledger.intend(open_one).entry
    rules = await rules_now(ann)
    assert rules is not None
    assert rules.reason_words == 6
    assert "in force from this entry on" in await settle(ann, ann.ledger.entry(seq))
