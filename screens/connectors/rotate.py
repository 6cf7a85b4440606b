"""The dialog that replaces a connector's token or key: the new one is proved before it takes the old one's place."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from screens.clipboard import copy
from tui import wiring
from tui.desk.connectors import rotation
from tui.desk.connectors.connector import SignInKind
from tui.desk.connectors.secrets import Secret
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.local_file import read_limited
from tui.okta.keys import ClientKey
from tui.trouble import BadInput, Trouble
from widgets.choice import Choice, Option
from widgets.dialog import Dialog
from widgets.drawn import ENTER, Drawn
from widgets.key_line import KeyLine
from widgets.labelled_field import LabelledField
from widgets.secret_box import SecretBox
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.settings import Places
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from widgets.key_queue import Taking, Typed

MAKE, READ, PASTE = "make", "path", "paste"
ORIGINS: Final = (
    Option(MAKE, "Make the key pair here (recommended)", "The private half never travels."),
    Option(READ, "Read it from a file"),
    Option(PASTE, "Paste it"),
)
LARGEST: Final = 64_000
RETRY: Final = "Copy it again, or make another one in Okta; the old one stays in use."


class RotateScreen(Dialog[str]):
    """Dismissed with a sentence about what was done; with an empty one when the agent left it."""

    CSS_PATH = "rotate.tcss"
    AUTO_FOCUS = "Field, Choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave the old in use"),
        Binding("ctrl+n", "go", "Check and switch"),
        Binding("ctrl+y", "copy", "Copy the public key"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(
        self, places: Places, profile: Profile, *, transport: Transport | None = None, clock: Clock | None = None
    ) -> None:
        """Create the dialog.

        Args:
            places: The paths of keydesk's files.
            profile: The connector's profile.
            transport: The HTTP transport; tests replace it.
            clock: The clock; tests replace it.
        """
        super().__init__()
        self.places = places
        self.profile = profile
        self._transport = transport
        self._clock = clock
        self._made_key: ClientKey | None = None
        self._busy = False
        self._drawn = Drawn(self, ENTER | {"ctrl+n"}, tell=self._show_note)

    @property
    def jwt(self) -> bool:
        """Return whether the connector signs in by a private key, and not by an API token."""
        return self.profile.sign_in.kind is SignInKind.PRIVATE_KEY_JWT

    def compose(self) -> ComposeResult:
        """Yield the fields for the new secret, and the buttons."""
        name = plain(self.profile.name)
        with VerticalScroll(id="box", can_focus=False):
            if self.jwt:
                text = f"{name} goes on with the old key until the new one has signed in."
                yield Static(Content(text), classes="words")
                yield Choice("origin", ORIGINS, label="The new key")
                yield LabelledField("key_path", "Key file", placeholder="~/okta-key.pem")
                yield SecretBox("private_key", "Private key")
                yield LabelledField("passphrase", "Passphrase", masked=True, hint="Only for an encrypted key.")
                yield Static(id="public", markup=False)
                yield LabelledField("key_id", "Key id", hint="The kid that Okta shows beside the new public key.")
            else:
                text = f"{name} goes on with the old token until the new one has signed in."
                yield Static(Content(text), classes="words")
                yield LabelledField("api_token", "New API token", masked=True, hint="Nothing of it is shown.")
            yield Static(id="answer", markup=False)
            with Horizontal(id="buttons"):
                yield Button("esc Leave the old in use", id="leave", compact=True)
                yield Button("ctrl+n Check and switch", id="go", variant="warning", compact=True)
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        """Set the title, and start with a key pair made here."""
        what = "key" if self.jwt else "API token"
        self.query_one("#box").border_title = Content(f"A new {what} for {plain(self.profile.name)}")
        try:
            rotation.candidate(self.profile, "any")
        except BadInput as trouble:
            self._show_trouble(trouble)
            self.query_one("#go", Button).disabled = True
        if self.jwt:
            self.query_one(Choice).value = MAKE
            self.make()
        self._update_controls()

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could switch to the new secret and was typed before all fields were on the screen."""
        return self._drawn.taking(typed)

    def _entry(self, field: str) -> LabelledField:
        return next(entry for entry in self.query(LabelledField) if entry.field == field)

    @property
    def origin(self) -> str:
        """Return where the new key comes from: `make`, `path` or `paste`."""
        return str(self.query_one(Choice).value)

    def _update_controls(self) -> None:
        self._drawn.changed()
        if not self.jwt:
            return
        self._entry("key_path").display = self.origin == READ
        self.query_one(SecretBox).display = self.origin == PASTE
        self._entry("passphrase").display = self.origin != MAKE
        self.query_one("#public").display = self.origin == MAKE
        self.refresh_bindings()

    @work(exclusive=True, group="make")
    async def make(self) -> None:
        """Make the key pair in a thread, and show its public key."""
        public = self.query_one("#public", Static)
        public.update(Content.styled("Making the key pair …", "$muted"))
        self._made_key = await asyncio.to_thread(ClientKey.make, "RSA")
        jwk = json.dumps(self._made_key.public_jwk(), indent=2)
        head = f"Add this public key to the app {plain(self.profile.sign_in.client_id)} in Okta; ctrl+y copies it:\n"
        public.update(Content.assemble((head, STYLE[Tone.GOOD]), (jwk, "$muted")))
        if not self._entry("key_id").value:
            self._entry("key_id").value = self._made_key.thumbprint
        self._drawn.changed()
        self.refresh_bindings()

    @on(Choice.Changed)
    def chosen(self) -> None:
        """Show the fields of the chosen origin."""
        thumbprint = self._made_key.thumbprint if self._made_key else ""
        if self.origin != MAKE and self._entry("key_id").value == thumbprint:
            self._entry("key_id").value = ""
        elif self.origin == MAKE and not self._entry("key_id").value:
            self._entry("key_id").value = thumbprint
        self._update_controls()

    @on(LabelledField.Changed)
    @on(SecretBox.Changed)
    def touched(self) -> None:
        """Remove the notes about what was typed before."""
        self.query_one("#answer", Static).update("")
        for entry in self.query(LabelledField):
            entry.reset_note()

    @on(Input.Submitted)
    @on(SecretBox.Submitted)
    def submitted(self) -> None:
        """Move to the next field on enter, or from the last field to the check."""
        chain = [widget for widget in self.focus_chain if not isinstance(widget, Button)]
        if self.focused in chain[:-1]:
            self.focus_next()
        else:
            self.action_go()

    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        """Check the new secret, then switch to it."""
        if not self._busy and not self.query_one("#go", Button).disabled:
            self.switch()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Keep the old secret and close, unless the switch is under way."""
        if not self._busy:
            self.dismiss("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether the key works: only a public key that was made here can be copied."""
        if action == "copy":
            return self.is_mounted and self.jwt and self._made_key is not None and self.origin == MAKE
        return True

    def action_copy(self) -> None:
        """Copy the public key, and say where it arrived."""
        if self._made_key is not None:
            key = json.dumps(self._made_key.public_jwk())
            copy(self, key, lambda arrival: self._show_note(arrival.sentence))

    @work(exclusive=True, group="switch")
    async def switch(self) -> None:
        """Prove the new secret, store it and switch to it; on any failure the old one stays in use."""
        self._busy = True
        try:
            secret, key_id = await asyncio.to_thread(self._new_secret)
            new = rotation.candidate(self.profile, key_id)
            remark = await rotation.prove_and_rotate(self.places.connectors, self.profile, new, secret, self._prove)
        except Trouble as trouble:
            self._show_trouble(trouble)
            return
        finally:
            self._busy = False
        self.dismiss(f"{self.profile.name} has a new {rotation.kind_of_secret(self.profile)}. {remark}")

    async def _prove(self, new: Profile, secret: Secret) -> None:
        connector = await asyncio.to_thread(wiring.assemble, new, secret, renewal=RETRY)
        self._show_note("Signing in with it …")
        await wiring.try_sign_in(connector, clock=self._clock, transport=self._transport)

    def _new_secret(self) -> tuple[Secret, str]:
        """Return the new secret and the key's id; runs in a thread, since a key file may be read and decrypted."""
        if not self.jwt:
            return Secret(self._entry("api_token").value.strip()), ""
        key_id = self._entry("key_id").value.strip()
        if self.origin == MAKE:
            if self._made_key is None:
                raise BadInput("The key pair is still being made", advice="Try again in a moment.", field="key_id")
            return Secret(self._made_key.private_pem()), key_id
        passphrase = self._entry("passphrase").value
        text = _read(self._entry("key_path").value) if self.origin == READ else self.query_one(SecretBox).secret
        return Secret(ClientKey.load(text.reveal(), passphrase).private_pem()), key_id

    def _show_note(self, text: str) -> None:
        self.query_one("#answer", Static).update(Content.styled(text, "$muted"))

    def _show_trouble(self, trouble: Trouble) -> None:
        """Show a failure beneath the fields, and move the focus to its field."""
        field = getattr(trouble, "field", "")
        field = "key_path" if field == "private_key" and self.jwt and self.origin == READ else field
        for control in (*self.query(LabelledField), *self.query(SecretBox)):
            if control.field == field and control.display:
                control.take_focus()
        detail = f" ({plain(trouble.detail)})" if trouble.detail else ""
        text = f"{plain(trouble.title)}. {plain(trouble.advice)}{detail}"
        self.query_one("#answer", Static).update(Content.styled(text, STYLE[Tone.BAD]))


def _read(path: str) -> Secret:
    if not path.strip():
        raise BadInput("The path is missing", advice="The path of the private key, PEM or JWK.", field="private_key")
    try:
        return Secret(read_limited(Path(path.strip()).expanduser(), LARGEST).decode("utf-8"))
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        why = getattr(error, "strerror", "") or type(error).__name__
        raise BadInput("The key's file cannot be read", advice=f"{why}: check it.", field="private_key") from None
