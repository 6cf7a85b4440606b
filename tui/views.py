"""The views that come back: each screen begins as the one of its name was left, in this session or the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.base import DeskScreen
    from tui.desk.left_off.left_off import LeftOff
    from tui.desk.lockouts.glance import Glance
    from tui.desk.session import Session


class Views:
    """The screens that were opened in a session, and what is remembered of them beyond it.

    Attributes:
        left_off: What is remembered from one start to the next; `None` remembers nothing.
        opened: The screens by their name, of those about a person the newest.

    Args:
        fresh: Whether to begin without the view of the last time.
    """

    def __init__(self, *, fresh: bool) -> None:
        self.left_off: LeftOff | None = None
        self.opened: dict[str, DeskScreen] = {}
        self._fresh = fresh

    def begin(self, name: str, screen: DeskScreen, session: Session) -> None:
        """Have a screen begin with the view that it, or one of its name, was left with.

        Args:
            name: The screen's name: in the table of screens, or that of a screen about a person.
            screen: The screen, which is not shown yet.
            session: The session that it is of.
        """
        if (before := self.opened.get(name)) is not None:
            screen.begins_with = before.view_kept()
        elif self.left_off is not None and not self._fresh:
            screen.begins_with = self.left_off.desktop(*session.remembered_as).views.get(name, {})
        self.opened[name] = screen

    def last_screen(self, session: Session) -> str:
        """Return the name of the screen that was in front when keydesk was closed; empty for none."""
        if self.left_off is None or self._fresh:
            return ""
        return self.left_off.desktop(*session.remembered_as).screen

    def lockouts_seen(self, agent: str) -> Glance | None:
        """Return what the lockouts' screen has read in this session; `None` where it was not opened.

        Args:
            agent: The agent, whose own cases are counted apart.
        """
        picture = getattr(self.opened.get("lockouts"), "picture", None)
        if picture is None:
            return None
        from tui.desk.lockouts.glance import glance_at

        return glance_at(picture, agent)

    def write(self, session: Session, in_front: str) -> None:
        """Write down what the agent leaves; nothing is waited for but one small file.

        Args:
            session: The session.
            in_front: The name of the screen in front.
        """
        if self.left_off is not None:
            views = {name: screen.view_kept() for name, screen in self.opened.items() if screen.is_mounted}
            self.left_off.note_view(*session.remembered_as, in_front, views)
            self.left_off.save()
