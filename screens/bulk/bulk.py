"""One thing for several people: choose it, look at everybody, confirm with their number, watch, see what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Input

from screens.act.instructions import InstructionsScreen
from screens.bulk.view import JobView, Phase, people_words
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import UNFIT, Danger, TargetKind
from tui.desk.bulk.export import save, suggested
from tui.desk.bulk.job import Job, capped, job
from tui.desk.bulk.run import JobRun
from tui.desk.people.person import Person
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import BadInput, Trouble
from widgets.key_line import KeyLine
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.signal import Signal

    from tui.desk.actions.grammar import Action
    from tui.desk.bulk.job import JobLine
    from tui.desk.session import Session
    from tui.okta.models import Group, User

IN: Final = {"go_on": Phase.WHAT, "save": Phase.OVER, "again": Phase.OVER, "stop": Phase.RUN}
"""The actions that belong to one phase only."""


class BulkScreen(ModalScreen[Job | None]):
    """Answers what came of it, or `None` when nothing was tried.

    A dialog, so that nobody changes to another connector while it runs.

    Args:
        session: Where.
        changed: Told of the people that were read anew.
        people: For whom, in order.
        action: What, if that is known already.
    """

    CSS_PATH = "bulk.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on"),
        Binding("x", "save", "Export"),
        Binding("a", "again", "Again, only what failed"),
        Binding("y", "stop", "Stop"),
        Binding("escape", "back", "Back"),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(
        self, session: Session, changed: Signal[Person], people: Sequence[User], action: Action | None = None
    ) -> None:
        taken, left = capped(people)
        now = session.client.clock.time()
        super().__init__()
        self.session = session
        self.people = tuple(Person(user, now) for user in taken)
        self.view = JobView(session, self.people, len(left))
        self._changed = changed
        self._action = action if action is not None and action.several else None
        self._several: JobRun | None = None
        self._before: Job | None = None
        self._asking = False

    def compose(self) -> ComposeResult:
        """The job, and the keys."""
        yield self.view
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask what, or go straight to looking."""
        if self._action is None:
            self.view.choice.focus()
        else:
            self._chosen(self._action)

    def on_screen_resume(self) -> None:
        """Take the rate limits' news while this screen is the one shown."""
        self.session.client.budget.on_change = self.view.show_progress

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Only what makes sense now."""
        if self.view.phase is not IN.get(action, self.view.phase):
            return False
        if action == "again":
            return self.view.whole is not None and any(line.failed for line in self.view.whole.lines)
        return self._asking if action == "stop" else True

    # -- what

    def action_go_on(self) -> None:
        """Take what was chosen."""
        self._chosen(ACTIONS[self.view.choice.value])

    def _chosen(self, action: Action) -> None:
        self._action = action
        if action.chosen == (TargetKind.GROUP,):
            from screens.software.group import GroupScreen

            purpose = f"Add {people_words(len(self.people))} to a group"
            self.app.push_screen(GroupScreen(self.session, self._changed, self._picked, purpose=purpose))
        else:
            self._look(job(action, self.people))

    def _picked(self, group: Group) -> None:
        if self._action is not None:
            self._look(job(self._action, self.people, [(TargetKind.GROUP, group.id)]))

    # -- look

    def _look(self, work_: Job) -> None:
        self._several = JobRun(self.session, work_, self._told)
        self.view.enter(Phase.LOOK)
        self.view.entitle(work_.action.title)
        self.view.show_note("")
        self.view.lines.focus()
        self.look(self._several)

    @work(exclusive=True, group="several")
    async def look(self, several: JobRun) -> None:
        """Look at everybody, then ask for the confirmation."""
        looked = await several.preview()
        ready = len(looked.ready)
        if looked.halted is not None:
            self.view.show_note(str(looked.halted), Tone.BAD)
        elif not ready:
            self.view.show_note(
                "It is possible for nobody. Enter on a person says what to do instead; esc goes back.", Tone.WARN
            )
        else:
            self.view.enter(Phase.CONFIRM)
            rule = self.session.connector.ticket
            looks = f", such as {plain(rule.pattern, limit=40)}" if rule.pattern else ""
            needed = "needed" if looked.action.danger >= Danger.DISRUPTIVE else "optional"
            self.view.field("reason").placeholder = f"Reason, for the ledger ({needed})"
            self.view.field("ticket").placeholder = f"Ticket ({'needed' if rule.needed else 'optional'}{looks})"
            self.view.field("count").placeholder = f"Type {ready}, the number of people, to confirm"
            self.view.field("count").value = ""
            self.view.field("reason").focus()
            self._warn(looked)
        self._told(looked)

    def _warn(self, looked: Job) -> None:
        """Name those whose lock looks like an attack, before they are unlocked."""
        suspects = [one.person.user for one in looked.ready if one.person.user.id in self.session.attack_signs.people]
        if suspects and looked.action.id == "unlock":
            names = ", ".join(plain(user.login, limit=40) for user in suspects[:3])
            more = f" and {len(suspects) - 3} more" if len(suspects) > 3 else ""  # noqa: PLR2004 - as many as are named
            self.view.show_note(
                f"May be an attack: {names}{more}. Tell security first; unlocked, it can go on.", Tone.BAD
            )

    def _told(self, now: Job) -> None:
        if self.is_mounted:
            self.view.show(now, self._before.followed_by(now) if self._before else now)

    # -- confirm

    @on(Input.Submitted, "#inputs Input")
    def confirm(self) -> None:
        """Check what is asked for, then begin."""
        several = self._several
        if several is None or self.view.phase is not Phase.CONFIRM:
            return
        reason, count = (self.view.field(name).value.strip() for name in ("reason", "count"))
        ready = len(several.job.ready)
        try:
            ticket = self.session.connector.ticket.check(self.view.field("ticket").value)
        except BadInput as bad:
            self._ask("ticket", str(bad))
            return
        if several.job.action.danger >= Danger.DISRUPTIVE and not reason:
            self._ask("reason", "Give a reason: it goes to the ledger.")
        elif count != str(ready):
            self._ask("count", f"Type {ready} to confirm: it is done for {people_words(ready)}.")
        else:
            self.view.wanted = ready
            self.view.enter(Phase.RUN)
            self.view.show_note("Esc stops before the next person.")
            self.view.lines.focus()
            self.perform(several, reason, ticket)

    def _ask(self, name: str, text: str) -> None:
        self.view.show_note(text, Tone.WARN)
        self.view.field(name).focus()

    # -- run

    @work(exclusive=True, group="several")
    async def perform(self, several: JobRun, reason: str, ticket: str) -> None:
        """Do it; that people have changed is told everywhere at the end."""
        done = await several.run(reason, ticket)
        self._asking = False
        self.view.enter(Phase.OVER)
        self._told(done)
        self._before = self.view.whole
        self.refresh_bindings()
        self.view.show_note(
            "x writes this into a file, esc closes." if done.clean else "a tries again what failed, x exports."
        )
        for line in done.lines:
            if line.after is not None:
                self._changed.publish(line.after)

    def action_stop(self) -> None:
        """Stop before the next person."""
        if self._several is not None:
            self._several.stop()
            self._asking = False
            self.view.show_note("Stopping; the one that is under way is finished first.", Tone.WARN)
            self.refresh_bindings()

    def may_leave(self) -> bool:
        """Whether keydesk may end now; while it runs it stops first, so that no change is broken off unseen."""
        if self.view.phase is not Phase.RUN or (self._several is not None and self._several.stopping):
            return True
        self.action_stop()
        self.view.show_note(
            "Stopping after the one that is under way. ctrl+q once more leaves at once: "
            "the ledger will then say that nobody knows what came of that one.",
            Tone.WARN,
        )
        return False

    # -- over

    def action_again(self) -> None:
        """The same for those for whom it did not work."""
        if self._several is not None:
            self.view.show_note("")
            self.again(self._several)

    @work(exclusive=True, group="several")
    async def again(self, several: JobRun) -> None:
        """What is unknown is looked at first."""
        try:
            left = await several.again()
        except Trouble as trouble:
            self.view.show_note(str(trouble), Tone.WARN)
            left = None
        self._told(several.job)
        self._before = self.view.whole
        self.refresh_bindings()
        if left is not None:
            self._look(left)

    def action_save(self) -> None:
        """Ask where to."""
        path = self.view.field("path")
        if self.view.whole is not None:
            path.value = path.value or suggested(self.session, self.view.whole)
        self.add_class("-saving")
        path.focus()
        self.view.show_note("Enter writes a new file that only you can read; .csv or .json.")

    @on(Input.Submitted, "#path")
    def write(self, event: Input.Submitted) -> None:
        """Write it."""
        if self.view.whole is None:
            return
        try:
            where = save(self.session, self.view.whole, event.value)
        except BadInput as bad:
            self.view.show_note(str(bad), Tone.WARN)
            return
        self._close_path()
        self.view.field("path").value = ""
        self.view.show_note(f"Written: {where}", Tone.GOOD)

    def _close_path(self) -> None:
        self.remove_class("-saving")
        self.view.lines.focus()

    # -- keys

    @on(Rows.Selected, "#lines")
    def selected(self, event: Rows.Selected[JobLine]) -> None:
        """Enter on a person: the steps by hand, where it is only keydesk that may not."""
        line, action = event.row, self._action
        if action is None or line.obstacle is None or self.view.phase is Phase.RUN:
            return
        if line.obstacle.cause in UNFIT:
            self.view.show_note(f"{line.person.user.name}: {line.note}", Tone.WARN)
        else:
            self.app.push_screen(InstructionsScreen(self.session, action, line.person, line.targets))

    def action_page(self, pages: int) -> None:
        """Move in the table; the fields keep the focus."""
        self.view.lines.action_page(pages)

    def action_back(self) -> None:
        """One step back; while it runs, ask."""
        if self.has_class("-saving"):
            self._close_path()
            self.view.show_note("")
        elif self.view.phase is Phase.RUN:
            self._asking = not self._asking
            self.view.show_note(
                "Stop before the next person? y stops, esc goes on." if self._asking else "It goes on.", Tone.WARN
            )
            self.refresh_bindings()
        else:
            self.dismiss(self._before)
