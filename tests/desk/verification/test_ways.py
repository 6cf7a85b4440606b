"""Which ways a person is offered, in which order, and why others are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.desk.rules.rules import DAY, DEFAULT_RULES
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.verification.ways import ways_of
from tui.okta.models import Factor

if TYPE_CHECKING:
    from tui.desk.verification.ways import Way

NOW = 1_795_413_600.0


def factor(kind: str, provider: str = "OKTA", **more: str) -> Factor:
    made = {"id": f"id-{kind}", "status": "ACTIVE", "created": "2025-01-01T00:00:00.000Z"} | more
    return Factor(factor_type=kind, provider=provider, **made)  # type: ignore[arg-type]


EVERYTHING = (
    factor("question"),
    factor("sms"),
    factor("web", "DUO"),
    factor("webauthn", "FIDO"),
    factor("signed_nonce"),
    factor("token:software:totp", "GOOGLE"),
    factor("push"),
    factor("token:hardware", "YUBICO", status="PENDING_ACTIVATION"),
    factor("carrier-pigeon"),
)


def kinds(ways: tuple[Way, ...]) -> list[str]:
    return [str(way.kind) for way in ways if way.wanted]


def test_what_is_enough_comes_first_and_what_cannot_be_last_with_the_reason() -> None:
    ways = ways_of(EVERYTHING, DEFAULT_RULES, Strength.NUMBER, now=NOW)
    assert kinds(ways) == ["number", "code", "called-back", "manager", "video", "in-person"]
    reasons = {way.factor: way.cannot for way in ways if way.cannot}
    assert set(reasons) == {
        f"id-{kind}"
        for kind in ("question", "sms", "web", "webauthn", "signed_nonce", "token:hardware", "carrier-pigeon")
    }
    assert "FastPass" in reasons["id-signed_nonce"]
    assert "Duo" in reasons["id-web"]
    assert "rules" in reasons["id-sms"]
    assert [bool(way.cannot) for way in ways] == sorted(bool(way.cannot) for way in ways)


def test_the_highest_tier_is_content_with_numbers_or_what_the_rules_name() -> None:
    assert kinds(ways_of(EVERYTHING, DEFAULT_RULES, Strength.TOP, now=NOW)) == ["number", "video", "in-person"]
    plain = ways_of(EVERYTHING, DEFAULT_RULES, Strength.TOP, now=NOW, numbers=False)
    assert kinds(plain) == ["video", "in-person"]
    assert next(way.title for way in plain if way.kind is Measured.PUSH) == "Push without a number"


def test_weak_ways_count_where_the_rules_say_so() -> None:
    rules = replace(DEFAULT_RULES, weak=frozenset({Measured.MESSAGE, Measured.QUESTION}))
    assert kinds(ways_of(EVERYTHING, rules, Strength.CODE, now=NOW))[:3] == ["number", "code", "message"]
    assert "question" in kinds(ways_of(EVERYTHING, rules, Strength.PUSH, now=NOW))


def test_what_is_to_be_reset_and_what_is_new_prove_nothing() -> None:
    new = factor("push", created="2026-11-22T06:00:01.000Z")
    ways = ways_of(
        (new, factor("token:software:totp")),
        DEFAULT_RULES,
        Strength.NUMBER,
        now=NOW,
        aimed_at={"id-token:software:totp"},
    )
    assert {way.factor: way.cannot for way in ways if way.cannot} == {
        "id-push": "It was enrolled within the last 24 hours.",
        "id-token:software:totp": "It is what you are about to reset.",
    }
    assert all(isinstance(way.kind, Attested) for way in ways if way.wanted)
    old = ways_of((new,), DEFAULT_RULES, Strength.NUMBER, now=NOW + DAY)
    assert old[0].wanted


def test_who_has_no_number_in_okta_is_not_called_back() -> None:
    called = {
        phones: next(way for way in ways_of((), DEFAULT_RULES, Strength.NUMBER, now=NOW, phones=phones)
                     if way.kind is Attested.CALLED_BACK)
        for phones in ((), ("+1 415 555 0132",))
    }  # fmt: skip
    assert (called[()].cannot, called[()].wanted) == ("Okta has no number of theirs.", False)
    assert called["+1 415 555 0132",].wanted


def test_nobody_without_factors_is_left_without_a_way() -> None:
    assert {way.kind for way in ways_of((), DEFAULT_RULES, Strength.NUMBER, now=NOW)} == set(Attested)
