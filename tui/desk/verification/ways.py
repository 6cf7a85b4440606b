"""The ways in which a person can prove that they are on the line, the one that the rules want first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.people.factors import enrolled
from tui.desk.rules.proofs import NEW_FACTOR
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.okta.clock import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.desk.rules.rules import DeskRules
    from tui.okta.models import Factor

_CODES: Final = frozenset({"token:software:totp", "token:hotp", "token:hardware", "token"})
_MESSAGES: Final = frozenset({"sms", "call", "email"})
_CANNOT: Final = {
    "signed_nonce": "Okta FastPass answers to a sign-in on the device alone; Okta has no call to ask for it.",
    "webauthn": "A security key or passkey answers to a browser alone, not over the phone.",
    "u2f": "A security key answers to a browser alone, not over the phone.",
    "web": "Duo is asked by Duo, not through Okta.",
}
"""Factors that prove nobody on the phone, with the reason."""
_ASKING: Final = {
    Measured.PUSH: "Push without a number",
    Measured.NUMBER: "Push with a number",
    Measured.CODE: "Code from the app or token",
    Measured.MESSAGE: "Code by message",
    Measured.QUESTION: "Security question",
}
_WORTH: Final = {
    Measured.PUSH: Strength.PUSH,
    Measured.NUMBER: Strength.TOP,  # asked twice in a row
    Measured.CODE: Strength.CODE,
    Measured.MESSAGE: Strength.CODE,
    Measured.QUESTION: Strength.PUSH,
}
"""What each way comes to, asked as often as it may be."""
ATTESTING: Final = {
    Attested.CALLED_BACK: "You called them back on the number in Okta",
    Attested.MANAGER: "Their manager vouched for them",
    Attested.VIDEO: "You saw them and their badge on video",
    Attested.IN_PERSON: "They stand before you",
}
"""What an agent says with each kind of attested step."""


class Way(Struct, frozen=True):
    """One way for one person.

    Attributes:
        kind: What it would prove; `None` where it proves nobody.
        name: What people call the factor, untrusted: `Okta Verify on Ann's phone`; or what the agent says.
        title: What is done: `Push with a number`.
        factor: Okta's id of the factor; empty for an attested way.
        factor_type: Okta's type of it; empty for an attested way.
        enrolled: When the factor was enrolled, in seconds since 1970; `None` where Okta does not say.
        cannot: Why it cannot be used now, in a sentence; empty where it can.
        wanted: Whether the rules are content with it alone.
    """

    kind: Measured | Attested | None
    name: str
    title: str
    factor: str = ""
    factor_type: str = ""
    enrolled: float | None = None
    cannot: str = ""
    wanted: bool = False


def ways_of(
    factors: Iterable[Factor],
    rules: DeskRules,
    need: Strength,
    *,
    now: float,
    aimed_at: Collection[str] = (),
    numbers: bool = True,
    phones: Collection[str] | None = None,
) -> tuple[Way, ...]:
    """Return the ways in which a person can prove themselves for one action: what is enough first, what cannot be last.

    Args:
        factors: Their factors as Okta shows them.
        rules: The desk's rules.
        need: The strength that the action takes.
        now: Okta's time, in seconds since 1970.
        aimed_at: The ids of the factors that the action takes away: what is to be reset proves nothing.
        numbers: Whether pushes of this org may show numbers; it is not known before the first one.
        phones: The numbers on which Okta says that they are called; `None` where nobody has looked.
    """
    factors = tuple(factors)
    names = {identifier: one.name for one in enrolled(factors) for identifier in one.ids}
    found: list[Way] = []
    for factor in factors:
        way = _way(factor, names[factor.id], rules, numbers=numbers)
        if not way.cannot and isinstance(way.kind, Measured):
            cannot = _useless(way, now, aimed_at)
            way = replace(way, cannot=cannot, wanted=not cannot and _WORTH[way.kind] >= need)
        found.append(way)
    enough = rules.attested_top if need is Strength.TOP else rules.attested
    for kind, said in ATTESTING.items():
        cannot = "Okta has no number of theirs." if kind is Attested.CALLED_BACK and phones == () else ""
        found.append(Way(kind, said, said, cannot=cannot, wanted=kind in enough and not cannot))
    return tuple(sorted(found, key=_order))


def _order(way: Way) -> tuple[bool, bool, bool, int, bool]:
    """Return the place of a way: what is measured before what is attested, the strong before the weak."""
    worth = _WORTH[way.kind] if isinstance(way.kind, Measured) else Strength.NOTHING
    return bool(way.cannot), not way.wanted, isinstance(way.kind, Attested), -worth, way.kind is Measured.MESSAGE


def _useless(way: Way, now: float, aimed_at: Collection[str]) -> str:
    """Return why a way proves nothing for this action; empty where it can."""
    if way.factor in aimed_at:
        return "It is what you are about to reset."
    if way.enrolled is not None and now - way.enrolled < NEW_FACTOR:
        return "It was enrolled within the last 24 hours."
    return ""


def _way(factor: Factor, name: str, rules: DeskRules, *, numbers: bool) -> Way:
    kind = factor.factor_type or ""
    made = instant(factor.created)
    since = made.timestamp() if made else None
    if factor.status not in {None, "ACTIVE"}:
        return Way(None, name, "", factor.id, kind, since, "It is not active.")
    if kind in _CANNOT:
        return Way(None, name, "", factor.id, kind, since, _CANNOT[kind])
    measured = _measured(kind, numbers=numbers)
    if measured is None:
        return Way(None, name, "", factor.id, kind, since, "keydesk does not know how to ask for it.")
    cannot = ""
    if measured in {Measured.MESSAGE, Measured.QUESTION} and measured not in rules.weak:
        cannot = "The desk's rules do not count it."
    return Way(measured, name, _ASKING[measured], factor.id, kind, since, cannot)


def _measured(kind: str, *, numbers: bool) -> Measured | None:
    if kind == "push":
        return Measured.NUMBER if numbers else Measured.PUSH
    if kind in _CODES:
        return Measured.CODE
    if kind in _MESSAGES:
        return Measured.MESSAGE
    return Measured.QUESTION if kind == "question" else None
