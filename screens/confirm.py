"""Confirm one action: who, what it does to them, exactly what is sent, and the ceremony its danger asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.desk import words
from tui.desk.actions import DIRECTORIES, Danger
from tui.desk.card import Tone, tone_of
from tui.desk.performed import Performed
from tui.desk.plain import plain
from tui.trouble import Trouble
from widgets.field import Field
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions import Plan
    from tui.desk.performed import Progress
    from tui.desk.session import Session


class ConfirmScreen(ModalScreen[Performed | None]):
    """Answers what was performed, or `None` when the agent turned back.

    Attributes:
        failed: It was tried and not sent: what the agent saw of the person may be old.
    """

    CSS_PATH = "confirm.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    def __init__(self, session: Session, plan: Plan) -> None:
        super().__init__()
        self._session = session
        self._plan = plan
        self._seen = False
        self._sending = False
        self.failed = False

    def on_mount(self) -> None:
        """An enter that was typed before this was on the screen confirms nothing."""
        self.call_after_refresh(self._is_seen)

    def _is_seen(self) -> None:
        self._seen = True

    def compose(self) -> ComposeResult:
        """Person, sentence, calls, inputs, buttons."""
        action = self._plan.action
        with VerticalScroll(id="box") as box:
            user = self._plan.person.user
            box.border_title = Content(plain(f"{action.title}: {user.name} · {user.login}", limit=70))
            box.can_focus = False
            yield Static(self._text(), id="what")
            if action.danger >= Danger.DESTRUCTIVE:
                yield Field(placeholder="Type the login to confirm", id="login")
            needed = "needed" if action.danger >= Danger.DISRUPTIVE else "optional"
            yield Field(placeholder=f"Reason, for the ledger ({needed})", id="reason", max_length=500)
            yield Field(placeholder="Ticket (optional)", id="ticket", max_length=80)
            yield Static("", id="answer", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Back (esc)", id="back", compact=True)
                yield Button(f"{action.title} (enter)", id="go", variant="warning", compact=True)

    def _text(self) -> Content:
        person, action = self._plan.person, self._plan.action
        user, now = person.user, self._session.now()
        manager = user.text("manager") or user.text("managerId")
        who = (
            user.login,
            user.text("title"),
            user.text("department"),
            f"manager {manager}" if manager else "",
            f"last sign-in {words.ago(user.when('last_login'), now)}",
        )
        parts: list[str | Content | tuple[str, str]] = [
            (plain(user.name), "bold"),
            "\n" + " · ".join(plain(part) for part in who if part),
            "\n",
            (plain(person.headline(now)), STYLE[tone_of(user.status, blocked=person.blocked)]),
            "\n\n",
            (plain(self._plan.sentence), "bold"),
            f" {action.effect}",
        ]
        if action.directory_note and user.provider_type in DIRECTORIES:
            note = f"\n{plain(words.provider_words(user))}: {action.directory_note}"
            parts.append((note, STYLE[Tone.WARN]))
        host = self._session.connector.org.host
        parts += ["\n\n", (f"Sent to {host}, exactly this:", "$foreground-muted")]
        for call in self._plan.calls:
            parts += ["\n  ", (plain(call), "bold")]
        return Content.assemble(*parts)

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Turn back; once it is sent there is nothing to turn back to."""
        if not self._sending:
            self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def go(self) -> None:
        """Check what the danger asks for, then perform."""
        if self._sending or not self._seen:
            return
        danger = self._plan.action.danger
        login = self._plan.person.user.login
        if danger >= Danger.DESTRUCTIVE and self.query_one("#login", Input).value.strip() != login:
            self._say("Type the login exactly as it stands above.", Tone.WARN)
            self.query_one("#login", Input).focus()
        elif danger >= Danger.DISRUPTIVE and not self.query_one("#reason", Input).value.strip():
            self._say("Give a reason: it goes to the ledger.", Tone.WARN)
            self.query_one("#reason", Input).focus()
        else:
            self._sending = True
            self.query_one("#go", Button).disabled = True
            self.query_one("#back", Button).disabled = True
            self.perform()

    @work(exclusive=True, group="perform")
    async def perform(self) -> None:
        """Carry it out; what goes wrong before it is sent stays here, with everything typed."""
        reason, ticket = (self.query_one(f"#{name}", Input).value.strip() for name in ("reason", "ticket"))
        try:
            performed = await self._session.perform(self._plan, reason=reason, ticket=ticket, progress=self._progress)
        except Trouble as trouble:
            self._sending, self.failed = False, True
            self.query_one("#back", Button).disabled = False
            self.query_one("#go", Button).disabled = False
            self._say(str(trouble), Tone.BAD)
        else:
            self.dismiss(performed)

    def _progress(self, progress: Progress) -> None:
        self._say(f"{progress.note} …", Tone.MUTED)

    def _say(self, text: str, tone: Tone) -> None:
        mark = {Tone.BAD: "✗ ", Tone.WARN: "! "}.get(tone, "")
        answer = self.query_one("#answer", Static)
        answer.update(Content.styled(mark + plain(text), STYLE[tone]))
        self.call_after_refresh(answer.scroll_visible, animate=False)  # in a small terminal it is below the end

    def action_scroll(self, pages: int) -> None:
        """Move what does not fit a small terminal; the fields keep the focus."""
        box = self.query_one("#box", VerticalScroll)
        box.scroll_relative(y=pages * max(1, box.size.height - 2), animate=False)
