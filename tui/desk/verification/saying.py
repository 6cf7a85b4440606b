"""What an agent says while a phone is asked, what each end of it means, and what to look at before they vouch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.text.plain import plain
from tui.desk.verification.asking import AskingStage
from tui.okta.errors import MissingRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.desk.people.person import Person
    from tui.desk.rules.judging import Judgement
    from tui.desk.session import Session
    from tui.desk.verification.asking import Asked
    from tui.desk.verification.ways import Way

_SAY: Final = "Say: “Your phone shows a sign-in{place} That is me. {tap} If you did not call us, tap No.”"
_ELSEWHERE: Final = ". It may name another place: that is where my program runs."
_DESK: Final = " Whoever asks whether you are really the desk: this push is the proof."
_YET: Final = "Say: “One moment, your phone is about to ring.” Which number it shows is not known yet."
ENDED: Final[Mapping[AskingStage, str]] = {
    AskingStage.DENIED: (
        "DENIED. Somebody tapped No, or another number: treat this call as an attack. Nothing of weight is done for "
        "this person for a day. Reach them in another way, and tell your security team."
    ),
    AskingStage.NOBODY: "Nobody answered in time. That proves nothing: ask again, or in another way.",
    AskingStage.WRONG: "The code was wrong. Okta counts that against the caller: three for one call at most.",
    AskingStage.UNKNOWN: "What came of it is not known, so it proves nothing. Ask again, or in another way.",
    AskingStage.FAILED: "Okta did not ask.",
}
"""What each end means that proves nothing."""
_SO_FAR: Final = {
    Strength.PUSH: "Approved, but without a number, which is not enough.",
    Strength.NUMBER: "One number is right. Ask once more, or for a code: that makes a blind tap unlikely.",
    Strength.CODE: "The code is right. Now a push with a number.",
}


def script(asked: Asked, place: str = "") -> str:
    """Return what the agent says while the phone is asked: Okta's message on it holds no text of ours.

    Args:
        asked: Where the asking is.
        place: The place that phones name, as the desk's rules say it; empty where they do not.
    """
    if asked.number is None and not asked.plain:
        return _YET
    tap = f"Tap {asked.number}." if asked.number is not None else "Tap Yes."
    return _SAY.format(place=f" from {plain(place)}." if place else _ELSEWHERE, tap=tap) + _DESK


def ended_words(asked: Asked, way: Way) -> str:
    """Return what an end means that proves nothing, with what went wrong and what to do; empty for another stage."""
    words, trouble = ENDED.get(asked.stage, ""), asked.trouble
    if asked.stage is AskingStage.WRONG:
        left = asked.tries_left or 0
        return f"{words} {left} left." if left else f"{words} None is left: ask in another way."
    if trouble is None or not words:
        return words
    if asked.plain and asked.stage is AskingStage.FAILED:
        return f"{words} It takes no number in a push, so it may be asked without one, which proves less."
    if isinstance(trouble, MissingRole):
        return f"{words} {refused_words(way)}"
    return f"{words} {plain(trouble.title)}. {plain(trouble.advice)}".strip()


def refused_words(way: Way) -> str:
    """Return what a refusal for want of a role means: this factor and this role, and not that nothing works."""
    role = "keydesk's role may not ask this one. Others may work: choose another way."
    if way.kind is Measured.CODE:
        role += " One report says that codes of other apps than Okta Verify take a Group Administrator."
    return f"It refuses {plain(way.name)}: {role}"


def so_far(judgement: Judgement) -> str:
    """Return how far the caller is proven where that is not enough yet."""
    return _SO_FAR.get(judgement.have, "Not proven yet.")


def look_at(way: Way, person: Person) -> str:
    """Return what an agent looks at before they vouch in a way; empty for a way of a factor."""
    user = person.user
    if way.kind is Attested.CALLED_BACK:
        return f"In Okta: {', '.join(phones_of(person))}. Call that, and no number that the caller tells you."
    if way.kind is Attested.MANAGER:
        manager = plain(user.text("manager") or user.text("managerId"))
        known = f"In Okta: {manager}." if manager else "Okta names no manager."
        return f"{known} Call them yourself, on a number that you know."
    if isinstance(way.kind, Attested):
        return f"The badge says {plain(user.name)}."
    return ""


def phones_of(person: Person) -> tuple[str, ...]:
    """Return the numbers that Okta has of a person, in harmless text."""
    found = (plain(person.user.text(name)).strip() for name in ("mobilePhone", "primaryPhone"))
    return tuple(dict.fromkeys(number for number in found if number))


def how_else(session: Session, ways: Iterable[Way]) -> str:
    """Return why no phone can be asked, and how the caller can be proven all the same; empty where one can."""
    if not session.verifies:
        off = "only reads" if not session.writes else "has that switched off"
        return f"No phone is asked here, since this connector {off}. Vouch for the caller, or use one that verifies."
    if any(isinstance(way.kind, Measured) and not way.cannot for way in ways):
        return ""
    return "None of their factors can prove them for this over the phone. Vouch for the caller in one of these ways."
