"""The dialog that confirms one action: the person, the consequences, the exact calls, and the checks by danger."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from screens.act.ruled import ASKING_AFTER, Ruled
from screens.clipboard import copy
from screens.long_reading import LongReadings
from tui.desk.actions.grammar import UNFIT, Danger
from tui.desk.people.parts import SHARED_FOR
from tui.desk.people.person import read_part
from tui.desk.perform import confirmation
from tui.desk.perform.confirmation import ConfirmationLine
from tui.desk.perform.perform import perform
from tui.desk.perform.result import Performed
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.why.caution import caution
from tui.trouble import BadInput, Trouble
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.field import Field, LabelledLine
from widgets.steady_text import SteadyText
from widgets.tick_box import TickBox
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tui.desk.actions.grammar import Action, Plan, Target, TargetKind
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Progress
    from tui.desk.session import Session
    from tui.desk.why.caution import Caution
    from widgets.key_queue import Taking, Typed


class ConfirmScreen(Dialog[Performed | None]):
    """Dismissed with the result of the action, or `None` when the agent cancelled.

    It opens at once. The action's targets are read in the background, and whether the log shows an attack. Until both
    are on the screen, and the whole call with them, nothing can be confirmed.

    Args:
        session: The session.
        action: The action to confirm.
        person: The person whom the action is for.
        ids: Okta's ids of the action's targets.
        namesakes: The logins of other people of the same name in the agent's list.

    Attributes:
        failed: Whether the action was tried and not sent; the shown person may be outdated then.
        by_hand: Whether the agent chose the steps by hand instead.
        proving: Whether the proof of the caller was opened, so that the card may say less than is known by now.
    """

    CSS_PATH = "confirm.tcss"
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (20, "-short"), (30, "-tall")]  # noqa: RUF012 - Textual declares it as an instance's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("ctrl+o", "hand", "Steps by hand", show=False),
        Binding("ctrl+y", "copy", "Copy for security", show=False),
        # With priority, since the box has keys of its own, by which a page would be as high as the box with its fields.
        Binding("pageup", "scroll(-1)", show=False, priority=True),
        Binding("pagedown", "scroll(1)", show=False, priority=True),
    ]

    def __init__(
        self,
        session: Session,
        action: Action,
        person: Person,
        ids: Mapping[TargetKind, str] | None = None,
        namesakes: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._session = session
        self._action = action
        self._person = person
        self._ids = dict(ids or {})
        self._namesakes = namesakes
        self._targets: tuple[Target, ...] | None = None if action.aims else ()
        self._options = frozenset(option.id for option in action.options if option.on and not option.tag)
        self._drawn = Drawn(self, tell=self._tell_dropped)
        self._caution: Caution | None = None
        self._ruled = Ruled(session, action)
        self._shown_to = 0
        self._sending = self._stopped = self._read_failed = False
        self._long = LongReadings(self, session.client.clock, self._show_long)
        self._leaving = False
        self.failed = False
        self.by_hand = False
        self.proving = False
        # Before there are widgets, since each later change of classes works out the styles of all of them again.
        self.set_class(session.connector.production, "-production")
        tall = max(height for height, _ in self.VERTICAL_BREAKPOINTS)
        self.set_class(self.app.size.height >= tall, "-tall")  # Textual would set it after the first drawing

    def on_mount(self) -> None:
        """Read targets and log. An enter that was pressed before the dialog was on the screen confirms nothing."""
        self.watch(self.query_one("#sent"), "scroll_y", self._note_shown, init=False)
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self._note_shown())
        self._draw_change()
        first = "#login" if self._login_needed else "#reason"
        self.query_one(first).focus(scroll_visible=False)  # the person's name must stay in view
        self.look()
        if self._targets is None:
            self.read()
        else:
            self.ask_rules()
        if self._action.needs_policy(self._person):
            self.read_policy()

    def _note_shown(self) -> None:
        """Note how far down the calls have been on the screen, whole lines only."""
        if not self.query("#box #calls"):  # the dialog is being taken apart, and laid out once more meanwhile
            return
        sent = self.query_one("#sent", VerticalScroll)
        box, shown = self.query_one("#box").region, sent.region
        fits = self.query_one("#calls", SteadyText).fits  # else they are still to be laid out
        if fits and self._drawn.complete and shown and box.y < shown.y and shown.bottom < box.bottom:
            self._shown_to = max(self._shown_to, round(sent.scroll_y) + sent.size.height)

    @property
    def _calls_shown(self) -> bool:
        """Whether every line of the calls has been on the screen since they last changed."""
        return self._shown_to >= max(1, self.query_one("#sent").virtual_size.height)

    def on_resize(self) -> None:
        """Look again what of the calls is on the screen once it is drawn anew, since their lines break elsewhere."""
        self._draw()  # a tall terminal is told more
        self._shown_to = 0
        self.call_after_refresh(self._note_shown)

    def _draw_change(self) -> None:
        """Draw a changed plan; a key that was pressed before the change is on the screen confirms nothing."""
        self._shown_to = 0
        self._draw()
        self._drawn.changed()
        self.call_after_refresh(self._note_shown)

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could confirm and was typed before what it would confirm was on the screen."""
        return self._drawn.taking(typed)

    def compose(self) -> ComposeResult:
        """Yield the person, the consequences and the options, which scroll; beneath them calls, fields and buttons."""
        action, user = self._action, self._person.user
        with VerticalScroll(id="box") as box:
            production = "PRODUCTION · " if self._session.connector.production else ""
            box.border_title = Content(plain(f"{production}{action.title}: {user.name} · {user.login}", limit=70))
            box.can_focus = False
            yield SteadyText(id="what")
            for option in action.options:
                tick = TickBox(option.id, option.title, value=option.id in self._options)
                tick.display = not option.tag
                yield tick
            yield (answer := Static("", id="answer", markup=False))
            answer.display = False
            with Vertical(id="foot"):
                with VerticalScroll(id="sent") as sent:
                    sent.can_focus = False
                    yield SteadyText(id="calls")
                yield from self._inputs()
                with Horizontal(id="buttons"):
                    yield Button("esc Back", id="back", compact=True)
                    variant: Literal["error", "warning"] = "error" if action.danger >= Danger.DESTRUCTIVE else "warning"
                    yield Button(f"enter {action.title}", id="go", variant=variant, compact=True)

    def _inputs(self) -> Iterable[Widget]:
        ticket = self._session.connector.ticket
        words = confirmation.typed_words(self._person.user).removeprefix("Type ")
        line = LabelledLine("Type", Field(placeholder=words, id="login"), id="login-line")
        line.display = self._login_needed
        yield line
        yield LabelledLine("Reason", Field(placeholder=self._reason_words, id="reason", max_length=500))
        looks = f", such as {ticket.pattern}" if ticket.pattern else ""
        words = plain(f"{'needed' if ticket.needed else 'optional'}{looks}")
        yield LabelledLine("Ticket", Field(placeholder=words, id="ticket", max_length=80))

    @property
    def _reason_needed(self) -> bool:
        attacked = bool(self._caution and self._caution.attack)
        return self._action.danger >= Danger.DISRUPTIVE or attacked or self._ruled.wants_reason

    @property
    def _login_needed(self) -> bool:
        return self._action.danger >= Danger.DESTRUCTIVE or self._ruled.wants_login

    @property
    def _reason_words(self) -> str:
        return f"{'needed' if self._reason_needed else 'optional'}, for the ledger"

    # -- the verdict

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Look whether it may be an attack; then the way back is nearest, and a reason is needed."""
        person, session = self._person, self._session
        admin, found = await asyncio.gather(
            read_part(session.admins.role_of, session.client, person.user.id, alone=True), caution(session, person)
        )
        self._person, self._caution = self._person.with_part("admin", admin), found
        if self._sending:
            return
        self.query_one("#reason", Input).placeholder = self._reason_words
        if not self._stopped and not self._read_failed:
            self.query_one("#answer", Static).display = False  # it may say that this is still being looked up
        self._draw_change()
        if found.attack:
            self.add_class("-attack")
            self.ask_rules()  # in an alarm they may ask less to shut the account
        if found.attack and not self._ruled.shuts:
            go = self.query_one("#go", Button)
            go.variant, go.label = "error", f"{self._action.title}{'' if self._stopped else ' all the same'}"
            go.refresh(layout=True)  # a new label alone keeps the width of the one before
            self.query_one("#box").scroll_home(animate=False)
            self.query_one("#back", Button).focus(scroll_visible=False)

    # -- the desk's rules

    @work(exclusive=True, group="rules")
    async def ask_rules(self) -> None:
        """Ask the desk's rules what this takes for this person now."""
        self.set_timer(ASKING_AFTER, lambda: self._draw() if self._ruled.wait() else None)
        await self._ruled.read(self._person, self._targets or ())
        if self._sending:
            return
        self.query_one("#login-line").display = self._login_needed
        self.query_one("#reason", Input).placeholder = self._reason_words
        go = self.query_one("#go", Button)
        if self._ruled.wants_proof or self._ruled.shuts or not self.has_class("-attack"):
            go.label = "enter Prove the caller" if self._ruled.wants_proof else f"enter {self._action.title}"
            go.refresh(layout=True)
        self._draw_change()
        if self._ruled.banned:
            self._stop(self._ruled.banned)

    def _prove(self) -> None:
        """Open the proof of the caller; once they are proven, the rules are asked again."""
        from screens.verification.caller import CallerScreen

        self.proving = True
        screen = CallerScreen(self._session, self._person, self._action, self._targets or ())

        def closed(_: object) -> None:
            self.ask_rules()

        self.app.push_screen(screen, closed)

    def action_copy(self) -> None:
        """Copy what security has to know."""
        if self._caution is not None and self._caution.report:
            what = "What security has to know"
            copy(self, self._caution.report, lambda arrival: self._show_note(f"{what}: {arrival.value}", Tone.GOOD))

    # -- the targets

    @work(exclusive=True, group="aim")
    async def read(self) -> None:
        """Read the targets; a failure or an obstacle is shown here, and everything typed stays."""
        self._read_failed = False
        try:
            session = self._session
            targets = await session.read_targets(self._action, self._person, self._ids, younger=SHARED_FOR)
        except Trouble as trouble:
            self._read_failed = True
            self._show_note(f"{trouble} Enter reads it again.", Tone.BAD)
            return
        self._targets = targets
        self.query_one("#answer", Static).display = False
        offered = {option.id for option in self._action.offers(targets)}
        self._options &= offered
        for tick in self.query(TickBox):
            tick.display = tick.field in offered
        obstacle = self._session.obstacle(self._action, self._person, targets)
        self._draw_change()
        self.ask_rules()
        if obstacle is not None:
            by_hand = "" if obstacle.cause in UNFIT else " ctrl+o shows the steps by hand."
            self._stop(f"Not possible: {plain(obstacle.reason)}. {plain(obstacle.advice)}{by_hand}")

    @work(exclusive=True, group="policy")
    async def read_policy(self) -> None:
        """Read what the password policy says of the directory; the plan stays the same, and only its note changes."""
        self._person = await self._session.with_policy(self._action, self._person)
        if not self._sending:
            self._draw_change()

    def _stop(self, why: str) -> None:
        self._stopped, go = True, self.query_one("#go", Button)
        go.disabled, go.label = True, self._action.title  # no key, since none does it
        go.refresh(layout=True)
        self._show_note(why, Tone.BAD)

    @property
    def _plan(self) -> Plan | None:
        """Return the plan that enter would confirm; `None` while the targets are not read."""
        if self._targets is None:
            return None
        return self._action.plan(self._person, self._targets, self._options)

    @on(TickBox.Changed)
    def ticked(self, event: TickBox.Changed) -> None:
        """Change the plan by the option that was ticked or unticked."""
        self._options ^= {event.tick_box.field}
        self._draw_change()

    def _draw(self) -> None:
        plan = self._plan
        paragraphs = [*confirmation.who(self._person, self._session.now(), self._namesakes), None]
        verdict = confirmation.attack(self._caution.attack, self._caution.step) if self._caution else ()
        if verdict:  # in a small terminal the first lines are those that are seen
            copy = ConfirmationLine("ctrl+y copies what security has to know.", Tone.MUTED)
            paragraphs = [*verdict, copy, None, *paragraphs]
        if looked := confirmation.looked(None if self._caution is None else self._caution.unread):
            paragraphs.append(looked)
        elif not verdict and self.has_class("-tall"):
            paragraphs.append(confirmation.unsuspected())
        paragraphs += self._ruled.lines()
        if plan is not None:
            paragraphs += confirmation.consequences(plan)
        self.query_one("#what", Static).update(_text_of(paragraphs, waiting=plan is None))
        host, room = self._session.connector.org.host, min(confirmation.LINE, self.app.size.width - 9)
        lines = [Content.styled(f"Sent to {host}, exactly this:", "$muted")]
        shown = [line for call in plan.calls for line in confirmation.call_lines(call, room)] if plan else ["…"]
        lines += [Content.assemble("  ", (line, "bold")) for line in shown]
        self.query_one("#calls", Static).update(Content("\n").join(lines))

    # -- confirming

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Cancel, unless the action is being sent."""
        if self._long.give_up():
            self._sending, self.failed = False, True
            self._enable(on=True)
            self._show_note("Given up: nothing was sent. Enter tries again.", Tone.WARN)
        elif self._sending:
            self._show_note("It is on its way and cannot be taken back. Wait for Okta's answer.", Tone.WARN)
        else:
            self.dismiss(None)

    def may_leave(self) -> bool:
        """Return whether keydesk may end now; while the action is being sent, only on the second try."""
        if not self._sending or self._leaving:
            return True
        self._leaving = True
        once_more = f"{key_of('app.quit')} once more leaves, and the ledger will say that nobody knows."
        self._show_note(f"It is on its way: {once_more}", Tone.WARN)
        return False

    def action_hand(self) -> None:
        """Close the dialog, and ask for the steps by hand instead."""
        if not self._sending:
            self.by_hand = True
            self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def confirm(self) -> None:
        """Check the fields, then perform the action."""
        if self._sending or self._stopped or not self._drawn.complete:
            return
        if not self._calls_shown:
            self._show_more_of_the_calls()
            return
        plan = self._plan
        if plan is None:
            self._show_note("What it is aimed at is still being read.", Tone.WARN)
            if self._read_failed:
                self.read()
            return
        if self._caution is None:
            self._show_note("Whether it may be an attack is still being looked up.", Tone.WARN)
            return
        if self._ruled.pending:
            self._show_note("What the desk's rules want is still being read.", Tone.WARN)
            self.ask_rules()
            return
        if self._ruled.wants_proof:
            self._prove()
            return
        try:
            self._check()
        except BadInput as bad:
            self._show_note(str(bad), Tone.WARN)
            self.query_one(f"#{bad.field}", Input).focus()
            return
        self._sending = True
        self._enable(on=False)
        self.perform(plan)

    def _check(self) -> None:
        """Check that the fields satisfy the action's danger and the connector.

        Raises:
            BadInput: A field does not; the error names it.
        """
        user = self._person.user
        if self._login_needed and not confirmation.is_typed(user, self._typed("login")):
            raise BadInput(f"That names nobody here. {confirmation.typed_words(user)}", field="login")
        if self._reason_needed and not self._typed("reason"):
            raise BadInput("Give a reason", advice="It goes to the ledger.", field="reason")
        self._ruled.check(self._typed("reason"))
        self._session.connector.ticket.check(self._typed("ticket"))

    def _show_more_of_the_calls(self) -> None:
        """Show the next lines of the calls, or say that the terminal has no room for them; nothing is sent unseen."""
        sent = self.query_one("#sent", VerticalScroll)
        if self._shown_to == 0:
            self._show_note("The call does not fit on this screen, so nothing is sent: make it larger.", Tone.WARN)
        else:
            sent.scroll_relative(y=max(1, sent.size.height - 1), animate=False)
            self._show_note("The call goes on below: now you see more of it. Enter once more.", Tone.WARN)

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _enable(self, *, on: bool) -> None:
        for button in self.query(Button):
            button.disabled = not on
        for tick in self.query(TickBox):
            tick.disabled = not on

    @work(exclusive=True, group="perform")
    async def perform(self, plan: Plan) -> None:
        """Perform the action; a failure before it is sent is shown here, and everything typed stays."""
        reason, ticket = self._typed("reason"), self._typed("ticket")
        with ExitStack() as watched:
            watched.enter_context(self._long.watch("Reading the person again"))
            await self._perform(plan, reason, ticket, watched)

    async def _perform(self, plan: Plan, reason: str, ticket: str, reading: ExitStack) -> None:
        def progress(step: Progress) -> None:
            if step.done:  # from here on it is recorded, and then sent
                reading.close()
            self._show_note(f"{step.note} …", Tone.MUTED)

        try:
            performed = await perform(
                self._session, plan, reason=reason, ticket=ticket, typed=self._login_needed, progress=progress
            )
        except Trouble as trouble:
            self._sending, self.failed = False, True
            self._enable(on=True)
            self._show_note(str(trouble), Tone.BAD)
        else:
            self.dismiss(performed)

    def _tell_dropped(self, text: str) -> None:
        if not (self._stopped or self._read_failed or self._sending):  # what stands there says more
            self._show_note(text, Tone.WARN)

    def _show_long(self, text: str) -> None:
        if text:
            self._show_note(text, Tone.WARN)

    def _show_note(self, text: str, tone: Tone) -> None:
        mark = {Tone.BAD: "✗ ", Tone.WARN: "! ", Tone.GOOD: "✓ "}.get(tone, "")
        answer = self.query_one("#answer", Static)
        answer.update(Content.styled(mark + plain(text), STYLE[tone]))
        answer.display = True
        self.call_after_refresh(answer.scroll_visible, animate=False)  # in a small terminal it is below what is seen

    def action_scroll(self, pages: int) -> None:
        """Scroll the dialog by pages; the fields keep the focus."""
        box, foot = self.query_one("#box", VerticalScroll), self.query_one("#foot").outer_size.height
        box.scroll_relative(y=pages * max(1, box.size.height - foot - 1), animate=False)


def _text_of(paragraphs: Iterable[ConfirmationLine | None], *, waiting: bool) -> Content:
    """Return the paragraphs as lines; `None` is an empty line."""
    lines = [
        Content.styled(line.text, " ".join(filter(None, (STYLE[line.tone], "bold" if line.strong else ""))))
        if line
        else Content("")
        for line in paragraphs
    ]
    if waiting:
        lines.append(Content.styled("Reading what it is about …", "$muted"))
    return Content("\n").join(lines)
