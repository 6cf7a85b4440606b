"""What looks like an attack at one org, as the lockouts and the verdicts found it; for whoever is about to unlock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(slots=True)
class AttackSigns:
    """What is suspected now; every part of a session looks at the same.

    Attributes:
        addresses: From which many people are tried, and which are no office of theirs.
        people: Whose lock or block looks like an attack: by id, what led to it, in harmless words.
    """

    addresses: frozenset[str] = frozenset()
    people: dict[str, str] = field(default_factory=dict)

    def update(self, addresses: Iterable[str], locked: Mapping[str, str]) -> None:
        """Take over what the feed shows now.

        Args:
            addresses: From which many people are tried.
            locked: By the id of each person who is locked or blocked, what speaks for an attack; empty for nothing.
        """
        self.addresses = frozenset(addresses)
        for user_id, attack in locked.items():
            self.note_person(user_id, attack)

    def note_person(self, user_id: str, attack: str) -> None:
        """Take over what is known of one person: what speaks for an attack, in harmless words; empty for nothing."""
        if attack:
            self.people[user_id] = attack
        else:
            self.people.pop(user_id, None)
