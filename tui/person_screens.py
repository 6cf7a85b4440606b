"""The screens about one person that every screen with people opens by a letter: the verdict, a notice, the software."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.asks import PersonScreen

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.signal import Signal

    from screens.asks import OpenAbout
    from tui.desk.people.person import Person
    from tui.desk.session import Session


def screen_about(session: Session, changed: Signal[Person], wanted: OpenAbout) -> Screen[None]:
    """Return a screen about a person, which is imported only now.

    Args:
        session: The session.
        changed: The signal that publishes each person who was read again.
        wanted: Which screen, and about whom.
    """
    if wanted.several:
        from screens.notices.several import TellSeveralScreen

        return TellSeveralScreen(session, wanted.several, wanted.topic, wanted.told)
    if wanted.screen is PersonScreen.WHY or wanted.person is None:
        from screens.why.why import WhyScreen

        return WhyScreen(session, changed, wanted.user_id)
    if wanted.screen is PersonScreen.NOTICE:
        from screens.notices.notice import NoticeScreen

        return NoticeScreen(session, wanted.person.user, wanted.topic)
    from screens.software.software import SoftwareScreen

    return SoftwareScreen(session, changed, wanted.person)
