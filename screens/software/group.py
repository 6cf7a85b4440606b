"""Choose one group: for giving it an app, or for putting several people into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.software.list import SoftwareList
from tui.desk.software.search import SoftwareFound
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.software.detail import about_group

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual.signal import Signal

    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.software.offers import Offer
    from tui.okta.models import Group


class GroupScreen(SoftwareList):
    """Calls `pick` with the group that was chosen, once this screen is gone; escape chooses none.

    Args:
        pick: Takes the group.
        purpose: What it is for, in the line on top: `Add 12 people to a group`.
        person: Whose groups are listed before anything is typed; `None` for nobody's.
        own: Whether only the groups of this person can be chosen, those whose members nobody may change included.
        without: Ids of groups that cannot be chosen.
    """

    asks = "Group"
    hint = "a part of its name"

    def __init__(
        self,
        session: Session,
        changed: Signal[Person],
        pick: Callable[[Group], None],
        *,
        purpose: str,
        person: Person | None = None,
        own: bool = False,
        without: Collection[str] = (),
        typing_pause: float = 0.12,
    ) -> None:
        self._pick = pick
        self._purpose = purpose
        self._own = own
        self._without = frozenset(without)
        super().__init__(session, changed, person, groups_only=True, typing_pause=typing_pause)

    def title_line(self) -> Content:
        """What it is for."""
        return Content.styled(plain(self._purpose), "bold")

    def take(self, found: SoftwareFound, *, few: bool = False) -> None:
        """Show the groups that can be chosen."""
        offers = tuple(
            offer
            for offer in found.offers
            if offer.key not in self._without and (not self._own or offer.givers[0].member)
        )
        super().take(SoftwareFound(found.text, offers, found.gaps, found.more, found.done, found.complete), few=few)

    def describe(self, offer: Offer, width: int) -> Content:
        """The group, and whether it can be chosen."""
        return about_group(offer.givers[0], width, joining=not self._own)

    def choose(self, offer: Offer) -> None:
        """Hand the group over."""
        giver = offer.givers[0]
        if giver.obstacle is not None and not self._own:
            self.notice.show(f"{giver.name}: {giver.obstacle.reason}", giver.obstacle.advice, Tone.WARN)
            return
        self.dismiss(None)
        self.app.call_later(self._pick, giver.group)
