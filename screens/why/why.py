"""Why somebody can't sign in: the verdict, how sure it is, the one next step with its key, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.base import Command, DeskScreen
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.people.card import tone_of
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.why.why import evidence, verdict
from tui.okta.policy import Capability
from widgets.field import Field
from widgets.tones import STYLE
from widgets.why.timeline import Timeline
from widgets.why.verdict import EvidenceText, VerdictText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.desk.why.verdict import Verdict


class WhyScreen(DeskScreen):
    """Pushed over whatever shows a person; escape goes back to it.

    Args:
        session: The session.
        changed: Tells of people read anew.
        user_id: Whose verdict.
        app: The app that they want to get into; may be asked here too.
    """

    CSS_PATH = "why.tcss"
    AUTO_FOCUS = "#scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("enter", "step", "Next step"),
        Binding("a", "ask_app", "Ask about an app"),
        Binding("g", "software", "Software", show=False),
        Binding("r", "reload", "Refresh"),
    ]

    found: var[Verdict | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], user_id: str, app: str = "") -> None:
        super().__init__(session, changed)
        self.flow = ActionFlow(self, acted=self._acted)
        self._user_id = user_id
        self._wanted = app
        self._person: Person | None = None

    def body(self) -> Iterable[Widget]:
        """Who it is, the box for an app, the verdict, the timeline, the evidence."""
        yield Static(id="who", markup=False)
        yield Field(placeholder="Which app can't they get into? Enter asks, esc closes", id="app", max_length=80)
        with VerticalScroll(id="scroll"):
            yield VerdictText(id="verdict")
            yield Timeline(id="timeline")
            yield EvidenceText(id="evidence")

    def on_mount(self) -> None:
        """Read at once."""
        self.read()

    @work(exclusive=True, group="why")
    async def read(self) -> None:
        """Read everything about the person, and decide."""
        with self.guarded():
            person = await self.session.person_with_blocks(self._user_id)
            self._person = person
            self._show_who()
            read = await evidence(self.session, person, self._wanted)
            self._person = read.person
            self.query_one(Timeline).now = read.now
            self.found = verdict(read)

    def watch_found(self, found: Verdict | None) -> None:
        """Show the verdict."""
        if found is None:
            return
        self.query_one(VerdictText).show(found, self.session.now())
        self.query_one(Timeline).attempts = found.attempts
        self.query_one(EvidenceText).show(found)
        self.refresh_bindings()

    def _show_who(self) -> None:
        if self._person is None:
            return
        user = self._person.user
        parts = (user.login, user.text("title"), user.text("department"))
        state = okta_terms.status_words(user.status)
        self.query_one("#who", Static).update(
            Content.assemble(
                (plain(user.name, limit=60), "bold"),
                "".join(f" · {plain(part, limit=60)}" for part in parts if part),
                (f" · {plain(state)}", STYLE[tone_of(user.status, blocked=self._person.blocked)]),
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """The next step is a key where it is one of keydesk's own actions."""
        if action == "step":
            return True if self.found is not None and self.found.step.action else None
        return True

    # -- acting

    def action_step(self) -> None:
        """Begin the next step's action."""
        if self.found is not None and self.found.step.action and self._person is not None:
            self.notice.clear()
            self.flow.start(ACTIONS[self.found.step.action], self._person)

    def action_software(self) -> None:
        """What they have, and what they could be given."""
        if self._person is not None:
            with self.guarded():
                self.session.require(Capability.PROVISIONING)
                from screens.software.software import SoftwareScreen

                self.app.push_screen(SoftwareScreen(self.session, self.changed, self._person))

    def _acted(self, performed: Performed) -> None:  # noqa: ARG002 - it is read anew whatever came of it
        """Decide again."""
        self.read()

    def on_person_changed(self, person: Person) -> None:
        """They were acted on somewhere else."""
        if person.user.id == self._user_id and self.app.screen is not self:
            self.read()

    def action_reload(self) -> None:
        """Read again now."""
        self.notice.clear()
        self.read()

    def action_ask_app(self) -> None:
        """Open the box."""
        self.add_class("-asking")
        box = self.query_one("#app", Input)
        box.value = self._wanted
        box.focus()

    @on(Input.Submitted, "#app")
    def app_asked(self, event: Input.Submitted) -> None:
        """Decide again, with that app."""
        self._wanted = event.value.strip()
        self._close_box()
        self.read()

    def action_back(self) -> None:
        """Close the box, or go back to where this came from."""
        if self.has_class("-asking"):
            self._close_box()
        else:
            self.app.pop_screen()

    def _close_box(self) -> None:
        self.remove_class("-asking")
        self.query_one("#scroll").focus()

    def palette_commands(self) -> Iterable[Command]:
        """The same as the keys."""
        if self.found is not None and self.found.step.action:
            yield Command(ACTIONS[self.found.step.action].title, self.found.step.text, "step")
        yield Command("Ask about an app", "Whether the app they want is assigned to them", "ask_app")
