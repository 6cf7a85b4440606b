"""The wizard: from nothing to a proven connector in seven steps, by keyboard alone; a change begins at the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace
from textual import on, work
from textual.binding import Binding
from textual.widgets import Button, ContentSwitcher, Input

from screens.setup.capabilities import CapabilitiesStep
from screens.setup.checklist import ChecklistStep
from screens.setup.name import NameStep
from screens.setup.org import OrgStep
from screens.setup.proof import ProofStep
from screens.setup.resume import ResumeScreen
from screens.setup.save import SaveStep
from screens.setup.sign_in import SignInStep
from screens.setup.step import FIELDS, STEP_TITLES, WizardStep
from tui.desk.connectors.connector import BadAddress, parse_address
from tui.desk.connectors.profiles import Profile
from tui.desk.setup.parse import PRODUCTION
from tui.desk.text.named_keys import key_said
from tui.desk.text.tone import Tone
from tui.setup_walk import SetupWalk, StepName
from tui.trouble import Trouble
from widgets.binding_ids import with_ids
from widgets.dialog import Dialog
from widgets.drawn import ENTER, Drawn
from widgets.key_line import KeyLine
from widgets.key_queue import KeysWanted, Taking, turns_back
from widgets.notice import Notice
from widgets.secret_box import SecretBox
from widgets.setup.steps_line import StepsLine
from widgets.setup.summary_lines import SummaryLines
from widgets.status_bar import Status, StatusBar
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tui.desk.connectors.settings import Places
    from tui.desk.setup.form import Form
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.wiring import Tour
    from widgets.key_queue import Typed

STEPS: Final[dict[StepName, type[WizardStep]]] = {
    StepName.NAME: NameStep,
    StepName.ORG: OrgStep,
    StepName.CAPABILITIES: CapabilitiesStep,
    StepName.SIGN_IN: SignInStep,
    StepName.CHECKLIST: ChecklistStep,
    StepName.PROOF: ProofStep,
    StepName.SAVE: SaveStep,
}
"""The class of each step's page."""
CORRECTION_STEPS: Final = (StepName.CHECKLIST, StepName.SIGN_IN, StepName.ORG)
"""The steps on which a fault of the proof can be corrected. An id or a token can be typed on two steps; the one that
asks for what Okta shows comes first."""


class SetupScreen(Dialog[Profile | None]):
    """Dismissed with the profile that was saved or that a tour made, or `None` when the agent left the wizard."""

    CSS_PATH = "wizard.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as an instance's
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = with_ids(
        "SetupScreen",
        [
            Binding("escape", "back", "Back", key_display="esc"),
            Binding("enter", "on", "Go on"),
            Binding("ctrl+n", "next", "Next step"),
            Binding("ctrl+s", "save", "Save"),
            Binding("i", "switch_mode", "Switch mode"),
            Binding("1", "open_step(1)", "Step", key_display="1-7"),
            *(Binding(str(int(name)), f"open_step({int(name)})", show=False) for name in list(StepName)[1:]),
            Binding("ctrl+t", "fill_in", "Fill in"),
            Binding("tab", "group(1)", "Next field"),
            Binding("shift+tab", "group(-1)", show=False),
            Binding("up", "app.focus_previous", show=False),
            Binding("down", "app.focus_next", show=False),
            Binding("pageup", "scroll(-1)", show=False),
            Binding("pagedown", "scroll(1)", show=False),
        ],
    )

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
        self._keys_wait = False
        self._returns = profile is not None
        self._after_proof: StepName | None = None
        self._drawn = Drawn(
            self, ENTER, actions={"next", "save"}, tell=lambda text: self.notice.show(text, "", Tone.WARN)
        )

    def compose(self) -> ComposeResult:
        """Yield the top line of the new connector, the line of steps, the pages, the notice line and the keys."""
        yield StatusBar()
        yield StepsLine(STEP_TITLES)
        with ContentSwitcher(initial=StepName.NAME.id):
            for name, page in STEPS.items():
                yield page(self.walk, id=name.id)
        yield Notice()
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the first step, or what is set where a connector is changed; offer to resume an unfinished draft."""
        draft = self.walk.unfinished_form()
        self.show(self._first)
        if draft is not None:
            self.app.push_screen(ResumeScreen(draft), lambda resume: self._resume(resume=bool(resume)))

    @property
    def _first(self) -> StepName:
        return StepName.NAME if self.walk.profile is None else StepName.SAVE

    def _resume(self, *, resume: bool) -> None:
        draft = self.walk.unfinished_form()
        if resume and draft is not None:
            summary = self.walk.resume(draft)
            reached = StepName(self.walk.form.step) if self.walk.profile is None else StepName.SAVE
            if self.walk.profile is None:
                self.done = {name for name in StepName if name < reached}
            self.show(reached)
            self.notice.show("Here you were", summary)
        else:
            self.show(self._first)

    def taking(self, typed: Typed) -> Taking:
        """Have keys wait while a step is checked; drop one that could save and was typed before that was drawn."""
        if self._keys_wait and not turns_back(typed):
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

    def _tell_dropped(self, text: str) -> None:
        self.notice.show(text, "", Tone.WARN)

    def show(self, name: StepName, *, field: str = "") -> None:
        """Show a step, with the focus on `field`, or on its first control."""
        self.query_one(ProofStep).stop()
        self.shown = name
        self._after_proof = None
        if name is StepName.SAVE:
            self._returns = self.walk.profile is not None
        self.walk.remember_step(name)
        self.notice.clear()
        self._drawn.changed()
        self.query_one(ContentSwitcher).current = name.id
        self.step.enter()
        self.step.scroll_home(animate=False)
        self.refresh_status()
        self.refresh_bindings()
        self.walk.save_draft()
        self.call_after_refresh(self._focus, name, field)

    def _focus(self, name: StepName, field: str) -> None:
        if name is not self.shown or self._is_leaving:
            return
        control = self.step.control(field) if field else None
        if control is not None:
            control.take_focus()
            self.call_after_refresh(control.scroll_visible, animate=False)  # after the layout of the step
        elif name is StepName.SAVE:
            self.set_focus(self.query_one("#save" if self.walk.profile is None else "#summary"), scroll_visible=False)
        elif chain := self._chain():
            self.set_focus(chain[0], scroll_visible=False)
        else:
            self.set_focus(None)

    def refresh_status(self) -> None:
        """Update the top line of the new connector, and the line of steps."""
        form = self.walk.form
        steps_line = self.query_one(StepsLine)
        steps_line.shown = self.shown
        steps_line.done = frozenset(map(int, self.done)) if self.walk.profile is None else frozenset()
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

    def action_group(self, step: int) -> None:
        """Move to the next group of controls, or the one before: tick boxes one above the other are one group."""
        groups: list[list[Widget]] = []
        for widget in self._chain():
            if groups and isinstance(widget, TickBox) and isinstance(groups[-1][-1], TickBox):
                groups[-1].append(widget)
            else:
                groups.append([widget])
        if groups:
            here = next((number for number, group in enumerate(groups) if self.focused in group), -step)
            groups[(here + step) % len(groups)][0].focus()

    @on(Button.Pressed, "#save")
    def action_next(self) -> None:
        """Check this step, and go to the next one, or back to the summary where this was opened from there."""
        self._advance(saves=self.shown is StepName.SAVE)

    def action_save(self) -> None:
        """Save, once what was changed is proved."""
        self._advance(saves=True)

    def _advance(self, *, saves: bool) -> None:
        self.step.save_to_form()
        if not self._checking:
            self._checking = self._keys_wait = True
            self.advance(saves=saves)

    @work(exclusive=True, group="advance")
    async def advance(self, *, saves: bool) -> None:
        """Check the step, which may send requests to the org; go on or save, or show the error at its field."""
        name, asked = self.shown, self.walk.form
        try:
            self.step.refuse_misplaced()
            complete = await self.step.check()
            if complete and saves and name is self.shown:
                await self._save()
                return
        except Trouble as trouble:
            if name is self.shown and not self._is_corrected(trouble, asked):
                self.report(trouble)
            return
        finally:
            self._checking = False
            self.call_after_refresh(self.call_after_refresh, self._take_keys)  # once the next step has the focus
        if name is not self.shown:
            return
        if not complete:
            self.refresh_status()
            return
        self.done.add(name)
        self.show(StepName.SAVE if self._returns else StepName(name + 1))

    def _take_keys(self) -> None:
        self._keys_wait = False
        self.post_message(KeysWanted())

    def _is_corrected(self, trouble: Trouble, asked: Form) -> bool:
        """Return whether what an error is about was changed while the org was asked; if so, forget what it was."""
        field = getattr(trouble, "field", "")
        together = {one.field for one in self.step.controls if self.step.belong_together(field, one.field)} & FIELDS
        if all(getattr(asked, one) == getattr(self.walk.form, one) for one in together):
            return False
        self.step.update_controls()
        self.notice.show("That was changed while it was asked about", "enter asks about what stands here now.")
        return True

    async def _save(self) -> None:
        """Save, or prove first what was changed and save when that has shown that it works."""
        if self.walk.needs_proof:
            self.walk.typed_profile()  # what is missing is said before anything is asked
            self._prove_for(StepName.SAVE)
            return
        self.dismiss(await self.query_one(SaveStep).save())

    def _prove_for(self, name: StepName) -> None:
        """Show the proof, which is run there; if all works, save, or go back to the summary.

        Args:
            name: `SAVE` to save afterwards, `PROOF` to go back.
        """
        self.show(StepName.PROOF)
        self._after_proof = name

    @on(ProofStep.Proved)
    def proved(self) -> None:
        """Do what the proof was made for, if all works; else what was found stays on the screen."""
        wanted, self._after_proof = self._after_proof, None
        proof = self.walk.current_proof
        if wanted is None or proof is None or not proof.works or self.shown is not StepName.PROOF:
            return
        self.show(StepName.SAVE)
        if wanted is StepName.SAVE:
            self._advance(saves=True)
        else:
            self._tell_mode(proof.verdict)

    def action_switch_mode(self) -> None:
        """Make the connector read and write, or read-only, and prove at once what that takes."""
        self.step.save_to_form()
        self.walk.form = replace(self.walk.form, read_write=not self.walk.form.read_write)
        if self.walk.needs_proof:
            self._prove_for(StepName.PROOF)
            return
        self.show(StepName.SAVE)
        proof = self.walk.current_proof
        self._tell_mode(proof.verdict if proof else "as it is stored now")

    def _tell_mode(self, proved: str) -> None:
        mode = "Read and write" if self.walk.form.read_write else "Read-only"
        self.notice.show(f"{mode}: {proved}", f"{key_said('setup.save')} saves it.", Tone.GOOD)

    @on(SummaryLines.Opened)
    @on(StepsLine.Opened)
    def step_chosen(self, event: SummaryLines.Opened | StepsLine.Opened) -> None:
        """Open the step of the line, or of the title, that was chosen."""
        name = StepName(event.step)
        if self.shown is StepName.SAVE or self._returns or name in self.done:
            self.action_open_step(event.step)

    def action_open_step(self, number: int) -> None:
        """Open a step from the summary; its end leads back there. The last one is the summary: its button saves."""
        name = StepName(number)
        if self._is_leaving or self._checking:
            return
        self.step.save_to_form()
        from_summary = self.shown is StepName.SAVE
        if name is not StepName.SAVE:
            self.show(name)
            self._returns = self._returns or from_summary
        elif from_summary:
            self.query_one("#save").focus()
        else:
            self.show(name)

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
        """Go to the step before, or the summary that led here; close the wizard from where it began, with a draft."""
        if self._is_leaving:
            return
        self.step.save_to_form()
        self.workers.cancel_group(self, "advance")
        self._checking = self._keys_wait = False  # also where it was stopped before it began
        if self._returns and self.shown is not StepName.SAVE:
            self.show(StepName.SAVE)
        elif self.shown is not self._first:
            self.show(StepName(self.shown - 1))
        else:
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
        """Return whether the key works: only a tour can fill in values; the summary's keys are for the summary."""
        if action == "fill_in":
            return self.walk.tour is not None
        if action in {"switch_mode", "open_step"}:
            return self.shown is StepName.SAVE
        if action == "save":
            return self._returns or self.shown is StepName.SAVE
        if action in {"on", "next"}:
            return self.shown is not StepName.SAVE or self.walk.profile is None
        return True

    def action_scroll(self, pages: int) -> None:
        """Scroll the step by pages; the focus stays."""
        self.step.scroll_relative(y=pages * max(1, self.step.size.height - 2), animate=False)

    def on_unmount(self) -> None:
        """Save the draft when keydesk ends, too."""
        self.walk.save_draft()
