"""What a card can say of its person before the verdict is reached, with next to nothing imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.people.answer import CardAnswer

if TYPE_CHECKING:
    from tui.desk.people.person import Person
    from tui.desk.session import Session

_NEEDED: Final = ("blocks", "groups", "factors", "events")


def ready(person: Person) -> bool:
    """Whether all parts of the card that a verdict is made of have been read, or could not be."""
    return not any(getattr(person, part).pending for part in _NEEDED)


def foreseen(session: Session, person: Person) -> CardAnswer | None:
    """Return what the lockouts have found of an attack on the person already; `None` for nothing. It sends nothing."""
    sign = session.attack_signs.people.get(person.user.id, "")
    return CardAnswer(sign, step="Do not unlock; tell security", attack=True) if sign else None
