"""The screen that chooses one group, to assign an app to it or to add people to it."""

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
    """Calls `pick` with the chosen group once this screen is closed; escape chooses none.

    Args:
        pick: Called with the chosen group.
        purpose: The purpose in words, for the title line: `Add 12 people to a group`.
        person: The person whose groups are listed before anything is typed; `None` lists none.
        own: Whether only this person's groups can be chosen, including those whose members nobody may change.
        without: The ids of groups that cannot be chosen.
    """

    box_label = "Group"
    box_hint = by_groups_hint = "a part of its name"

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
        """Return the purpose."""
        return Content.styled(plain(self._purpose), "bold")

    def show_result(self, result: SoftwareFound, *, too_short: bool = False) -> None:
        """Show only the groups that can be chosen."""
        offers = tuple(
            offer
            for offer in result.offers
            if offer.key not in self._without and (not self._own or offer.givers[0].member)
        )
        super().show_result(
            SoftwareFound(result.text, offers, result.gaps, result.more, result.done, result.complete),
            too_short=too_short,
        )

    def describe(self, offer: Offer, width: int) -> Content:
        """Return the text about the group, with the reason why it cannot be chosen, if any."""
        return about_group(offer.givers[0], width, joining=not self._own)

    def choose(self, offer: Offer) -> None:
        """Close and call `pick` with the group, or show its obstacle."""
        giver = offer.givers[0]
        if giver.obstacle is not None and not self._own:
            self.notice.show(f"{giver.name}: {giver.obstacle.reason}", giver.obstacle.advice, Tone.WARN)
            return
        self.dismiss(None)
        self.app.call_later(self._pick, giver.group)
