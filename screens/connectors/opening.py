"""The dialog that waits while a connector is opened, since a keyring or a password manager may take its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from tui.desk.session import Session
from tui.desk.text.plain import plain
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.key_queue import Taking, turns_back
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from widgets.key_queue import Typed


class OpeningScreen(Dialog[Session | None]):
    """Dismissed with the session, or `None` when the opening failed or the agent stopped waiting.

    Attributes:
        trouble: Why the opening failed; `None` when it did not.
    """

    DEFAULT_CSS = """
    OpeningScreen { align: center middle; }
    OpeningScreen #opening { width: auto; max-width: 90%; height: auto; padding: 1 2; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Stay here")]

    def __init__(self, name: str, opening: Callable[[str], Session]) -> None:
        super().__init__()
        self.trouble: Trouble | None = None
        self._name_wanted = name
        self._opening = opening

    def compose(self) -> ComposeResult:
        """Yield one line of text."""
        yield Static(Content(f"Opening {plain(self._name_wanted)} …   esc stays here"), id="opening")

    def on_mount(self) -> None:
        """Start to open the connector."""
        self.open()

    @work
    async def open(self) -> None:
        """Open the connector in a thread; a session that arrives after the agent has left is closed."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._opening, self._name_wanted))
        try:
            session = await asyncio.shield(opening)
        except Trouble as trouble:
            self.trouble = trouble
            self.dismiss(None)
        except asyncio.CancelledError:
            opening.add_done_callback(_close)
            raise
        else:
            self.dismiss(session)

    def action_leave(self) -> None:
        """Stop waiting."""
        self.workers.cancel_node(self)
        self.dismiss(None)


class AskProductionScreen(Dialog[bool]):
    """Asks before changes become possible that were not until now; dismissed with the answer.

    Args:
        session: The session at the production org, which is open already.
        answered: Called at once with the answer, before this screen is gone.
    """

    DEFAULT_CSS = """
    AskProductionScreen { align: center middle; }
    AskProductionScreen #ask { width: 60; max-width: 100%; height: auto; padding: 0 2; border: heavy $production; }
    AskProductionScreen #ask { background: $ground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "answer(False)"), Binding("y", "answer(True)")]

    def __init__(self, session: Session, *, answered: Callable[[], object]) -> None:
        super().__init__()
        self._session = session
        self._answered = answered
        self._drawn = Drawn(self)

    def on_mount(self) -> None:
        """Note when the question is on the screen."""
        self._drawn.changed()

    def taking(self, typed: Typed) -> Taking:
        """Drop all that was typed before the question was on the screen: it was meant for something else."""
        return Taking.NOW if self._drawn.before(typed) or turns_back(typed) else Taking.NEVER

    def compose(self) -> ComposeResult:
        """Yield the question."""
        connector = self._session.connector
        where = f"{plain(connector.name)} is production ({connector.org.host}), and changes are possible there."
        line = Content.assemble(*keys(("y", "switches"), ("esc", "stays here")))
        yield Static(Content("\n").join([Content(where), Content("Until now you only read."), line]), id="ask")

    def action_answer(self, switch: bool) -> None:  # noqa: FBT001 - Textual passes it by position
        """Close with the answer."""
        self._answered()
        self.dismiss(switch)


def _close(opened: asyncio.Future[Session]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().ledger.close()  # the client has no connection yet
