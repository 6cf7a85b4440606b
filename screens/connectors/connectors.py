"""The connectors: switch to another, prove again what one can do, add, change, rotate, choose the default."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.base import Command, DeskScreen, SwitchConnector
from screens.connectors.opening import OpeningScreen
from tui import wiring
from tui.desk.connectors import profiles
from tui.desk.connectors.connector import SignInKind
from tui.desk.proof import store
from tui.desk.proof.proof import ProofLine
from tui.desk.proof.prove import prove
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column
from widgets.rows import Rows
from widgets.setup.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.connectors.profiles import Profile
    from tui.desk.people.person import Person
    from tui.desk.proof.proof import Proof
    from tui.desk.session import Session
    from tui.switchboard import ConnectorChoice, Switchboard
    from tui.wiring import Tour

KEPT = {"keyring": "the system keyring", "file": "a file of its own", "environment": "the environment"}
KIND = {SignInKind.API_TOKEN: "API token", SignInKind.PRIVATE_KEY_JWT: "OAuth 2.0, private key"}


class ConnectorsScreen(DeskScreen):
    """All connectors, the one in use marked; beside them what the last proof found."""

    CSS_PATH = "connectors.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "switch", "Switch"),
        Binding("c", "check", "Check"),
        Binding("a", "add", "Add"),
        Binding("e", "change", "Change"),
        Binding("o", "rotate", "Rotate"),
        Binding("d", "default", "Default"),
        Binding("space", "card", "Details", show=False),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, session: Session, changed: Signal[Person], switchboard: Switchboard | None) -> None:
        super().__init__(session, changed)
        self.switchboard = switchboard
        self._lines: list[ProofLine] = []
        self._fresh: dict[str, Proof] = {}

    def body(self) -> Iterable[Widget]:
        """The list, and the connector under the cursor."""
        here = self.session.connector.name
        columns: tuple[Column[ConnectorChoice], ...] = (
            Column("", lambda row: "●" if row.name == here else "", 1, style=lambda _: "rows--good"),
            Column("Connector", lambda row: plain(row.name), 14, grow=2),
            Column("Org", lambda row: plain(row.org), 16, grow=3, drop=1),
            Column("Mode", lambda row: "reads" if row.read_only else "reads, writes", 13, drop=3),
            Column("", lambda row: "default" if row.default else "", 7, drop=2),
        )
        with Horizontal(id="both"):
            yield Rows(columns, key=lambda row: row.name, empty="There are none yet: a adds one.", id="connectors")
            with VerticalScroll(id="side"):
                yield Static(id="about")
                yield Findings(id="findings")

    @property
    def table(self) -> Rows[ConnectorChoice]:
        """The list."""
        return self.query_one("#connectors", Rows)

    def on_mount(self) -> None:
        """Start in the list."""
        self.table.focus()

    def on_screen_resume(self) -> None:
        """Read the list again: it may have been changed by hand or elsewhere."""
        self.read()

    def read(self) -> None:
        """Read the list off the disk; it is small."""
        with self.guarded():
            self.table.rows = self.switchboard.known() if self.switchboard else ()

    @on(Rows.Highlighted, "#connectors")
    def highlighted(self, event: Rows.Highlighted[ConnectorChoice]) -> None:
        """Show the connector whole."""
        self._draw(event.row)
        self.refresh_bindings()

    @on(Rows.Selected, "#connectors")
    def selected(self) -> None:
        """Switch to it."""
        self.action_switch()

    # -- what is shown

    def _draw(self, known: ConnectorChoice | None) -> None:
        lines: list[tuple[str, str]] = []
        proof: Proof | None = None
        if known is not None:
            proof = self._proof(known)
            lines = list(self._about(known))
            lines.append(("Checked", _when(proof) if proof else "never: c checks it now"))
        self.query_one("#about", Static).update(
            Content("\n").join(
                Content.assemble((f"{label:<11}", "$foreground-muted"), plain(text)) for label, text in lines if text
            )
        )
        self.query_one(Findings).show(proof.lines if proof else (), proof)

    def _about(self, known: ConnectorChoice) -> Iterable[tuple[str, str]]:
        yield "Connector", f"{known.name}{' · PRODUCTION' if known.production else ''}"
        yield "Org", known.org
        yield "Mode", "read-only" if known.read_only else "read and write"
        profile = known.profile
        if profile is None:
            yield "Kept", "nowhere: it ends with this keydesk"
            return
        yield "Signs in", f"{KIND[profile.sign_in.kind]} {profile.sign_in.client_id}".rstrip()
        place = profile.sign_in.secret
        if place is not None:
            yield "Secret in", KEPT.get(place.keep, "what a command prints")
        off = [CAPABILITY[capability] for capability in CAPABILITY if capability not in profile.capabilities]
        yield "Off", ", ".join(off)

    def _proof(self, known: ConnectorChoice) -> Proof | None:
        if known.name in self._fresh:
            return self._fresh[known.name]
        if known.name == self.session.connector.name and self.switchboard is not None:
            return store.recall(self.switchboard.places.proofs, self.session.connector)
        return None

    # -- what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Only a profile can be changed; the one in use is not switched to."""
        known = self.table.current if self.is_mounted else None
        if action in {"change", "rotate", "default"}:
            return known is not None and known.profile is not None
        if action in {"switch", "check"}:
            return known is not None
        return True

    def action_switch(self) -> None:
        """To the connector under the cursor."""
        known = self.table.current
        if known is None:
            return
        if known.name == self.session.connector.name:
            self.notice.show(f"{known.name} is the connector in use", "F2 looks people up in it.")
            return
        self.post_message(SwitchConnector(known.name))

    @work(exclusive=True, group="check")
    async def action_check(self) -> None:
        """Prove again what the connector under the cursor can do; one line each as it happens."""
        known = self.table.current
        if known is None or self.switchboard is None:
            return
        self.notice.clear()
        self.add_class("-card")
        session = self.session
        if known.name != session.connector.name:
            opening = OpeningScreen(known.name, self.switchboard.open)
            opened = await self.app.push_screen_wait(opening)
            if opened is None:
                if opening.trouble is not None:
                    self.report(opening.trouble)
                return
            session = opened
        try:
            await self._check(known, session)
        finally:
            if session is not self.session:
                await session.client.aclose()
                session.ledger.close()

    async def _check(self, known: ConnectorChoice, session: Session) -> None:
        self._lines = []
        async for step in prove(session.client, session.connector):
            if isinstance(step, ProofLine):
                self._lines.append(step)
                self._show(known, None)
                continue
            self._fresh[known.name] = step
            if not step.fault:  # what could not be asked tells nothing new about what it may do
                with self.guarded():
                    if self.switchboard is not None:
                        await asyncio.to_thread(store.remember, self.switchboard.places.proofs, step)
                if session is self.session:
                    self.session.replace_denied(step.refusals)
            self._show(known, step)
            self.notice.show(f"{known.name}: {step.verdict}", tone=Tone.GOOD if step.works else Tone.WARN)

    def _show(self, known: ConnectorChoice, proof: Proof | None) -> None:
        if self.table.current is not None and self.table.current.name == known.name:
            if proof is not None:
                self._draw(known)
            self.query_one(Findings).show(tuple(self._lines), proof)

    @work(exclusive=True, group="setup")
    async def action_add(self) -> None:
        """The wizard; against the demo org it is a tour, which keeps nothing."""
        if self.switchboard is None:
            return
        with self.guarded():
            self._wizard(tour=await asyncio.to_thread(wiring.tour) if self.switchboard.demo else None)

    def action_change(self) -> None:
        """The wizard with what the connector is now."""
        known = self.table.current
        if known is not None and known.profile is not None:
            self._wizard(profile=known.profile)

    def _wizard(self, *, profile: Profile | None = None, tour: Tour | None = None) -> None:
        from screens.setup.wizard import SetupScreen

        board = self.switchboard
        if board is None:
            return

        def done(made: Profile | None) -> None:
            if made is not None:
                if tour is not None:
                    board.adopt(made, tour.private_key)
                self._set_up(made, in_use=profile is not None and profile.name == self.session.connector.name)

        self.app.push_screen(SetupScreen(board.places, profile=profile, tour=tour), done)

    def _set_up(self, profile: Profile, *, in_use: bool) -> None:
        self._fresh.pop(profile.name, None)
        self.read()
        names = [row.name for row in self.table.rows]
        if profile.name in names:
            self.table.cursor = names.index(profile.name)
        if in_use:
            self.post_message(SwitchConnector(profile.name, f"{profile.name} is in use as it is now"))
        else:
            self.notice.show(f"{profile.name} is set up", "Enter switches to it.", Tone.GOOD)

    def action_rotate(self) -> None:
        """A new token or key in the place of the old."""
        from screens.connectors.rotate import RotateScreen

        known = self.table.current
        if known is None or known.profile is None or self.switchboard is None:
            return

        def done(told: str | None) -> None:
            if told and known.name == self.session.connector.name:
                self.post_message(SwitchConnector(known.name, told))
            elif told:
                self.notice.show(told, tone=Tone.GOOD)
                self.read()

        self.app.push_screen(RotateScreen(self.switchboard.places, known.profile), done)

    def action_default(self) -> None:
        """Start with the connector under the cursor from now on."""
        known = self.table.current
        if known is None or known.profile is None or self.switchboard is None:
            return
        with self.guarded():
            profiles.use(self.switchboard.places.connectors, known.name)
            self.read()
            self.notice.show(f"keydesk starts with {known.name} from now on", tone=Tone.GOOD)

    def action_card(self) -> None:
        """To the details, which scroll; where there is no room beside the list, they take its place."""
        self.add_class("-card")
        self.query_one("#side").focus()

    def action_back(self) -> None:
        """Back to the list."""
        self.remove_class("-card")
        self.table.focus()

    def palette_commands(self) -> Iterable[Command]:
        """The same as the keys."""
        yield Command("Switch to this connector", "enter", "screen.switch")
        yield Command("Check what this connector can do", "c", "screen.check")
        yield Command("Set up another connector", "a", "screen.add")
        if self.table.current is not None and self.table.current.profile is not None:
            yield Command("Change this connector", "e", "screen.change")
            yield Command("Rotate its token or key", "o", "screen.rotate")
            yield Command("Start with this connector", "d", "screen.default")


def _when(proof: Proof) -> str:
    at = datetime.fromtimestamp(proof.at, UTC).astimezone()
    return f"{at:%d %b %Y %H:%M}, {proof.verdict}"
