"""The wizard: from nothing to a proven connector in seven steps, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Button, ContentSwitcher, Input

from screens.setup.capabilities import CapabilitiesStep
from screens.setup.checklist import ChecklistStep
from screens.setup.name import NameStep
from screens.setup.org import OrgStep
from screens.setup.proof import ProofStep
from screens.setup.resume import ResumeScreen
from screens.setup.save import SaveStep
from screens.setup.sign_in import SignInStep
from screens.setup.step import WizardStep
from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.connectors.profiles import Profile
from tui.desk.setup.parse import PRODUCTION
from tui.desk.text.tone import Tone
from tui.setup_walk import SetupWalk, StepName
from tui.trouble import Trouble
from widgets.drawn import ENTER, Drawn
from widgets.key_line import KeyLine
from widgets.key_queue import KeysWanted, Taking, turns_back
from widgets.notice import Notice
from widgets.secret_box import SecretBox
from widgets.setup.steps_line import StepsLine
from widgets.status_bar import Status, StatusBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tui.desk.connectors.settings import Places
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.wiring import Tour
    from widgets.key_queue import Typed

STEPS: Final[dict[StepName, tuple[str, type[WizardStep]]]] = {
    StepName.NAME: ("Name", NameStep),
    StepName.ORG: ("Org", OrgStep),
    StepName.CAPABILITIES: ("Capabilities", CapabilitiesStep),
    StepName.SIGN_IN: ("Sign-in", SignInStep),
    StepName.CHECKLIST: ("In Okta", ChecklistStep),
    StepName.PROOF: ("Proof", ProofStep),
    StepName.SAVE: ("Save", SaveStep),
}
"""The title of each step, and the class of its page."""
CORRECTION_STEPS: Final = (StepName.CHECKLIST, StepName.SIGN_IN, StepName.ORG)
"""The steps on which a fault of the proof can be corrected. An id or a token can be typed on two steps; the one that
asks for what Okta shows comes first."""


class SetupScreen(ModalScreen[Profile | None]):
    """Dismissed with the profile that was saved or that a tour made, or `None` when the agent left the wizard."""

    CSS_PATH = "wizard.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as an instance's
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="esc"),
        Binding("enter", "on", "Go on"),
        Binding("ctrl+n", "next", "Next step"),
        Binding("ctrl+t", "fill_in", "Fill in"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    def __init__(
        self,
        places: Places,
        *,
        profile: Profile | None = None,
        tour: Tour | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Create the wizard.

        Args:
            places: The paths of the profiles, proofs and drafts.
            profile: The connector to change; `None` for a new one.
            tour: The values that a tour fills in; with them nothing is written to disk.
            transport: The HTTP transport; tests replace it.
            clock: The clock; tests replace it.
        """
        super().__init__()
        self.walk = SetupWalk(places, profile=profile, tour=tour, transport=transport, clock=clock)
        self.shown = StepName.NAME
        self.done: set[StepName] = set()
        self._checking = False
        self._drawn = Drawn(self, ENTER | {"ctrl+n"})

    def compose(self) -> ComposeResult:
        """Yield the top line of the new connector, the line of steps, the pages, the notice line and the keys."""
        yield StatusBar()
        yield StepsLine(tuple(title for title, _ in STEPS.values()))
        with ContentSwitcher(initial=StepName.NAME.id):
            for name, (_, page) in STEPS.items():
                yield page(self.walk, id=name.id)
        yield Notice()
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the first step, and offer to resume an unfinished draft."""
        draft = self.walk.unfinished_form()
        self.show(StepName.NAME)
        if draft is not None:
            self.app.push_screen(ResumeScreen(draft), lambda resume: self._resume(resume=bool(resume)))

    def _resume(self, *, resume: bool) -> None:
        draft = self.walk.unfinished_form()
        if resume and draft is not None:
            summary = self.walk.resume(draft)
            reached = StepName(self.walk.form.step)
            self.done = {name for name in StepName if name < reached}
            self.show(reached)
            self.notice.show("Here you were", summary)
        else:
            self.show(StepName.NAME)

    def taking(self, typed: Typed) -> Taking:
        """Have keys wait while a step is checked; drop one that could save and was typed before that was drawn."""
        if self._checking and not turns_back(typed):
            return Taking.LATER
        if self.shown is not StepName.SAVE:
            return Taking.NOW
        if getattr(typed, "key", "") == "space" and not self._drawn.before(typed):
            return Taking.NEVER  # it could tick what a secret may be replaced by
        return self._drawn.taking(typed)

    # -- the step shown

    @property
    def step(self) -> WizardStep:
        """Return the page of the step shown."""
        return self.page(self.shown)

    @property
    def _is_leaving(self) -> bool:
        """Return whether the pages are gone already, since the wizard was left and is being taken apart."""
        return not self.query(WizardStep)

    def page(self, name: StepName) -> WizardStep:
        """Return the page of a step."""
        return self.query_one(f"#{name.id}", WizardStep)

    @property
    def notice(self) -> Notice:
        """Return the notice line."""
        return self.query_one(Notice)

    def show(self, name: StepName, *, field: str = "") -> None:
        """Show a step, with the focus on `field`, or on its first control."""
        self.query_one(ProofStep).stop()
        self.shown = name
        self.walk.remember_step(name)
        self.notice.clear()
        self._drawn.changed()
        self.query_one(ContentSwitcher).current = name.id
        self.step.enter()
        self.step.scroll_home(animate=False)
        self.refresh_status()
        self.walk.save_draft()
        self.call_after_refresh(self._focus, name, field)

    def _focus(self, name: StepName, field: str) -> None:
        if name is not self.shown or self._is_leaving:
            return
        control = self.step.control(field) if field else None
        if control is not None:
            control.take_focus()
            self.call_after_refresh(control.scroll_visible, animate=False)  # after the layout of the step
        elif chain := self._chain():
            chain[0].focus(scroll_visible=False)
        else:
            self.set_focus(None)

    def refresh_status(self) -> None:
        """Update the top line of the new connector, and the line of steps."""
        form = self.walk.form
        steps_line = self.query_one(StepsLine)
        steps_line.shown, steps_line.done = self.shown, frozenset(map(int, self.done))
        try:
            host = parse_address(form.org).host
        except BadAddress:
            host = ""
        name = " ".join(form.name.split()) or "new connector"
        self.query_one(StatusBar).status = Status(
            name,
            host,
            not form.read_write,
            "tour" if self.walk.tour else "",
            colour=PRODUCTION if form.production else form.colour,
            production=form.production,
        )

    @on(WizardStep.Touched)
    def touched(self) -> None:
        """Update the top line after a change, and remove the notice about the value before."""
        self.notice.clear()
        self.refresh_status()

    def on_descendant_blur(self) -> None:
        """Save the draft when a field is left, so that a broken connection loses one field at most."""
        if self.is_mounted:
            self.walk.save_draft()

    # -- moving between steps

    def _chain(self) -> list[Widget]:
        step = self.step
        return [widget for widget in self.focus_chain if step in widget.ancestors]

    @on(Input.Submitted)
    @on(SecretBox.Submitted)
    def action_on(self) -> None:
        """Move to the next field, or from the last field to the next step."""
        chain = self._chain()
        fills_in = self.shown < StepName.PROOF  # the last two steps have no fields
        if fills_in and not self.step.submits_from(self.focused) and self.focused in chain[:-1]:
            chain[chain.index(self.focused) + 1].focus()
        else:
            self.action_next()

    @on(Button.Pressed, "#save")
    def action_next(self) -> None:
        """Check this step, and go to the next one."""
        self.step.save_to_form()
        if not self._checking:
            self._checking = True
            self.advance()

    @work(exclusive=True, group="advance")
    async def advance(self) -> None:
        """Check the step, which may send requests to the org; go to the next step, or show the error at its field."""
        name = self.shown
        try:
            if name is StepName.SAVE:
                profile = await self.query_one(SaveStep).save()
                self.dismiss(profile)
                return
            self.step.refuse_misplaced()
            complete = await self.step.check()
        except Trouble as trouble:
            self.report(trouble)
            return
        finally:
            self._checking = False
            self.call_after_refresh(self.post_message, KeysWanted())
        if name is not self.shown:
            return
        if not complete:
            self.refresh_status()
            return
        self.done.add(name)
        self.show(StepName(name + 1))

    def report(self, trouble: Trouble) -> None:
        """Show an error at its field, on whichever step has that field, or else in the notice line."""
        self._drawn.changed()
        field = getattr(trouble, "field", "")  # errors from Okta may name a field too
        if field and self.step.show_error(field, trouble):
            return
        self.notice.show(trouble.title, f"{trouble.advice} {trouble.detail}".strip(), Tone.BAD)
        place = next((name for name in StepName if self.page(name).has_field(field)), None)
        if place is not None:
            self.show(place, field=field)
            self.call_after_refresh(self.step.show_error, field, trouble)

    @on(ProofStep.CorrectionWanted)
    def correction_wanted(self, event: ProofStep.CorrectionWanted) -> None:
        """Go from the proof to the field that has to be corrected."""
        place = next((name for name in CORRECTION_STEPS if self.page(name).has_field(event.field)), StepName.SIGN_IN)
        self.show(place, field=event.field)

    def action_back(self) -> None:
        """Go to the step before, or close the wizard from the first step; the draft is saved."""
        if self._is_leaving:
            return
        self.step.save_to_form()
        self.workers.cancel_group(self, "advance")
        self._checking = False  # also where it was stopped before it began
        if self.shown > StepName.NAME:
            self.show(StepName(self.shown - 1))
            return
        self.walk.save_draft()
        self.dismiss(None)

    def action_fill_in(self) -> None:
        """Fill in the demo org's values, on a tour."""
        if self.walk.tour is not None:
            self.step.save_to_form()
            self.walk.fill_in_tour(self.shown)
            self.step.enter()
            self.refresh_status()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works: only a tour can fill in values."""
        return self.walk.tour is not None if action == "fill_in" else True

    def action_scroll(self, pages: int) -> None:
        """Scroll the step by pages; the focus stays."""
        self.step.scroll_relative(y=pages * max(1, self.step.size.height - 2), animate=False)

    def on_unmount(self) -> None:
        """Save the draft when keydesk ends, too."""
        self.walk.save_draft()
