"""Who is blocked by device, as far as this session has read it: kept once, and shown in every list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.desk.people.person import Person


class Blocked:
    """The people whom Okta blocks by device beside their status. A list shows it without another request.

    Okta has no search for blocks (Okta: "User sign-in blocks" are read person by person), so a person of whom nobody
    has read them is in no list of this object, and no list says that they are not blocked.

    Attributes:
        version: A number that grows with each change.
    """

    def __init__(self) -> None:
        self.version = 0
        self._read: dict[str, tuple[float, bool]] = {}

    def __contains__(self, user_id: object) -> bool:
        """Return whether the newest reading showed a block."""
        return self._read.get(str(user_id), (0.0, False))[1]

    def known(self, user_id: str) -> bool | None:
        """Return whether a person is blocked; `None` where nobody has read it."""
        return self._read[user_id][1] if user_id in self._read else None

    def note(self, user_id: str, at: float, *, blocked: bool) -> None:
        """Store what was read, unless something newer is known.

        Args:
            user_id: The person's Okta id.
            at: When it was so, by Okta's clock, seconds since the epoch.
            blocked: Whether the person is blocked.
        """
        before = self._read.get(user_id)
        if before is not None and before[0] > at:
            return
        self._read[user_id] = (at, blocked)
        if blocked is not (before is not None and before[1]):
            self.version += 1

    def note_person(self, person: Person) -> None:
        """Store the blocks of a person, where they could be read."""
        if person.blocks_known:
            self.note(person.user.id, person.read_at, blocked=person.blocked)
