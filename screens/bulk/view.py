"""The view of a job for several people: the choice, the table, the progress and the fields, phase by phase."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.bulk.job import MOST, Job
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.bulk.columns import job_columns
from widgets.choice import Choice, Option
from widgets.field import Field, LabelledLine
from widgets.filter_box import FilterBox
from widgets.hanging_text import MARK
from widgets.progress import ProgressLine
from widgets.rows import Rows
from widgets.steady_text import SteadyText
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.desk.bulk.job import Job, JobLine
    from tui.desk.people.person import Person
    from tui.desk.session import Session


class Phase(Enum):
    """The phase of the dialog."""

    CHOOSE = auto()
    PREVIEW = auto()
    CONFIRM = auto()
    RUN = auto()
    DONE = auto()


SHOWS: Final = {
    Phase.CHOOSE: {"-what"},
    Phase.PREVIEW: {"-table", "-busy"},
    Phase.CONFIRM: {"-table", "-confirm"},
    Phase.RUN: {"-table", "-busy"},
    Phase.DONE: {"-table"},
}
"""The CSS classes by which the style sheet shows the widgets of a phase."""
CLASSES: Final = frozenset().union(*SHOWS.values())


class JobView(Vertical):
    """Everything that the dialog shows except the keys; the dialog handles the agent's input.

    Args:
        session: The session.
        people: The people of the job.
        left_out: How many people were marked beyond those that one job takes.
    """

    def __init__(self, session: Session, people: tuple[Person, ...], left_out: int) -> None:
        super().__init__(id="box")
        self.phase = Phase.CHOOSE
        self.session = session
        self.people = people
        self.left_out = left_out
        self.wanted = 0
        self.now: Job | None = None
        self.whole: Job | None = None

    def compose(self) -> ComposeResult:
        """Yield the parts from the top."""
        yield Static(self._people_text(), id="who")
        several = (action for action in ACTIONS.values() if action.several)
        yield Choice(
            "action",
            tuple(Option(action.id, action.title, plain(action.effect)) for action in several),
            all_help=True,
        )
        yield SteadyText(id="summary")
        yield ProgressLine(id="bar")
        yield FilterBox("lines", folded=True)
        yield Rows(job_columns(self.session.badges), key=lambda line: line.id, id="lines")
        yield SteadyText(id="line")
        with Vertical(id="inputs"):
            yield LabelledLine("Reason", Field(placeholder="for the ledger", id="reason", max_length=500))
            yield LabelledLine("Ticket", Field(id="ticket", max_length=80))
            yield LabelledLine("Type", Field(placeholder="the number of people, to confirm", id="count", max_length=4))
            yield LabelledLine("and", Field(id="attacked", max_length=4), id="attacked-line")
        yield Field(placeholder="A new file, .csv or .json", id="path", max_length=1000)
        yield SteadyText(id="answer")

    def on_mount(self) -> None:
        """Show the first phase, in the colours of production if the org is one."""
        self.set_class(self.session.connector.production, "-production")
        self.choice.value = self.choice.options[0].value
        self.set_title("Several at once")
        self.enter(Phase.CHOOSE)

    @property
    def choice(self) -> Choice:
        """Return the choice of the action."""
        return self.query_one(Choice)

    @property
    def lines(self) -> Rows[JobLine]:
        """Return the table of the people with their results."""
        return self.query_one("#lines", Rows)

    def field(self, name: str) -> Field:
        """Return a field by name: `reason`, `ticket`, `count`, `attacked` or `path`."""
        return self.query_one(f"#{name}", Field)

    def enter(self, phase: Phase) -> None:
        """Show the widgets and the keys of a phase."""
        self.phase = phase
        self.update_classes({name: name in SHOWS[phase] for name in CLASSES})  # at once: each change styles all anew
        self.screen.refresh_bindings()

    def set_title(self, what: str) -> None:
        """Show what the job does in the frame's title; the text is made harmless here."""
        connector = self.session.connector
        mark = f"PRODUCTION {connector.name} · " if connector.production else ""
        title = f"{mark}{what}: {people_words(len(self.people))}"
        self.border_title = Content(plain(title, limit=100))

    def show_note(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Show a note in the last line; its text is made harmless here."""
        self.query_one("#answer", Static).update(Content.styled(f"{MARK.get(tone, '')}{plain(text)}", STYLE[tone]))

    def show(self, now: Job, whole: Job) -> None:
        """Show a job.

        Args:
            now: The present round of the job.
            whole: The job with the results of all rounds.
        """
        self.now, self.whole = now, whole
        self.lines.rows = tuple(sorted(whole.lines, key=lambda line: bool(line.attack)))  # who is under attack, apart
        self.query_one("#summary", Static).update(self._summary(now, whole))
        self.show_progress()
        self._detail(self.lines.current)

    def show_progress(self) -> None:
        """Draw the progress; while Okta's rate limit holds requests back, name the time when they go on."""
        now, budget = self.now, self.session.client.budget
        if now is None or not self.is_mounted:
            return
        step = next((line.person.user.name for line in now.lines if line.id == now.current_id), "")
        step = ": ".join(filter(None, (step, now.step)))
        if budget.waiting is not None:
            seconds = max(0.0, budget.waiting.until - self.session.client.clock.monotonic())
            goes_on = (self.session.now() + timedelta(seconds=seconds)).astimezone()
            step = f"Okta's rate limit is used up; goes on at {goes_on:%H:%M:%S}"
        if self.phase is Phase.RUN:
            self.query_one(ProgressLine).show(self.wanted - len(now.ready), self.wanted, step)
        else:
            self.query_one(ProgressLine).show(now.read, len(now.lines), step)

    @on(Rows.Highlighted, "#lines")
    def highlighted(self, event: Rows.Highlighted[JobLine]) -> None:
        """Show the details of the person under the cursor."""
        self._detail(event.row)

    def _people_text(self) -> Content:
        names = ", ".join(plain(person.user.name, limit=40) for person in self.people)
        if not self.left_out:
            return Content(names)
        text = (
            f"! {len(self.people) + self.left_out} people are marked; at most {MOST} go at once. Enter takes the first "
            f"{MOST}, the other {self.left_out} stay marked."
        )
        return Content.assemble((text, STYLE[Tone.WARN]), f"\n{names}")

    def _summary(self, now: Job, whole: Job) -> Content:
        if self.phase is Phase.DONE:
            parts: list[tuple[str, str]] = [(whole.sentence, "bold")]
            if now.stopped:
                parts.append((". You stopped it.", STYLE[Tone.WARN]))
            if now.halted is not None:
                parts.append((f"\n✗ Stopped, as it would fail for the rest too: {plain(now.halted)}", STYLE[Tone.BAD]))
            return Content.assemble(*parts)
        parts = [(f"{now.title}. ", "bold")]
        if self.phase is Phase.RUN:
            return Content.assemble(*parts, f"Sent to {self.session.connector.org.host}.")
        if self.phase is Phase.CONFIRM:
            not_possible = len(now.lines) - len(now.ready)
            left_out = f", {not_possible} left out" if not_possible else ""
            if suspects := now.suspects:
                left_out += f" ({len(suspects)} may be under attack, {now.ticked} of them ticked)"
            parts.append((f"Possible for {len(now.ready)} of {len(now.lines)}{left_out}. ", "bold"))
        host = self.session.connector.org.host
        how = f"One after the other, each with a ledger entry of their own. Sent to {host}."
        return Content.assemble(*parts, f"{plain(now.action.effect)} {how}")

    def _detail(self, line: JobLine | None) -> None:
        parts: list[str] = []
        if line is not None:
            calls = line.plan.calls if line.plan is not None and not line.entry else ()
            parts += [line.person.user.login, *(str(call) for call in calls)]
            parts += [f"ledger entry {line.entry}" if line.entry else "", line.note]
            if line.request_id and line.request_id not in line.note:
                parts.insert(-1, f"request {line.request_id}")
        self.query_one("#line", Static).update(Content(" · ".join(plain(part) for part in parts if part)))


def people_words(number: int) -> str:
    """Return the number in words: `1 person`, `12 people`."""
    return "1 person" if number == 1 else f"{number} people"
