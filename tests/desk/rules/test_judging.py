"""The rules, judged by what they are for: whatever anybody does in any order, an account is not given away unproven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.judging import Ban, Deed, Request, Subject, Want, judge, needs_log
from tui.desk.rules.proofs import CallerProof
from tui.desk.rules.rules import DAY, DEFAULT_RULES, HOUR, BadRules, DeskRules, check_rules
from tui.desk.rules.strength import Attested, Measured, PassedStep, Strength, strength_of
from tui.desk.rules.tiers import HALF, STOPS, TIERS, Tier

if TYPE_CHECKING:
    from tui.desk.rules.judging import Judgement

NOW = 1_795_413_600.0
ANN = Subject("00u1ann")
OLD = NOW - 400 * DAY


def step(
    kind: Measured | Attested = Measured.NUMBER, ago: float = 10, factor: str = "opf1", enrolled: float = OLD
) -> PassedStep:
    attested = isinstance(kind, Attested)
    return PassedStep(
        kind, NOW - ago, "" if attested else factor, None if attested else enrolled, "badge" if attested else ""
    )


def proof(*steps: PassedStep, purpose: str = "temp-password", agent: str = "tess", person: str = ANN.id) -> CallerProof:
    return CallerProof(person, agent, purpose, steps or (step(),))


def ask(
    action: str = "temp-password", *proofs: CallerProof, rules: DeskRules = DEFAULT_RULES, **more: object
) -> Judgement:
    return judge(replace(Request(action, "tess", ANN, NOW, proofs=proofs), **more), rules)


def test_every_action_of_the_catalogue_has_a_tier_and_none_other() -> None:
    assert set(TIERS) == set(ACTIONS)
    of_password = {action.id for action in ACTIONS.values() if action.of_password and action.id != "unlock"}
    assert of_password <= set(HALF)


@given(
    st.sampled_from(sorted(TIERS)), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 100), st.integers(0, 9)
)
def test_where_the_log_is_not_needed_nothing_that_it_says_changes_anything(
    action: str, alert: bool, attacked: bool, protected: bool, hours: int, deeds: int
) -> None:
    about = replace(ANN, protected="Ann is on the board" if protected else "")
    without = ask(action, subject=about, alert=alert, attacked=attacked)
    at = NOW - hours * HOUR
    said = replace(about, changed=at, denied=at)
    past = tuple(Deed(ANN.id, "", done, at, TIERS[done]) for done in sorted(TIERS)[: deeds * 3])
    with_log = ask(action, subject=said, alert=alert, attacked=attacked, past=past)
    if not needs_log(action, DEFAULT_RULES):
        assert with_log == without
    assert needs_log(action, DEFAULT_RULES) is (action not in {"unlock", "clear-sessions", "withdraw-code"})


@pytest.mark.parametrize("action", sorted(STOPS))
def test_an_alarm_lowers_what_shuts_an_account_and_nothing_else(action: str) -> None:
    assert ask(action).tier is Tier.TOP
    denied, board = replace(ANN, denied=NOW - 60), replace(ANN, protected="Ann is on the board")
    for more in ({"subject": denied}, {"alert": True}, {"attacked": True}, {"attacked": True, "subject": board}):
        found = ask(action, **more)
        assert (found.tier, found.wants, found.ban) == (Tier.REASON, (Want.REASON,), None)
    assert ask(action, subject=replace(ANN, denied=NOW - 2 * DAY)).tier is Tier.TOP
    assert ask(action, attacked=True, subject=replace(ANN, oneself=True)).ban is Ban.ONESELF
    assert ask(action, attacked=True, rules=DeskRules(stop_on=frozenset())).tier is Tier.TOP
    for other in sorted(TIERS.keys() - STOPS):
        assert ask(other, attacked=True).tier == ask(other).tier, other


@pytest.mark.parametrize(
    ("kinds", "strength"),
    [
        ("", Strength.NOTHING),
        ("push", Strength.PUSH),
        ("push push", Strength.PUSH),
        ("number", Strength.NUMBER),
        ("code", Strength.CODE),
        ("code code", Strength.CODE),
        ("number number", Strength.TOP),
        ("number push number", Strength.NUMBER),
        ("number code", Strength.TOP),
        ("code number", Strength.TOP),
        ("message", Strength.NOTHING),
        ("number message", Strength.NUMBER),
        ("question", Strength.NOTHING),
    ],
)
def test_what_steps_amount_to(kinds: str, strength: Strength) -> None:
    steps = [step(Measured(kind), 60 - number) for number, kind in enumerate(kinds.split())]
    assert strength_of(reversed(steps)) is strength


def test_weak_steps_count_only_where_the_rules_say_so() -> None:
    message, question = [step(Measured.MESSAGE)], [step(Measured.QUESTION)]
    assert strength_of(message, {Measured.MESSAGE}) is Strength.CODE
    assert strength_of(question, {Measured.QUESTION}) is Strength.PUSH
    assert strength_of([step(Attested.IN_PERSON)], set(Measured)) is Strength.NOTHING


def test_what_each_tier_takes() -> None:
    assert ask("unlock").wants == ()
    assert ask("reset-password").wants == (Want.REASON,)
    assert ask().wants == (Want.REASON, Want.PROOF)
    assert ask("reset-mfa").wants == (Want.REASON, Want.TOP_PROOF, Want.LOGIN)
    assert ask("temp-password", proof()).wants == (Want.REASON,)
    assert ask("temp-password", proof(step(Measured.CODE))).wants == (Want.REASON,)
    top = proof(step(ago=20), step(ago=9), purpose="reset-mfa")
    assert ask("reset-mfa", top).wants == (Want.REASON, Want.LOGIN)
    assert ask("reset-mfa", top).spends == (top,)
    assert ask("reset-mfa", replace(top, spent=True)).wants == (Want.REASON, Want.TOP_PROOF, Want.LOGIN)
    assert ask("reset-mfa", proof(step(Measured.CODE), purpose="reset-mfa")).wants[1] is Want.TOP_PROOF
    seen = proof(step(Attested.VIDEO), purpose="reset-mfa")
    assert ask("reset-mfa", seen).wants == (Want.REASON, Want.LOGIN)
    vouched = proof(step(Attested.MANAGER), purpose="reset-mfa")
    assert ask("reset-mfa", vouched).wants[1] is Want.TOP_PROOF


@pytest.mark.parametrize(
    "wrong",
    [
        proof(person="00u2bob"),
        proof(agent="omar"),
        proof(purpose="reset-link"),
        proof(step(ago=600)),
        proof(step(ago=-1)),
        proof(step(enrolled=NOW - 10 - DAY + 1)),
        proof(step(factor="opf9")),
        proof(step(Measured.PUSH)),
        proof(step(Measured.MESSAGE)),
    ],
    ids=["person", "agent", "purpose", "expired", "ahead", "new factor", "factor to be reset", "plain push", "text"],
)
def test_a_proof_that_does_not_count(wrong: CallerProof) -> None:
    assert Want.PROOF in ask("temp-password", wrong, aimed_at=frozenset({"opf9"})).wants
    assert Want.PROOF not in ask("temp-password", wrong, proof(), aimed_at=frozenset({"opf9"})).wants


def test_what_makes_an_action_harder() -> None:
    protected = replace(ANN, protected="Ann Lee is an administrator")
    assert ask("unlock", subject=protected).tier is Tier.CONFIRM
    assert ask("reset-password", subject=protected).tier is Tier.TOP
    mailed = (Deed(ANN.id, "", "reset-password", NOW - DAY + 1, Tier.REASON),)
    assert ask("remove-factor", past=mailed).tier is Tier.TOP
    assert ask("remove-factor", past=(replace(mailed[0], at=NOW - DAY),)).tier is Tier.PROOF
    assert ask("reset-password", past=mailed).tier is Tier.REASON
    assert ask("temp-password", past=(Deed(ANN.id, "omar", "reset-link", NOW - 60, Tier.PROOF),)).tier is Tier.TOP
    assert ask("temp-password", subject=replace(ANN, changed=NOW - 2 * DAY)).tier is Tier.TOP
    assert ask("temp-password", subject=replace(ANN, changed=NOW - 4 * DAY)).tier is Tier.PROOF
    raised = [ask(action, alert=True).tier for action in ("unlock", "reset-password", "temp-password", "reset-mfa")]
    assert raised == [Tier.REASON, Tier.PROOF, Tier.TOP, Tier.TOP]
    for judgement in (ask("reset-password", subject=protected), ask("remove-factor", past=mailed), ask(alert=True)):
        assert judgement.why


def test_an_unreadable_log_is_said_and_the_rule_decides() -> None:
    say, refuse = replace(DEFAULT_RULES, log_unreadable="say"), replace(DEFAULT_RULES, log_unreadable="refuse")
    assert ask(log_read=False).tier is Tier.TOP
    assert ask(log_read=False, rules=say).tier is Tier.PROOF
    assert ask(log_read=False, rules=refuse).ban is Ban.LOG
    assert ask("unlock", log_read=False, rules=refuse).ban is None
    for rules in (DEFAULT_RULES, say, refuse):
        assert "System Log cannot be read" in ask(log_read=False, rules=rules).unseen


def test_what_is_refused_whatever_the_agent_does() -> None:
    assert ask("unlock", subject=replace(ANN, oneself=True)).ban is Ban.ONESELF
    assert ask("unlock", subject=replace(ANN, own_account=True)).ban is Ban.TOKEN
    denied = replace(ANN, denied=NOW - HOUR)
    assert (ask(subject=denied).ban, ask(subject=denied).until) == (Ban.DENIED, NOW - HOUR + DAY)
    assert ask("reset-password", subject=denied).ban is None
    assert ask(subject=replace(ANN, denied=NOW - DAY)).ban is None
    many = [Deed(f"00u{n}", "tess", "reset-link", NOW - n, Tier.PROOF) for n in range(12)]
    capped = ask(past=many)
    assert (capped.ban, capped.until) == (Ban.CAP, NOW - 11 + HOUR)
    assert ask(past=many[:11]).ban is None
    assert ask(past=[replace(deed, agent="omar") for deed in many]).ban is None
    assert ask("reset-password", past=many).ban is None


def test_a_rule_that_is_none_or_cannot_be_met_is_refused() -> None:
    assert check_rules(DEFAULT_RULES, {Measured.PUSH}) is DEFAULT_RULES  # somebody can be attested
    nobody = replace(DEFAULT_RULES, attested=frozenset(), attested_top=frozenset())
    assert check_rules(nobody, {Measured.NUMBER}) is nobody
    assert check_rules(nobody) is nobody
    for can in ({Measured.PUSH}, {Measured.CODE}, {Measured.MESSAGE}, set()):
        with pytest.raises(BadRules):
            check_rules(nobody, can)
    for wrong in (
        {"tiers": {"explode": Tier.PROOF}},
        {"proof": Strength.NOTHING},
        {"weak": frozenset({Measured.PUSH})},
        {"log_unreadable": "hope"},
        {"cool_off_hours": 1},
        {"per_agent": 0},
    ):
        with pytest.raises(BadRules):
            check_rules(replace(DEFAULT_RULES, **wrong))


ACTION = st.sampled_from(sorted(TIERS))
PERSON, AGENT = st.sampled_from(["00u1ann", "00u2bob"]), st.sampled_from(["tess", "omar", ""])
KIND = st.one_of(st.sampled_from(Measured), st.sampled_from(Attested))
STEPS = st.lists(
    st.tuples(KIND, st.floats(-60, 1200), st.sampled_from(["opf1", "opf9"]), st.sampled_from([OLD, NOW - HOUR])),
    max_size=3,
)
MOVE = st.tuples(st.floats(1, 40_000), ACTION, PERSON, AGENT, STEPS, st.booleans(), st.booleans())
RULES = st.builds(
    lambda **given: DeskRules(**given),  # noqa: PLW0108 - hypothesis asks the class for types
    tiers=st.dictionaries(ACTION, st.sampled_from(Tier), max_size=3),
    proof=st.sampled_from([Strength.PUSH, Strength.NUMBER, Strength.CODE]),
    weak=st.sets(st.sampled_from([Measured.MESSAGE, Measured.QUESTION])).map(frozenset),
)


def odds(steps: list[PassedStep], now: float, aimed_at: frozenset[str]) -> float:
    """How likely a blind tapper passes: worked out here anew, from the steps that could count at all."""
    good = sorted(
        (s for s in steps if 0 <= now - s.at < 600 and s.factor not in aimed_at and (s.enrolled or 0) <= s.at - DAY),
        key=lambda s: s.at,
    )
    if any(s.kind in {Attested.VIDEO, Attested.IN_PERSON} for s in good):
        return 0.0
    kinds = [s.kind for s in good]
    numbers = kinds.count(Measured.NUMBER)
    told = any(kind in {Measured.CODE, Measured.MESSAGE} for kind in kinds)
    return (1 / 3) ** numbers * (0.0 if told and numbers else 1.0)


@given(st.lists(MOVE, max_size=12), RULES)
def test_no_history_gives_an_account_away_unproven(moves: list[tuple[object, ...]], rules: DeskRules) -> None:
    """Any actions by any agents, in keydesk and in the Admin Console (an agent without a name), in any order."""
    past: list[Deed] = []
    now = NOW
    for after, action, person, agent, raw, log_read, alert in moves:
        now += float(after)  # type: ignore[arg-type]
        steps = [PassedStep(kind, now - ago, factor, enrolled) for kind, ago, factor, enrolled in raw]  # type: ignore[attr-defined]
        own = CallerProof(str(person), str(agent), str(action), tuple(steps))
        aimed_at = frozenset({"opf9"}) if HALF.get(str(action)) == "factors" else frozenset()
        known = past if log_read else [deed for deed in past if deed.agent]
        request = Request(
            str(action), str(agent), Subject(str(person)), now, aimed_at, (own,), known, bool(log_read), bool(alert)
        )
        judged = judge(request, rules)
        given_away = judged.ban is None and not set(judged.wants) & {Want.PROOF, Want.TOP_PROOF}
        if not agent:  # nobody asks the rules in the Admin Console
            past.append(Deed(str(person), "", str(action), now, TIERS[str(action)]))
            continue
        if not given_away:
            continue
        if judged.tier is Tier.TOP:
            assert odds(steps, now, aimed_at) <= 1 / 9 + 1e-9
        other = [d for d in known if d.person == person and HALF.get(d.action) and now - d.at < DAY]
        if HALF.get(str(action)) and any(HALF[d.action] != HALF[str(action)] for d in other):
            assert odds(steps, now, aimed_at) <= 1 / 9 + 1e-9
        past.append(Deed(str(person), str(agent), str(action), now, judged.tier))
