"""The dialog that raises the alert, or ends it: everything takes one tier more, for all who share the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.verification.alerts import lower_alert, raise_alert, read_alert, span_seconds
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.field import Field, LabelledLine
from widgets.tones import STYLE, keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.session import Session
    from widgets.key_queue import Taking, Typed


class AlertScreen(Dialog[str]):
    """Dismissed with what was done, in words; empty when the agent cancelled.

    Args:
        session: The session, in whose ledger it is recorded.
        ends: Whether the alert is to be ended; else it is raised, or gets another end.
    """

    CSS_PATH = "alert.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Go"),
        Binding("escape", "dismiss('')", "Back"),
    ]

    def __init__(self, session: Session, *, ends: bool) -> None:
        super().__init__()
        self._session = session
        self._ends = ends
        self._drawn = Drawn(self, tell=lambda text: self._say(text, Tone.WARN))

    def compose(self) -> ComposeResult:
        """Yield what it does, the fields and the keys."""
        with Vertical(id="box") as box:
            box.border_title = "End the alert" if self._ends else "Raise the alert"
            yield Static(
                "From now on everything takes what the desk's rules say, and no more."
                if self._ends
                else "While it is raised, everything takes one tier more: an unlock a reason, a mailed reset a proof "
                "of the caller. It holds for all who share this ledger, and ends by itself.",
                id="what",
                markup=False,
            )
            yield Static(id="now", markup=False)
            hint = "why it may end" if self._ends else "callers in other people's names"
            yield LabelledLine("Reason", Field(placeholder=hint, id="reason", max_length=300))
            if not self._ends:
                lasts = Field(placeholder="30m or 4h, 24h at most", id="lasts", max_length=8)
                yield LabelledLine("Lasts", lasts)
            does = "ends it" if self._ends else "raises it"
            yield Static(Content.assemble(*keys(("enter", does), ("esc", "goes back"))))

    def on_mount(self) -> None:
        """Say whether it is raised now."""
        for lasts in self.query("#lasts").results(Input):
            lasts.value = "4h"
        self.query_one("#reason").focus()
        self.read()
        self._drawn.changed()

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could raise or end it and was typed before the dialog was on the screen."""
        return self._drawn.taking(typed)

    @work(exclusive=True, group="read")
    async def read(self) -> None:
        """Read the alert that is on."""
        try:
            alert = await read_alert(self._session)
        except Trouble as trouble:
            self._say(f"{trouble.title}. {trouble.advice}", Tone.BAD)
            return
        if alert is None:
            self._say("It is not raised now.", Tone.MUTED)
        else:
            until = datetime.fromtimestamp(alert.until, UTC).astimezone()
            self._say(f"Raised by {plain(alert.agent)} until {until:%H:%M}: {plain(alert.reason)}", Tone.WARN)

    @on(Input.Submitted)
    def action_go(self) -> None:
        """Raise it, or end it."""
        if self._drawn.complete:
            self.record()

    @work(exclusive=True, group="record")
    async def record(self) -> None:
        """Record it in the ledger; what is wrong is said here, and everything typed stays."""
        reason = self.query_one("#reason", Input).value
        try:
            if self._ends:
                await lower_alert(self._session, reason)
            else:
                lasts = span_seconds(self.query_one("#lasts", Input).value)
                await raise_alert(self._session, reason, self._session.now().timestamp() + lasts)
            await read_alert(self._session)
        except Trouble as trouble:
            self._say(f"{trouble.title}. {trouble.advice}", Tone.BAD)
            if (field := getattr(trouble, "field", "")) in {"reason", "lasts"}:
                self.query_one(f"#{field}", Input).focus()
            return
        self.dismiss("The alert is ended" if self._ends else "The alert is raised")

    def _say(self, text: str, tone: Tone) -> None:
        self.query_one("#now", Static).update(Content.styled(text, STYLE[tone]))
