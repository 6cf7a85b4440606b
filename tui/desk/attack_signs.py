"""Signs of an attack at one org, which the lockouts and the verdicts find, and which an agent sees before an unlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class AttackSigns(Struct):
    """The signs that are known now; one object for all features of a session.

    Attributes:
        addresses: IP addresses from which the passwords of many people are tried, company networks left out.
        people: For each person (Okta id) whose lock or block looks like an attack, the reason in harmless words.
        judged: Okta's ids of people, whatever their state, of whom the log looked like an attack when it was read last.
        alert: That the alert is raised and until when, as the top line says it; empty while it is not raised.
    """

    addresses: frozenset[str] = frozenset()
    people: dict[str, str] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    alert: str = ""

    def attacked(self, user_id: str) -> bool:
        """Whether the lockouts or a verdict have found signs of an attack on a person."""
        return user_id in self.people or user_id in self.judged

    def note_verdict(self, user_id: str, *, attack: bool) -> None:
        """Store whether the log, as just read, looks like an attack on a person."""
        (self.judged.add if attack else self.judged.discard)(user_id)

    def update(self, addresses: Iterable[str], locked: Mapping[str, str]) -> None:
        """Replace the addresses, and update the people who are locked or blocked now.

        Args:
            addresses: IP addresses from which the passwords of many people are tried.
            locked: For each person (Okta id) who is locked or blocked, the reason to suspect an attack; empty for none.
        """
        self.addresses = frozenset(addresses)
        for user_id, attack in locked.items():
            self.note_person(user_id, attack)

    def note_person(self, user_id: str, attack: str) -> None:
        """Store the reason to suspect an attack on a person, in harmless words; an empty reason removes the person."""
        if attack:
            self.people[user_id] = attack
        else:
            self.people.pop(user_id, None)
