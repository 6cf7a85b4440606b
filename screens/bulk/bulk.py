"""The dialog of one action for several people: choose it, preview it, confirm it by their number, see the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.widgets import Input

from screens.act.instructions import InstructionsScreen
from screens.bulk.view import JobView, Phase, people_words
from screens.sort_choice import SortChoiceScreen
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import UNFIT, Danger, TargetKind
from tui.desk.bulk.export import save, suggested
from tui.desk.bulk.job import Job, capped, job
from tui.desk.bulk.run import JobRun
from tui.desk.people.person import Person
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import BadInput, Trouble
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.filter_box import FilterBox
from widgets.key_line import KeyLine
from widgets.key_queue import KeysWanted, Taking, is_text
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
    from widgets.key_queue import Typed

MOST_NAMED: Final = 3
"""Suspects that a warning names; the rest are counted."""
PHASE_OF_ACTION: Final = {"go_on": Phase.CHOOSE, "save": Phase.DONE, "again": Phase.DONE, "stop": Phase.RUN} | {
    "tick": Phase.CONFIRM
}
"""The phase of each key's action that belongs to one phase only."""


class BulkScreen(Dialog[Job | None]):
    """Dismissed with the finished job, or `None` when nothing was tried.

    It is a modal dialog, so that the agent cannot switch to another connector while the job runs.

    Args:
        session: The session.
        changed: The signal that publishes each person who was read again.
        people: The people, in the order of the job.
        action: The action, if it is chosen already.
    """

    CSS_PATH = "bulk.tcss"
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - Textual declares it as an instance's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on"),
        Binding("x", "save", "Export"),
        Binding("r", "again", "Again, only what failed"),
        Binding("y", "stop", "Stop"),
        Binding("space", "tick", "Tick", show=False),  # the warning names the key
        Binding("slash", "filter", "Filter", key_display="/", show=False),
        Binding("o", "sort", "Sort", show=False),
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
        self._job_run: JobRun | None = None
        self._earlier_rounds: Job | None = None
        self._asks_to_stop = False
        self._drawn = Drawn(self, tell=self._tell_dropped)
        self._previewing = False

    def compose(self) -> ComposeResult:
        """Yield the view of the job, and the keys."""
        yield self.view
        yield KeyLine()

    def on_mount(self) -> None:
        """Let the agent choose an action, or start the preview of the given one."""
        if self._action is None:
            self.view.choice.focus()
        else:
            self._action_chosen(self._action)

    def on_screen_resume(self) -> None:
        """Show changes of the rate limits while this screen is the one in front."""
        self.session.client.budget.on_change = self.view.show_progress

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works in the present phase."""
        if self.view.phase is not PHASE_OF_ACTION.get(action, self.view.phase):
            return False
        if action == "again":
            return self.view.whole is not None and any(line.failed for line in self.view.whole.lines)
        return self._asks_to_stop if action == "stop" else True

    def taking(self, typed: Typed) -> Taking:
        """Have what is typed wait for the fields; a key typed before they were drawn confirms and ticks nothing."""
        key = getattr(typed, "key", "")
        if self._previewing and is_text(typed):
            return Taking.LATER
        if key == "space" and self.focused is self.view.lines and not self._drawn.before(typed):
            return Taking.NEVER
        return self._drawn.taking(typed) if self.view.phase is Phase.CONFIRM else Taking.NOW

    # -- choosing the action

    def action_go_on(self) -> None:
        """Continue with the chosen action."""
        self._action_chosen(ACTIONS[self.view.choice.value])

    def _action_chosen(self, action: Action) -> None:
        self._action = action
        if action.chosen == (TargetKind.GROUP,):
            from screens.software.group import GroupScreen

            purpose = f"Add {people_words(len(self.people))} to a group"
            self.app.push_screen(GroupScreen(self.session, self._changed, self._group_chosen, purpose=purpose))
        else:
            self._start_preview(job(action, self.people))

    def _group_chosen(self, group: Group) -> None:
        if self._action is not None:
            self._start_preview(job(self._action, self.people, [(TargetKind.GROUP, group.id)]))

    # -- preview

    def _start_preview(self, new_job: Job) -> None:
        self._job_run = JobRun(self.session, new_job, self._show_job)
        self._previewing = True
        self.view.enter(Phase.PREVIEW)
        self.view.set_title(new_job.action.title)
        self.view.show_note("")
        self.set_focus(self.view.lines)  # at once: `focus` would wait, and take it from the field when all are read
        self.preview(self._job_run)

    @work(exclusive=True, group="several")
    async def preview(self, job_run: JobRun) -> None:
        """Read every person and plan the action for them, then ask for the confirmation."""
        previewed = await job_run.preview()
        ready = len(previewed.ready)
        if previewed.halted is not None:
            self.view.show_note(str(previewed.halted), Tone.BAD)
        elif not ready and not previewed.suspects:
            self.view.show_note(
                "It is possible for nobody. Enter on a person says what to do instead; esc goes back.", Tone.WARN
            )
        else:
            self._ask_to_confirm(job_run)
        self._show_job(previewed)
        self._previewing = False
        self.call_after_refresh(self.post_message, KeysWanted())

    def _ask_to_confirm(self, job_run: JobRun) -> None:
        """Show the fields, and name who may be under attack: they are left out unless somebody ticks them."""
        self.view.enter(Phase.CONFIRM)
        rule = self.session.connector.ticket
        looks = f", such as {plain(rule.pattern, limit=40)}" if rule.pattern else ""
        self.view.field("ticket").placeholder = f"{'needed' if rule.needed else 'optional'}{looks}"
        self._ask_for_numbers(job_run.job)
        self.set_focus(self.view.field("reason"))  # at once: what was typed ahead may come before anything else
        if suspects := [plain(line.person.user.login, limit=40) for line in job_run.job.suspects]:
            names = ", ".join(suspects[:MOST_NAMED])
            more = f" and {len(suspects) - MOST_NAMED} more" if len(suspects) > MOST_NAMED else ""
            self.view.show_note(
                f"May be an attack: {names}{more}. Left out; tell security first. Space in the table ticks one.",
                Tone.BAD,
            )

    def _ask_for_numbers(self, asked: Job) -> None:
        """Ask how many people it is done for, how many of them may be under attack, and whether a reason is needed."""
        needed = "needed" if asked.action.danger >= Danger.DISRUPTIVE or asked.ticked else "optional"
        self.view.field("reason").placeholder = f"{needed}, for the ledger"
        ready, ticked = len(asked.ready), asked.ticked
        self.view.field("count").placeholder = f"{ready}, the number of people, to confirm"
        self.view.field("attacked").placeholder = f"{ticked}, the number of them who may be under attack"
        self.view.query_one("#attacked-line").set_class(bool(ticked), "-asked")
        for name in ("count", "attacked"):
            self.view.field(name).value = ""
        self._drawn.changed()

    def action_tick(self) -> None:
        """Tick the person under the cursor who may be under attack, or untick them."""
        line, job_run = self.view.lines.current, self._job_run
        if line is None or job_run is None:
            return
        if line.attack:
            self._show_job(job_run.tick(line.id))
            self._ask_for_numbers(job_run.job)
        else:
            self.view.show_note("Only who may be under attack is ticked: all others who are ready are in it.")

    def _show_job(self, current: Job) -> None:
        if self.is_mounted:
            self.view.show(current, self._earlier_rounds.followed_by(current) if self._earlier_rounds else current)

    # -- confirming

    @on(Input.Submitted, "#inputs Input")
    def confirm(self) -> None:
        """Check the fields, then run the job."""
        job_run = self._job_run
        if job_run is None or self.view.phase is not Phase.CONFIRM:
            return
        reason, count = (self.view.field(name).value.strip() for name in ("reason", "count"))
        ready = len(job_run.job.ready)
        try:
            ticket = self.session.connector.ticket.check(self.view.field("ticket").value)
        except BadInput as bad:
            self._ask_for("ticket", str(bad))
            return
        attacked = job_run.job.ticked
        if (job_run.job.action.danger >= Danger.DISRUPTIVE or attacked) and not reason:
            self._ask_for("reason", "Give a reason: it goes to the ledger.")
        elif not ready:
            self.view.show_note("Nobody is left: everybody may be under attack, and nobody is ticked.", Tone.WARN)
        elif count != str(ready):
            self._ask_for("count", f"Type {ready} to confirm: it is done for {people_words(ready)}.")
        elif attacked and self.view.field("attacked").value.strip() != str(attacked):
            self._ask_for("attacked", f"Type {attacked}: {people_words(attacked)} may be under attack.")
        else:
            self.view.wanted = ready
            self.view.enter(Phase.RUN)
            self.view.show_note("Esc stops before the next person.")
            self.view.lines.focus()
            self.perform(job_run, reason, ticket)

    def _tell_dropped(self, text: str) -> None:
        if self._job_run is not None and not self._job_run.job.suspects:  # what is said of an attack stays
            self.view.show_note(text, Tone.WARN)

    def _ask_for(self, name: str, text: str) -> None:
        self.view.show_note(text, Tone.WARN)
        self.view.field(name).focus()

    # -- running

    @work(exclusive=True, group="several")
    async def perform(self, job_run: JobRun, reason: str, ticket: str) -> None:
        """Run the job, and publish the changed people at its end."""
        done = await job_run.run(reason, ticket)
        self._asks_to_stop = False
        self.view.enter(Phase.DONE)
        self._show_job(done)
        self._earlier_rounds = self.view.whole
        self.refresh_bindings()
        self.view.show_note(
            "x writes this into a file, esc closes." if done.clean else "r tries again what failed, x exports."
        )
        for line in done.lines:
            if line.after is not None:
                self._changed.publish(line.after)

    def action_stop(self) -> None:
        """Stop the job before the next person."""
        if self._job_run is not None:
            self._job_run.stop()
            self._asks_to_stop = False
            self.view.show_note("Stopping; the one that is under way is finished first.", Tone.WARN)
            self.refresh_bindings()

    def may_leave(self) -> bool:
        """Return whether keydesk may end now; a running job is stopped first, so that no change is cut off unseen."""
        if self.view.phase is not Phase.RUN or (self._job_run is not None and self._job_run.stopping):
            return True
        self.action_stop()
        self.view.show_note(
            f"Stopping after the one that is under way. {key_of('app.quit')} once more leaves at once: "
            "the ledger will then say that nobody knows what came of that one.",
            Tone.WARN,
        )
        return False

    # -- afterwards

    def action_again(self) -> None:
        """Try the action again for the people for whom it failed."""
        if self._job_run is not None:
            self.view.show_note("")
            self.again(self._job_run)

    @work(exclusive=True, group="several")
    async def again(self, job_run: JobRun) -> None:
        """Find out the unknown results first, then preview the job of those that failed."""
        try:
            failed = await job_run.retry()
        except Trouble as trouble:
            self.view.show_note(str(trouble), Tone.WARN)
            failed = None
        self._show_job(job_run.job)
        self._earlier_rounds = self.view.whole
        self.refresh_bindings()
        if failed is not None:
            self._start_preview(failed)

    def action_save(self) -> None:
        """Ask for the export's file name."""
        path = self.view.field("path")
        if self.view.whole is not None:
            path.value = path.value or suggested(self.session, self.view.whole)
        self.add_class("-saving")
        path.focus()
        self.view.show_note("Enter writes a new file that only you can read; .csv or .json.")

    @on(Input.Submitted, "#path")
    def write(self, event: Input.Submitted) -> None:
        """Write the results to the file."""
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
        """Show the steps by hand for a person, if the action's obstacle is only keydesk's; else the obstacle."""
        line, action = event.row, self._action
        if action is None or line.obstacle is None or self.view.phase is Phase.RUN:
            return
        if line.obstacle.cause in UNFIT:
            self.view.show_note(f"{line.person.user.name}: {line.note}", Tone.WARN)
        else:
            self.app.push_screen(InstructionsScreen(self.session, action, line.person, line.targets))

    def action_filter(self) -> None:
        """Go to the box that filters the table; who is hidden by it is still in the job.

        While the job runs, escape must mean stopping and nothing else, so there is no box then.
        """
        if self.view.phase not in {Phase.CHOOSE, Phase.RUN}:
            self.view.query_one(FilterBox).open()

    def action_sort(self) -> None:
        """Ask by which column the table is sorted."""
        if self.view.phase is not Phase.CHOOSE:
            self.app.push_screen(SortChoiceScreen(self.view.lines))

    def action_page(self, pages: int) -> None:
        """Move the table's cursor by pages; the fields keep the focus."""
        self.view.lines.action_page(pages)

    def action_back(self) -> None:
        """Go one step back; while the job runs, ask whether to stop it."""
        if self.has_class("-saving"):
            self._close_path()
            self.view.show_note("")
        elif self.view.phase is Phase.RUN:
            self._asks_to_stop = not self._asks_to_stop
            self.view.show_note(
                "Stop before the next person? y stops, esc goes on." if self._asks_to_stop else "It goes on.", Tone.WARN
            )
            self.refresh_bindings()
        else:
            self.dismiss(self._earlier_rounds)
