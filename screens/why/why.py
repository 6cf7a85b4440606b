"""The screen with the verdict on why a person cannot sign in, the next step, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.act.person_commands import person_commands
from screens.act.person_keys import PersonKeys, person_bindings
from screens.asks import Command
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.people.card import tone_of
from tui.desk.people.parts import SHARED_FOR, UNCHANGED
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why.why import evidence, verdict
from widgets.field import Field
from widgets.pane import Pane
from widgets.steady_text import SteadyText
from widgets.tones import chip
from widgets.why.timeline import Timeline
from widgets.why.verdict import EvidenceText, VerdictText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.desk.why.verdict import Verdict


class WhyScreen(PersonKeys):
    """Pushed in front of a screen that shows a person; escape returns to that screen.

    Args:
        session: The session.
        changed: The signal that publishes each person who was read again.
        user_id: The person's Okta id.
        app: The app that the person wants to open; the agent can also type it here.
    """

    CSS_PATH = "why.tcss"
    AUTO_FOCUS = "#scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("enter", "step", "Next step"),
        *person_bindings(),
        Binding("c", "copy_note", "Copy"),
        Binding("i", "ask_app", "Ask about an app"),
        Binding("r", "reload", "Refresh"),
    ]

    verdict: var[Verdict | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], user_id: str, app: str = "") -> None:
        super().__init__(session, changed)
        self.flow = ActionFlow(self, acted=self._acted)
        self._user_id = user_id
        self._app_wanted = app
        self._person: Person | None = None
        self._changed = False

    def body(self) -> Iterable[Widget]:
        """Yield the person, the box for an app, the verdict, the timeline and the evidence."""
        yield SteadyText(id="who", markup=False)
        yield Field(placeholder="Which app can't they get into? Enter asks, esc closes", id="app", max_length=80)
        with Pane("Why", id="pane"), VerticalScroll(id="scroll"):
            yield VerdictText(id="verdict")
            yield Timeline(id="timeline")
            yield EvidenceText(id="evidence")

    def on_mount(self) -> None:
        """Read the person."""
        self.read()

    @work(exclusive=True, group="why")
    async def read(self, *, younger: float = SHARED_FOR) -> None:
        """Read the person and the evidence, but for what was read so many seconds ago, and make the verdict."""
        with self.guarded(), self.long.watch("Reading what keeps the person out"):
            person = await self.session.person_with_blocks(self._user_id, younger=younger)
            self._person = person
            self._show_who()
            read_evidence = await evidence(self.session, person, self._app_wanted, younger=younger)
            self._person = read_evidence.person
            self.query_one(Timeline).now = read_evidence.now
            self.verdict = verdict(read_evidence)

    def watch_verdict(self, verdict: Verdict | None) -> None:
        """Show the new verdict."""
        if verdict is None:
            return
        self.query_one(VerdictText).show(verdict, self.session.now())
        self.query_one(Timeline).attempts = verdict.attempts
        self.query_one(EvidenceText).show(verdict)
        self.refresh_bindings()

    def _show_who(self) -> None:
        if self._person is None:
            return
        user = self._person.user
        parts = (user.login, user.text("title"), user.text("department"))
        tone = tone_of(user.status, blocked=self._person.blocked)
        words = plain(okta_terms.status_words(user.status, blocked=self._person.blocked))
        self.query_one("#who", Static).update(
            Content.assemble(
                (plain(user.name, limit=60), "bold"),
                "".join(f" · {plain(part, limit=60)}" for part in parts if part),
                "  ",
                chip(words, tone),
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: the next step has one only if it is an action of keydesk."""
        if action == "step":
            return True if self.verdict is not None and self.verdict.step.action else None
        if action == "why":
            return False  # it is shown already
        return super().check_action(action, parameters)

    @property
    def person_id(self) -> str:
        """Okta's id of the person whom the verdict is about."""
        return self._user_id

    @property
    def known_person(self) -> Person | None:
        """The person as read for the verdict."""
        return self._person

    # -- acting

    def action_step(self) -> None:
        """Start the next step's action."""
        if self.verdict is not None and self.verdict.step.action and self._person is not None:
            self.notice.clear()
            self.flow.start(ACTIONS[self.verdict.step.action], self._person)

    def _acted(self, performed: Performed) -> None:  # noqa: ARG002 - any result needs another verdict
        """Make the verdict again after an action."""
        self.read(younger=UNCHANGED)

    def on_person_changed(self, person: Person) -> None:
        """Make the verdict again on the return from the screen on which the person was changed."""
        self._changed = self._changed or (person.user.id == self._user_id and self.app.screen is not self)

    def on_screen_resume(self) -> None:
        """Show what was changed meanwhile."""
        if self._changed:
            self._changed = False
            self.read(younger=UNCHANGED)

    def action_reload(self) -> None:
        """Make the verdict again, all afresh."""
        self.notice.clear()
        self.read(younger=0.0)

    def action_ask_app(self) -> None:
        """Open the box for an app."""
        self.add_class("-asking")
        box = self.query_one("#app", Input)
        box.value = self._app_wanted
        box.focus()

    @on(Input.Submitted, "#app")
    def app_asked(self, event: Input.Submitted) -> None:
        """Make the verdict again with the app that was typed."""
        self._app_wanted = event.value.strip()
        self._close_box()
        self.read()

    def action_back(self) -> None:
        """Give up what takes long, close the box, or return to the screen before."""
        if self.gave_up():
            return
        if self.has_class("-asking"):
            self._close_box()
        else:
            self.app.pop_screen()

    def _close_box(self) -> None:
        self.remove_class("-asking")
        self.query_one("#scroll").focus()

    async def notes(self) -> tuple[Note, ...]:
        """Return the ticket text of the last action, then the verdict and its parts."""
        if self.verdict is None or self._person is None:
            return ()
        from tui.desk.notes.notes import verdict_notes

        verdict = verdict_notes(self.verdict, self._person.user, self.session.now())
        return (*await self.flow.notes(self._person), *verdict)

    def whom(self) -> tuple[str, str] | None:
        """Return the person."""
        return (self._person.user.id, self._person.user.name) if self._person else None

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions of the keys."""
        if self.verdict is not None and self.verdict.step.action:
            yield Command(ACTIONS[self.verdict.step.action].title, self.verdict.step.text, "step")
        if self._person is not None:
            commands = person_commands(self.session, self._person)
            yield from (command for command in commands if command.action != "why")
        yield Command("Ask about an app", "Whether the app they want is assigned to them", "ask_app")
