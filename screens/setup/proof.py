"""Step 6: the proof of the credentials, first its steps as they happen, then the verdict for each capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.message import Message

from screens.setup.step import WizardStep, words
from tui.desk.proof.proof import ProofLine
from tui.desk.proof.prove import prove
from tui.desk.text.named_keys import key_of
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.notice import Notice
from widgets.setup.findings import Findings

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.proof.proof import Proof
    from tui.setup_walk import SetupWalk


class ProofStep(WizardStep):
    """Runs the proof when the step is shown; the wizard may go on whatever the proof finds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "line(-1)", "Scroll", key_display="↑↓"),
        Binding("down", "line(1)", show=False),
        Binding("r", "again", "Ask again"),
        Binding("i", "fault", "Fix it"),
    ]

    class CorrectionWanted(Message):
        """Posted when the agent wants to correct a field."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    class Proved(Message):
        """Posted when the proof has ended, also where it could not be made."""

    def __init__(self, walk: SetupWalk, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(walk, id)
        self.fault_field = ""
        self.running = False

    def compose(self) -> ComposeResult:
        """Yield the text of the proof."""
        yield words("Reads only: nothing is changed in Okta.")
        findings = Findings(id="findings")
        findings.can_focus = True  # so that the keys of this step reach it
        yield findings

    def enter(self) -> None:
        """Run the proof, unless it was run for the same values already."""
        super().enter()
        if self.walk.current_proof is None:
            self.action_again()

    def action_again(self) -> None:
        """Run the proof again, as after a change in Okta."""
        self.prove()

    def stop(self) -> None:
        """Stop the proof, so that its notices do not appear on another step."""
        self.workers.cancel_group(self, "prove")
        self.running = False

    def action_line(self, lines: int) -> None:
        """Scroll by lines; no control of this step needs the arrow keys."""
        self.scroll_relative(y=lines, animate=False)

    def action_fault(self) -> None:
        """Go to the field where the fault can be corrected."""
        if self.fault_field:
            self.post_message(self.CorrectionWanted(self.fault_field))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works: only a fault can be corrected."""
        return bool(self.fault_field) if action == "fault" else True

    @work(exclusive=True, group="prove")
    async def prove(self) -> None:
        """Run the proof, and show each step as it happens."""
        walk, findings, notice = self.walk, self.query_one(Findings), self.screen.query_one(Notice)
        lines: list[ProofLine] = []
        self.fault_field, walk.proof, self.running = "", None, True
        self.refresh_bindings()
        notice.show("Asking Okta …")
        findings.show((), None)
        try:
            connector = await walk.connector()
            values = walk.values_to_prove()  # a key pair is made while the connector is
            client = walk.client(connector)
            try:
                async for step in prove(client, connector):
                    if isinstance(step, ProofLine):
                        lines.append(step)
                        findings.show(lines)
                        self.call_after_refresh(self.scroll_end, animate=False)
                    else:
                        walk.proof, walk.proved_values = step, values
            finally:
                await client.aclose()
        except Trouble as trouble:
            self.fault_field = getattr(trouble, "field", "")
            notice.show(trouble.title, trouble.advice, Tone.BAD)
        if walk.proof is not None:
            findings.show(lines, walk.proof)
            self._show_verdict(walk.proof)
        self.running = False
        walk.tried_values = walk.values_to_prove()
        self.refresh_bindings()
        self.post_message(self.Proved())

    def _show_verdict(self, proof: Proof) -> None:
        notice = self.screen.query_one(Notice)
        self.call_after_refresh(self.scroll_home, animate=False)
        verdict = f"{proof.verdict[0].upper()}{proof.verdict[1:]}"
        if proof.works:
            notice.show(verdict, "enter goes on.", Tone.GOOD)
            return
        saves = f": {key_of('setup.save')}" if self.walk.profile else ""
        self.fault_field = proof.fault_field or ("given" if self.walk.form.jwt else "api_token")
        notice.show(
            verdict,
            f"Put it right in Okta, then {key_of('proof-step.again')} asks again; {key_of('proof-step.fault')} goes to "
            f"where it is typed. You may also save it as it is{saves}.",
            Tone.WARN,
        )

    async def check(self) -> bool:
        """Return true whatever the proof found, but false while it runs."""
        if self.running:
            return False
        self.walk.typed_profile()
        return True
