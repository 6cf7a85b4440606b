"""What the palette has everywhere about callers: the alert, the desk's rules, and in a demo who is on the line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.app import App

    from tui.desk.session import Session


def caller_commands(
    app: App[int], session: Session, take_call: Callable[[str | None], Awaitable[None]] | None
) -> Iterator[SystemCommand]:
    """Yield the entries of the palette about callers.

    Args:
        app: The app, which shows the dialogs.
        session: The session.
        take_call: Called with the login of the caller whose call is taken, `None` for none; `None` where nobody is on
            the line, since it is no demo with callers.
    """
    if session.ruled:
        about = "Everything takes one tier more, for all who share the ledger"
        yield SystemCommand("Raise the alert", about, partial(_open_alert, app, session, ends=False))
        about = "What each action takes, what goes up, what is refused"
        yield SystemCommand("The desk's rules", about, partial(_open_rules, app, session))
        if session.attack_signs.alert:
            yield SystemCommand("End the alert", "Before its time", partial(_open_alert, app, session, ends=True))
    if take_call is not None:
        about = "The demo's callers: what they say, and what is behind it"
        yield SystemCommand("Who is on the line?", about, partial(_open_callers, app, take_call))


def _open_alert(app: App[int], session: Session, *, ends: bool) -> None:
    """Open the dialog that raises the alert or ends it, and say on the screen behind it what was done."""
    from screens.base import DeskScreen
    from screens.verification.alert import AlertScreen

    screen = app.screen

    def closed(done: str | None) -> None:
        if done and isinstance(screen, DeskScreen):
            screen.refresh_status()
            screen.notice.show(done)

    app.push_screen(AlertScreen(session, ends=ends), closed)


def _open_rules(app: App[int], session: Session) -> None:
    from screens.verification.rules import RulesScreen

    app.push_screen(RulesScreen(session))


def _open_callers(app: App[int], take_call: Callable[[str | None], Awaitable[None]]) -> None:
    from screens.verification.callers import CallersScreen

    app.push_screen(CallersScreen(), take_call)
