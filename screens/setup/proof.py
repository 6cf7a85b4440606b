"""Step 6: the proof of the credentials, first its steps as they happen, then the verdict for each capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.message import Message

from screens.setup.step import WizardStep, words
from tui.desk.proof.proof import ProofLine
from tui.desk.proof.prove import prove
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

    def __init__(self, walk: SetupWalk, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(walk, id)
        self.proved_values: tuple[object, ...] = ()
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
        if self.proved_values != self._proved_values() or self.walk.proof is None:
            self.action_again()

    def _proved_values(self) -> tuple[object, ...]:
        walk, form = self.walk, self.walk.form
        typed = (form.org, form.client_id, form.key_id, form.read_write, form.kind, form.keep)
        chosen = (form.capabilities, form.software_by)
        places = (form.place_file, form.place_variable, form.place_command, form.key_path, form.proxy, form.ca_bundle)
        return (*typed, *chosen, *places, form.name, form.origin, walk.token, walk.pasted, walk.made, walk.passphrase)

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
        self.proved_values, self.fault_field, walk.proof, self.running = self._proved_values(), "", None, True
        self.refresh_bindings()
        notice.show("Asking Okta …")
        findings.show((), None)
        try:
            connector = await walk.connector()
            client = walk.client(connector)
            try:
                async for step in prove(client, connector):
                    if isinstance(step, ProofLine):
                        lines.append(step)
                        findings.show(lines)
                        self.call_after_refresh(self.scroll_end, animate=False)
                    else:
                        walk.proof = step
            finally:
                await client.aclose()
        except Trouble as trouble:
            self.fault_field = getattr(trouble, "field", "")
            notice.show(trouble.title, trouble.advice, Tone.BAD)
        if walk.proof is not None:
            findings.show(lines, walk.proof)
            self._show_verdict(walk.proof)
        self.running = False
        self.refresh_bindings()

    def _show_verdict(self, proof: Proof) -> None:
        notice = self.screen.query_one(Notice)
        self.call_after_refresh(self.scroll_home, animate=False)
        verdict = f"{proof.verdict[0].upper()}{proof.verdict[1:]}"
        if proof.works:
            notice.show(verdict, "enter goes on.", Tone.GOOD)
            return
        self.fault_field = proof.fault_field or ("given" if self.walk.form.jwt else "api_token")
        notice.show(
            verdict,
            "Put it right in Okta, then r asks again; i goes to where it is typed. You may also save it as it is.",
            Tone.WARN,
        )

    async def check(self) -> bool:
        """Return true whatever the proof found, but false while it runs."""
        if self.running:
            return False
        self.walk.typed_profile()
        return True
