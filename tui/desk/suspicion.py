"""What looks like an attack at one org, as the lockouts and the verdicts found it; for whoever is about to unlock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.desk.triggers import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.case import Case
    from tui.desk.triggers import Reading


@dataclass(slots=True)
class Suspicion:
    """What is suspected now; every part of a session looks at the same.

    Attributes:
        addresses: From which many people are tried, and which are no office of theirs.
        people: Whose lock or block looks like an attack: by id, what led to it, in harmless words.
    """

    addresses: frozenset[str] = frozenset()
    people: dict[str, str] = field(default_factory=dict)

    def heard(self, addresses: Iterable[str], open_cases: Iterable[Case]) -> None:
        """Take in what the feed shows now."""
        self.addresses = frozenset(addresses)
        for case in open_cases:
            self.read(case.user_id, case.reading, shut=True)

    def read(self, user_id: str, reading: Reading, *, shut: bool) -> None:
        """Take in what is known of one person; `shut`: whether they are locked or blocked."""
        if shut and reading.trigger is Trigger.ATTACK:
            self.people[user_id] = f"{reading.words} ({reading.sure.value})"
        else:
            self.people.pop(user_id, None)
