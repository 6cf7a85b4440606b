"""The list of connectors: switch to one, prove, add or change one, rotate its secret, choose the default."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from screens.asks import Command, SwitchConnector
from screens.base import DeskScreen
from screens.connectors.opening import OpeningScreen
from screens.typed_ahead import TypedAhead
from tui import wiring
from tui.desk.connectors import profiles
from tui.desk.connectors.connector import SignInKind
from tui.desk.proof import store
from tui.desk.proof.proof import ProofLine
from tui.desk.proof.prove import prove
from tui.desk.text.named_keys import key_of, key_said
from tui.desk.text.okta_terms import CAPABILITY, SOFTWARE_BY, ago
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.verification.facts import connector_now
from tui.okta.policy import Capability
from widgets.columns import Column
from widgets.connector_rows import ConnectorRows, chip_style, chip_words, connector_columns, mode_words
from widgets.filter_box import FilterBox
from widgets.hanging_text import HangingText, Paragraph
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.setup.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.connectors.profiles import Profile
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.proof.proof import Proof
    from tui.desk.session import Session
    from tui.switchboard import ConnectorChoice, Switchboard
    from tui.wiring import Tour
    from widgets.key_queue import Taking, Typed

_MOST_ROWS = 8
"""Connectors that the list shows without scrolling; the details have the rest of the screen."""
SECRET_PLACES = {"keyring": "the system keyring", "file": "a file of its own", "environment": "the environment"}
SIGN_IN_KINDS = {SignInKind.API_TOKEN: "API token", SignInKind.PRIVATE_KEY_JWT: "OAuth 2.0, private key"}


class AboutConnector(HangingText):
    """What a connector is, a line for each of its parts; the words of a long one stand beneath each other."""

    _shown: tuple[Paragraph, ...] = ()

    def show(self, paragraphs: Iterable[Paragraph]) -> None:
        """Show other paragraphs."""
        self._shown = tuple(paragraphs)
        self.redraw()

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Return what is shown."""
        return self._shown


class ConnectorsScreen(DeskScreen):
    """Shows all connectors, with the one in use marked, and beside them the last proof of the selected one."""

    CSS_PATH = "connectors.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "switch", "Switch"),
        Binding("r", "check", "Check"),
        Binding("plus", "add", "Add", key_display="+"),
        Binding("ctrl+e", "change", "Change"),
        Binding("ctrl+r", "rotate", "Rotate"),
        Binding("ctrl+d", "default", "Default"),
        Binding("space", "card", "Details", show=False),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, session: Session, changed: Signal[Person], switchboard: Switchboard | None) -> None:
        super().__init__(session, changed)
        self.switchboard = switchboard
        self.ahead = TypedAhead(self, on_turned_back=lambda: self.workers.cancel_group(self, "setup"))
        self._lines: list[ProofLine] = []
        self._new_proofs: dict[str, Proof] = {}
        self._stored_proofs: dict[str, Proof | None] = {}

    def body(self) -> Iterable[Widget]:
        """Yield the list, and beneath it the details of the connector under the cursor."""
        columns: tuple[Column[ConnectorChoice], ...] = (
            *connector_columns(self.session.connector.name),
            Column("Checked", self._checked, 12, fit=True, style=self._tone_of_proof, order=self._checked_at),
            Column("Default", lambda row: "default" if row.default else "", 7, drop=1),
        )
        yield FilterBox("connectors", folded=True)
        with Pane("Connectors", id="list"):
            yield ConnectorRows(
                columns,
                key=lambda row: row.name,
                empty=f"There are none yet: {key_of('connectors.add')} adds one.",
                words=lambda row: row.org,
                id="connectors",
            )
        with Pane("What it can do", id="side"), VerticalScroll(id="scroll"):
            yield AboutConnector(id="about")
            yield Findings(id="findings")

    @property
    def table(self) -> ConnectorRows:
        """Return the table of connectors."""
        return self.query_one(ConnectorRows)

    def on_mount(self) -> None:
        """Move the focus to the list."""
        self.table.focus()

    def on_screen_resume(self) -> None:
        """Read the list again, since it may have been changed by hand or by another process."""
        self.read()

    def read(self) -> None:
        """Read the list from disk; it is small."""
        with self.guarded():
            choices = self.switchboard.choices() if self.switchboard else ()
            if self.switchboard is not None:
                self._stored_proofs = {choice.name: self.switchboard.last_proof(choice) for choice in choices}
            self.table.styles.height = 1 + min(max(1, len(choices)), _MOST_ROWS)
            self.table.rows = choices

    @on(Rows.Highlighted, "#connectors")
    def highlighted(self, event: Rows.Highlighted[ConnectorChoice]) -> None:
        """Show the details of the connector under the cursor."""
        self._draw(event.row)
        self.refresh_bindings()

    @on(Rows.Selected, "#connectors")
    def selected(self) -> None:
        """Switch to the chosen connector."""
        self.action_switch()

    def taking(self, typed: Typed) -> Taking:
        """Have keys wait for the wizard while it is being opened."""
        return self.ahead.taking(typed, "")

    # -- showing

    def _draw(self, choice: ConnectorChoice | None) -> None:
        lines: list[tuple[str, str, str]] = []
        proof: Proof | None = None
        if choice is not None:
            proof = self._proof(choice)
            lines = list(self._about(choice))
            never = f"never: {key_of('connectors.check')} checks it now"
            lines.append(("Checked", _time_and_verdict(proof) if proof else never, ""))
        self.query_one(AboutConnector).show(
            Paragraph(Content.styled(f"{label:<11}", "$muted"), Content.styled(text if style else plain(text), style))
            for label, text, style in lines
            if text
        )
        self.query_one(Findings).show(proof.lines if proof else _not_checked(choice), proof)

    def _about(self, choice: ConnectorChoice) -> Iterable[tuple[str, str, str]]:
        yield "Connector", chip_words(choice), chip_style(choice)
        named = choice.org_name != choice.org
        yield "Org", f"{choice.org_name} · {choice.org}" if named else choice.org, ""
        yield "Mode", mode_words(choice), "bold $warn" if choice.read_only else "bold"
        profile = choice.profile
        if profile is None:
            yield "Kept", "nowhere: it ends with this keydesk", ""
            return
        yield "Signs in", f"{SIGN_IN_KINDS[profile.sign_in.kind]} {profile.sign_in.client_id}".rstrip(), ""
        place = profile.sign_in.secret
        if place is not None:
            yield "Secret in", SECRET_PLACES.get(place.keep, "what a command prints"), ""
        off = [CAPABILITY[capability] for capability in CAPABILITY if capability not in profile.capabilities]
        yield "Off", ", ".join(off), ""
        if Capability.PROVISIONING in profile.capabilities:
            yield "Software", SOFTWARE_BY[profile.software_by], ""

    def _proof(self, choice: ConnectorChoice) -> Proof | None:
        if choice.name in self._new_proofs:
            return self._new_proofs[choice.name]
        if choice.profile is None and choice.name == self.session.connector.name and self.switchboard is not None:
            return store.recall(self.switchboard.places.proofs, self.session.connector)
        return self._stored_proofs.get(choice.name)

    def _checked(self, choice: ConnectorChoice) -> str:
        """Return when a connector was last checked, with the sign of what was found."""
        proof = self._proof(choice)
        if proof is None:
            return "never"
        return f"{'✓' if proof.works else '!'} {ago(datetime.fromtimestamp(proof.at, UTC), self.session.now())}"

    def _checked_at(self, choice: ConnectorChoice) -> float | None:
        """Return when a connector was last checked, to sort by: those checked last come first."""
        proof = self._proof(choice)
        return None if proof is None else -proof.at

    def _tone_of_proof(self, choice: ConnectorChoice) -> str:
        proof = self._proof(choice)
        return "rows--muted" if proof is None else "rows--good" if proof.works else "rows--warning"

    # -- actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works: only a connector with a profile can be changed."""
        choice = self.table.current if self.is_mounted else None
        if action in {"change", "rotate", "default"}:
            return choice is not None and choice.profile is not None
        if action in {"switch", "check"}:
            return choice is not None
        return True

    def action_switch(self) -> None:
        """Switch to the connector under the cursor."""
        choice = self.table.current
        if choice is None:
            return
        if choice.name == self.session.connector.name:
            self.notice.show(
                f"{choice.name} is the connector in use", f"{key_said('app.go.lookup')} looks people up in it."
            )
            return
        self.post_message(SwitchConnector(choice.name))

    @work(exclusive=True, group="check")
    async def action_check(self) -> None:
        """Prove the connector under the cursor again, and show each step as it happens."""
        choice = self.table.current
        if choice is None or self.switchboard is None:
            return
        self.notice.clear()
        session = self.session
        if choice.name != session.connector.name:
            opening = OpeningScreen(choice.name, self.switchboard.open)
            opened = await self.app.push_screen_wait(opening)
            if opened is None:
                if opening.trouble is not None:
                    self.report(opening.trouble)
                return
            session = opened
        try:
            await self._check(choice, session)
        finally:
            if session is not self.session:
                await session.client.aclose()
                session.ledger.close()

    async def _check(self, choice: ConnectorChoice, session: Session) -> None:
        self._lines = []
        async for step in prove(session.client, await connector_now(session)):
            if isinstance(step, ProofLine):
                self._lines.append(step)
                self._show(choice, None)
                continue
            self._new_proofs[choice.name] = step
            if not step.fault:  # a proof that could not be finished says nothing about permissions
                with self.guarded():
                    if self.switchboard is not None:
                        await asyncio.to_thread(store.remember, self.switchboard.places.proofs, step)
                if session is self.session:
                    self.session.replace_denied(step.refusals)
            self._show(choice, step)
            self.table.rows = self.table.rows  # the list says when it was checked
            self.notice.show(f"{choice.name}: {step.verdict}", tone=Tone.GOOD if step.works else Tone.WARN)

    def _show(self, choice: ConnectorChoice, proof: Proof | None) -> None:
        if self.table.current is not None and self.table.current.name == choice.name:
            if proof is not None:
                self._draw(choice)
            self.query_one(Findings).show(tuple(self._lines), proof)

    def action_add(self) -> None:
        """Open the wizard for a new connector; against the demo org it is a tour, which stores nothing."""
        if self.switchboard is not None and self.switchboard.demo:
            self.ahead.wait()
            self.add_on_tour()
        else:
            self._wizard()

    @work(exclusive=True, group="setup")
    async def add_on_tour(self) -> None:
        """Read what the tour fills in, and open the wizard; keys typed ahead wait for it."""
        with self.guarded():
            self._wizard(tour=await asyncio.to_thread(wiring.tour))
            self.ahead.hand_on()
        self.ahead.drop("there is no tour")

    def action_change(self) -> None:
        """Open the wizard for the connector under the cursor."""
        choice = self.table.current
        if choice is not None and choice.profile is not None:
            self._wizard(profile=choice.profile)

    def _wizard(self, *, profile: Profile | None = None, tour: Tour | None = None) -> None:
        from screens.setup.wizard import SetupScreen

        board = self.switchboard
        if board is None:
            return

        wizard = SetupScreen(board.places, profile=profile, tour=tour)

        def closed(profile_made: Profile | None) -> None:
            if profile_made is not None:
                if tour is not None:
                    board.adopt(profile_made, tour.key_of(profile_made.sign_in.client_id))
                in_use = profile is not None and profile.name == self.session.connector.name
                self._show_saved(profile_made, wizard.walk.current_proof, in_use=in_use)
            elif profile is not None and wizard.walk.is_changed:
                goes_on = f"It is kept as a draft: {key_of('connectors.change')} goes on with it."
                self.notice.show(f"The change of {profile.name} is not saved", goes_on, Tone.WARN)

        self.app.push_screen(wizard, closed)

    def _show_saved(self, profile: Profile, proof: Proof | None, *, in_use: bool) -> None:
        self._new_proofs.pop(profile.name, None)
        if proof is not None:  # with its steps, and also that of a tour, which is not stored
            self._new_proofs[profile.name] = proof
        self.read()
        names = [row.name for row in self.table.rows]
        if profile.name in names:
            self.table.cursor = names.index(profile.name)
        if in_use:
            self.post_message(SwitchConnector(profile.name, f"{profile.name} is in use as it is now"))
        else:
            self.notice.show(f"{profile.name} is set up", "Enter switches to it.", Tone.GOOD)

    def action_rotate(self) -> None:
        """Replace the token or key of the connector under the cursor."""
        from screens.connectors.rotate import RotateScreen

        choice = self.table.current
        if choice is None or choice.profile is None or self.switchboard is None:
            return

        def rotated(sentence: str | None) -> None:
            if sentence and choice.name == self.session.connector.name:
                self.post_message(SwitchConnector(choice.name, sentence))
            elif sentence:
                self.notice.show(sentence, tone=Tone.GOOD)
                self.read()

        self.app.push_screen(RotateScreen(self.switchboard.places, choice.profile), rotated)

    def action_default(self) -> None:
        """Make the connector under the cursor the default."""
        choice = self.table.current
        if choice is None or choice.profile is None or self.switchboard is None:
            return
        with self.guarded():
            profiles.use(self.switchboard.places.connectors, choice.name)
            self.read()
            self.notice.show(f"keydesk starts with {choice.name} from now on", tone=Tone.GOOD)

    def action_card(self) -> None:
        """Move the focus to the details, which the arrows scroll then."""
        self.query_one("#scroll").focus()

    def export_offer(self) -> ExportOffer | None:
        """Return the connectors, without any secret."""
        from screens.save_as import ExportOffer
        from tui.desk.files.listing import ExportTable

        def listing(rows: Sequence[ConnectorChoice]) -> ExportTable:
            values = [(row.name, row.org, row.read_only, row.production, row.default) for row in rows]
            return ExportTable(("name", "org", "readOnly", "production", "default"), values)

        return ExportOffer.of("connectors", self.table, listing)

    def notes_of(self, row: ConnectorChoice) -> tuple[Note, ...]:
        """Return what is known of a connector, never a secret, and what its last proof found."""
        from tui.desk.notes.notes import Note, labelled

        proof = self._proof(row)
        lines = [(label, plain(text)) for label, text, _ in self._about(row) if text]
        if proof is not None:
            lines.append(("Checked", _time_and_verdict(proof)))
        return (
            Note("The connector", labelled(lines)),
            Note("Its name", plain(row.name)),
            Note("The org", plain(row.org)),
        )

    def action_back(self) -> None:
        """Return to the list; in it, show all connectors again."""
        if self.focused is self.table:
            self.leave_part()
        self.table.focus()

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions of the keys."""
        yield Command("Switch to this connector", "enter", "screen.switch")
        yield Command("Check what this connector can do", key_of("connectors.check"), "screen.check")
        yield Command("Set up another connector", key_of("connectors.add"), "screen.add")
        if self.table.current is not None and self.table.current.profile is not None:
            yield Command("Change this connector", key_of("connectors.change"), "screen.change")
            yield Command("Rotate its token or key", key_of("connectors.rotate"), "screen.rotate")
            yield Command("Start with this connector", key_of("connectors.default"), "screen.default")


def _not_checked(choice: ConnectorChoice | None) -> tuple[ProofLine, ...]:
    """Return what a check would ask about, each without an answer."""
    if choice is None or choice.profile is None:
        return ()
    width = max(map(len, CAPABILITY.values()))
    asked = (
        CAPABILITY[capability].ljust(width) for capability in CAPABILITY if capability in choice.profile.capabilities
    )
    return tuple(ProofLine(name, None, "not checked") for name in asked)


def _time_and_verdict(proof: Proof) -> str:
    at = datetime.fromtimestamp(proof.at, UTC).astimezone()
    return f"{at:%d %b %Y %H:%M}, {proof.verdict}"
