"""Whatever any agents do in keydesk, and any admins in the Admin Console: no account is given away unproven.

A history is made of askings, what agents vouch for, changes by keydesk (the app, the command line and jobs all ask the
same rules) and changes in the Admin Console, with time between them. It is kept as entries of the ledger and events of
the log, as keydesk would read them; whether it was right is worked out anew here, from what was really done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.ledger.entry import Entry, Intent, Outcome
from tui.desk.ledger.verified import ASKED, ATTESTED, Ending
from tui.desk.rules.judging import Subject, Want
from tui.desk.rules.rules import DAY, DEFAULT_RULES, DeskRules
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.rules.tiers import HALF, TIERS, Tier
from tui.desk.verification.facts import Facts, by_entries, judge_by
from tui.desk.verification.kept import action_text, proof_text
from tui.desk.verification.logged import logged_in
from tui.desk.verification.ways import Way
from tui.okta.clock import stamp
from tui.okta.log_events import LogEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.rules.judging import Judgement

START: Final = 1_795_413_600.0
OLD, NEW = "opfold", "opfnew"
CONSOLE: Final = {
    "user.account.reset_password": "password",
    "user.account.expire_password": "password",
    "user.mfa.factor.reset_all": "factors",
    "user.mfa.factor.deactivate": "factors",
}
AGENTS = st.sampled_from(["tess", "tess", "omar"])
PEOPLE = st.sampled_from(["00uann", "00uann", "00ubob"])
PURPOSES = st.sampled_from(["remove-factor", "temp-password", "reset-mfa", "reset-password"])
KINDS = st.sampled_from([Measured.NUMBER, Measured.NUMBER, Measured.NUMBER, Measured.CODE, Measured.PUSH, *Attested])
ENDINGS = st.sampled_from([*[Ending.PASSED] * 5, *[Ending.UNKNOWN] * 2, Ending.DENIED, Ending.NOBODY, Ending.WRONG])
OUTCOMES = st.sampled_from([Outcome.DONE, Outcome.DONE, Outcome.UNKNOWN, Outcome.NOT_SENT, None])
PAUSES = st.sampled_from([5.0, 20.0, 20.0, 200.0, 700.0, 40_000.0])
STEP = st.tuples(st.sampled_from([5.0, 20.0, 400.0]), KINDS, ENDINGS)
ACT = st.tuples(PURPOSES | st.none(), OUTCOMES, st.booleans())
STEPS = st.tuples(st.sampled_from([OLD, OLD, NEW]), st.lists(STEP, max_size=4))
CALL = st.tuples(AGENTS, PEOPLE, PURPOSES, STEPS, st.lists(ACT, min_size=1, max_size=3))
"""A call: somebody is asked for a purpose in some ways, and then things are done, mostly that one."""
MOVES = st.tuples(PAUSES, CALL | st.tuples(PEOPLE, st.sampled_from(sorted(CONSOLE))))
RULES = st.builds(
    lambda **given: DeskRules(**given),  # noqa: PLW0108 - hypothesis asks the class for types
    tiers=st.dictionaries(PURPOSES, st.sampled_from(Tier), max_size=2),
    proof=st.sampled_from([Strength.PUSH, Strength.NUMBER, Strength.CODE]),
    weak=st.sets(st.sampled_from([Measured.MESSAGE, Measured.QUESTION])).map(frozenset),
)


@dataclass
class History:
    """What keydesk could read, and beside it what really happened."""

    rules: DeskRules
    now: float = START
    entries: list[Entry] = field(default_factory=list)
    events: list[LogEvent] = field(default_factory=list)
    halves: list[tuple[str, str, float]] = field(default_factory=list)
    """Which half of whose account was given away, and when."""
    used: set[int] = field(default_factory=set)
    """The entries whose proofs an action of the highest tier rested on."""

    def record(self, action: str, agent: str, person: str, outcome: Outcome | None, detail: str, proof: str) -> None:
        intent = Intent(
            action, "", "demo", "https://a", person, "", "", "", (), "said why today", "", agent, "", proof=proof
        )
        at = datetime.fromtimestamp(self.now, UTC)
        self.entries.append(Entry(len(self.entries) + 1, at, intent, outcome, at if outcome else None, detail))

    def ask(self, agent: str, person: str, purpose: str, kind: Measured, ending: Ending, factor: str) -> None:
        enrolled = self.now - (DAY / 2 if factor == NEW else 90 * DAY)
        way = Way(kind, "phone", "asked", factor, "push", enrolled)
        self.record(ASKED, agent, person, Outcome.DONE, str(ending), proof_text(purpose, way))

    def vouch(self, agent: str, person: str, purpose: str, kind: Attested) -> None:
        self.record(ATTESTED, agent, person, Outcome.DONE, "passed", proof_text(purpose, Way(kind, "", "")))

    def console(self, person: str, kind: str) -> None:
        raw: dict[str, Any] = {
            "uuid": str(len(self.events)),
            "published": stamp(datetime.fromtimestamp(self.now, UTC)),
            "eventType": kind,
            "actor": {"id": "00uadmin", "type": "User"},
            "target": [{"id": person, "type": "User"}],
            "outcome": {"result": "SUCCESS"},
        }
        self.events.append(msgspec.convert(raw, LogEvent))
        self.halves.append((person, CONSOLE[kind], self.now))

    def act(self, agent: str, person: str, action: str, outcome: Outcome | None, to_old: bool) -> None:
        aimed_at = frozenset({OLD} if to_old else {NEW}) if HALF[action] == "factors" else frozenset[str]()
        if action == "reset-mfa":
            aimed_at = frozenset({OLD, NEW})
        logged = logged_in(self.events, person, self.rules)
        facts = by_entries(Facts(Subject(person), logged=logged), self.entries, self.rules, self.now)
        judged = judge_by(facts, action, self.rules, agent=agent, now=self.now, aimed_at=aimed_at)
        if judged.ban is not None or {Want.PROOF, Want.TOP_PROOF} & set(judged.wants):
            return
        self.check(agent, person, action, aimed_at, judged)
        used = [number for proof in judged.spends for number in proof.entries]
        self.record(action, agent, person, outcome, "", action_text(judged.tier, used))
        if outcome not in {Outcome.NOT_SENT, Outcome.REFUSED}:
            self.halves.append((person, HALF[action], self.now))
            self.used.update(used)

    def check(self, agent: str, person: str, action: str, aimed_at: frozenset[str], judged: Judgement) -> None:
        """What has to be so, whatever the rules said."""
        lately = {half for whose, half, at in self.halves if whose == person and self.now - at < DAY}
        whole = bool(lately - {HALF[action]})
        if whole or judged.tier is Tier.TOP:
            assert judged.tier is Tier.TOP, "both halves within a day"
            assert self.blind_odds(agent, person, action, aimed_at) <= 1 / 9 + 1e-9
        if judged.tier >= Tier.PROOF:
            denials = [
                one.at.timestamp()
                for one in self.entries
                if one.intent.person_id == person and one.intent.action == ASKED and one.detail == Ending.DENIED
            ]
            assert not any(self.now - at < DAY for at in denials), "after a denial"

    def blind_odds(self, agent: str, person: str, action: str, aimed_at: frozenset[str]) -> float:
        """How likely somebody passes who is not the person and has nothing of theirs but an owner who taps blindly."""
        mine = []
        for one in self.entries:
            kept = json.loads(one.intent.proof)
            whose = (one.intent.agent, one.intent.person_id, kept.get("purpose"))
            passed = one.detail in {Ending.PASSED, "passed"}
            if one.intent.action in {ASKED, ATTESTED} and whose == (agent, person, action) and passed:
                fresh = 0 <= self.now - one.at.timestamp() < 600
                good = kept["factor"] not in aimed_at and kept["factor"] != NEW
                if fresh and good and one.seq not in self.used:
                    mine.append(kept["kind"])
        if {"video", "in-person"} & set(mine):
            return 0.0
        if "number" in mine and ("code" in mine or ("message" in mine and Measured.MESSAGE in self.rules.weak)):
            return 0.0
        unknown = [
            one
            for one in self.entries
            if one.intent.action == ASKED
            and one.intent.person_id == person
            and one.detail == Ending.UNKNOWN
            and json.loads(one.intent.proof)["kind"] == "number"
            and self.now - one.at.timestamp() < DAY
        ]
        return 1.0 if unknown else (1 / 3) ** mine.count("number")


def play(moves: Sequence[tuple[float, tuple[Any, ...]]], rules: DeskRules) -> History:
    history = History(rules)
    for pause, move in moves:
        history.now += pause
        if len(move) == 2:
            history.console(*move)
            continue
        agent, person, purpose, (factor, steps), acts = move
        for after, kind, ending in steps:
            history.now += after
            if isinstance(kind, Attested):
                history.vouch(agent, person, purpose, kind)
            else:
                history.ask(agent, person, purpose, kind, ending, factor)
        for other, outcome, to_old in acts:
            history.now += 5.0
            history.act(agent, person, other or purpose, outcome, to_old)
    return history


@settings(max_examples=200)
@given(st.lists(MOVES, min_size=1, max_size=5), RULES)
def test_no_history_gives_an_account_away_unproven(
    moves: list[tuple[float, tuple[Any, ...]]], rules: DeskRules
) -> None:
    play(moves, rules)


def test_the_histories_reach_what_they_are_about() -> None:
    """Both halves are given away by a proof that is enough, and not a third time; else this would prove nothing."""
    number, done = (OLD, [(5.0, Measured.NUMBER, Ending.PASSED)]), (None, Outcome.DONE, False)
    moves: list[tuple[float, tuple[Any, ...]]] = [
        (5.0, ("00uann", "user.account.reset_password")),
        (5.0, ("tess", "00uann", "remove-factor", number, [done])),
        (5.0, ("tess", "00uann", "remove-factor", number, [done, done])),
    ]
    history = play(moves, DEFAULT_RULES)
    assert [half for _, half, _ in history.halves] == ["password", "factors"]
    assert {action for action in ACTIONS if HALF.get(action)} == set(HALF) <= set(TIERS)
