"""Step 4: how keydesk signs in, where its secret is stored, and where the private key comes from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from screens.setup.step import WizardStep, heading, words
from tui.desk.connectors import secrets
from tui.desk.connectors.connector import SignInKind
from tui.desk.connectors.secrets import Keep
from tui.desk.setup.form import Origin
from tui.desk.setup.parse import parse_ids, parse_passphrase_place, parse_place, proposed
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.keys import NeedsPassphrase, WrongPassphrase
from tui.setup_walk import StepName
from tui.trouble import BadInput
from widgets.choice import Choice, Option
from widgets.labelled_field import LabelledField
from widgets.secret_box import SecretBox
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from tui.desk.setup.form import Form

KINDS: Final = (
    Option(
        SignInKind.PRIVATE_KEY_JWT,
        "OAuth 2.0 with a private key (recommended)",
        "An app of its own in Okta, with only the scopes you grant. Belongs to nobody's account; the private key "
        "never leaves this machine.",
    ),
    Option(
        SignInKind.API_TOKEN,
        "API token of a service account",
        "Carries all rights of whoever created it and cannot be narrowed. Dies after 30 days without use (each use "
        "renews it), and with its creator's account.",
    ),
)
ORIGINS: Final = (
    Option(
        Origin.MAKE,
        "Make the key pair here (recommended)",
        f"Step {StepName.CHECKLIST} shows the public half to paste into Okta.",
    ),
    Option(Origin.PATH, "Read it from a file", "PEM or JWK; keydesk keeps a copy of its own where you chose above."),
    Option(Origin.PASTE, "Paste it"),
)
KEPT: Final = Option(Origin.KEPT, "As it is", "Nothing is changed about the secret.")
KEY_KINDS: Final = (Option("RSA", "RSA 2048"), Option("EC", "EC P-256"))
PLACE_FIELDS: Final = {
    "place_file": Keep.FILE,
    "place_variable": Keep.ENVIRONMENT,
    "opening_variable": Keep.ENVIRONMENT,
    "place_command": Keep.COMMAND,
    "opening_command": Keep.COMMAND,
}


class SignInStep(WizardStep):
    """Asks for the kind of sign-in, the secret's place and the key; Okta's ids may wait until the checklist."""

    asks_passphrase = False

    def compose(self) -> ComposeResult:
        """Yield the controls; the first choices decide which of the others are shown."""
        yield Choice("kind", KINDS, label="How keydesk signs in", all_help=True)
        yield Choice("keep", places(None), label="Where its secret is kept")
        yield LabelledField("place_file", "File")
        yield LabelledField("place_variable", "Variable")
        yield LabelledField("place_command", "Command", placeholder="op read op://desk/okta/token")
        opening = "Only for an encrypted key; else leave it empty."
        yield LabelledField("opening_variable", "Its passphrase in", placeholder="KEYDESK_PASSPHRASE", hint=opening)
        yield LabelledField(
            "opening_command", "Its passphrase by", placeholder="op read op://desk/okta/phrase", hint=opening
        )
        yield words("On a tour nothing is kept: the key ends with this keydesk.", id="toured")
        yield Choice("origin", self._origins(), label="The private key")
        yield Choice("key_kind", KEY_KINDS, label="Its kind", row=True)
        yield words("", id="made")
        yield LabelledField("key_path", "Key file", placeholder="~/okta-key.pem")
        yield SecretBox("private_key", "Private key")
        yield LabelledField(
            "passphrase", "Passphrase", masked=True, hint="Asked once: keydesk keeps the key without it."
        )
        yield heading(f"What Okta shows (may wait until step {StepName.CHECKLIST})")
        yield LabelledField("client_id", "Client id", placeholder="0oa…")
        yield LabelledField("key_id", "Key id", placeholder="the kid beside the public key")
        yield LabelledField("api_token", "API token", masked=True)

    def _origins(self) -> tuple[Option, ...]:
        return (*ORIGINS, KEPT) if self.walk.profile else ORIGINS

    def enter(self) -> None:
        """Check once whether there is a usable keyring, which may take a while."""
        super().enter()
        if self.walk.keyring is None and self.walk.tour is None:
            checking: Callable[[], Awaitable[None]] = self._check_keyring
            self.run_worker(checking, group="keyring")

    async def _check_keyring(self) -> None:
        trouble = await asyncio.to_thread(secrets.keyring_trouble)
        self.walk.keyring = trouble
        choice = next(choice for choice in self.query(Choice) if choice.field == "keep")
        choice.options = places(trouble)
        if not trouble and not self.walk.form.keep:
            choice.value = Keep.KEYRING
        elif trouble and self.walk.form.keep == Keep.KEYRING and not self.walk.keeps_in_keyring:
            choice.value = ""  # chosen before this was known
        self.save_to_form()
        self.update_controls()

    def fill_from_form(self) -> None:
        """Show the values; secrets come from memory, since the form never has them."""
        super().fill_from_form()
        self.entry("api_token").value = self.walk.token.reveal()
        self.entry("passphrase").value = self.walk.passphrase.reveal()
        self.query_one(SecretBox).secret = self.walk.pasted

    def save_to_form(self) -> None:
        """Store the values; secrets are stored in memory only."""
        before = self.walk.form.key_kind
        super().save_to_form()
        self.walk.token = secrets.Secret(self.entry("api_token").value)
        self.walk.passphrase = secrets.Secret(self.entry("passphrase").value)
        self.walk.pasted = self.query_one(SecretBox).secret
        if self.walk.form.key_kind != before and self.walk.made is not None:
            self.walk.forget_made_key()
            self.fill_from_form()

    def update_controls(self) -> None:
        """Show the fields that belong to the choices."""
        form, tour = self.walk.form, self.walk.tour is not None
        shown = fields_shown(form, tour=tour, asks_passphrase=self.asks_passphrase)
        for control in self.controls:
            control.display = shown[control.field]
        default = proposed(form, self.walk.places)
        self.entry("place_file").placeholder = default["file"]
        self.entry("place_variable").placeholder = default["variable"]
        if self.walk.profile:
            self.entry("api_token").placeholder = "empty: the token stays as it is"
        self.query_one("#toured").display = tour
        self.query_one(".heading").display = form.jwt or not form.elsewhere
        self._show_made_key(shown=shown["key_kind"])

    def _show_made_key(self, *, shown: bool) -> None:
        """Show the fingerprint of the key pair that was made here, if the form wants one made here."""
        key, note_line = self.walk.made, self.query_one("#made", Static)
        note_line.display = shown and key is not None
        if key is not None:
            note = f"✓ Made: {key.algorithm}, fingerprint {key.thumbprint}"
            note_line.update(Content.styled(plain(note), STYLE[Tone.GOOD]))

    def belong_together(self, field: str, other: str) -> bool:  # noqa: ARG002 - the base's signature
        """Return true: the first choices decide what the other fields mean."""
        return True

    async def check(self) -> bool:
        """Check the secret's place and the secret; Okta's ids may still be missing."""
        walk = self.walk
        if walk.tour is None:
            parse_place(walk.form, walk.places)
            if walk.form.keep == Keep.KEYRING:
                refuse_keyring(walk.keyring)
            parse_passphrase_place(walk.form)
        if walk.form.jwt:
            try:
                await walk.key()
            except (NeedsPassphrase, WrongPassphrase) as trouble:
                self.asks_passphrase = True
                self.update_controls()
                raise BadInput(trouble.title, advice=trouble.advice, field=self._field_of_key("passphrase")) from None
            except BadInput as trouble:
                raise BadInput(trouble.title, advice=trouble.advice, field=self._field_of_key(trouble.field)) from None
            if walk.form.client_id.strip() and walk.form.key_id.strip():
                parse_ids(walk.form)
        elif walk.form.elsewhere or walk.token:
            await walk.secret()
        return True

    def _field_of_key(self, field: str) -> str:
        """Return the field on this page for an error about the key, by where the key comes from."""
        form = self.walk.form
        if form.elsewhere and field in {"private_key", "passphrase"}:
            slot = "variable" if form.keep == Keep.ENVIRONMENT else "command"
            return f"opening_{slot}" if field == "passphrase" else f"place_{slot}"
        if field == "private_key" and form.origin != Origin.PASTE:
            return "key_path" if form.origin == Origin.PATH else "origin"
        return field


def fields_shown(form: Form, *, tour: bool, asks_passphrase: bool) -> dict[str, bool]:
    """Return whether each field of this step belongs to the choices.

    Args:
        form: The form with the choices.
        tour: Whether this is a tour, which stores no secret and so asks for no place.
        asks_passphrase: Whether the key is known to be encrypted.
    """
    origin = form.origin if form.jwt and not form.elsewhere else None  # where the private key comes from
    key_is_given = origin in {Origin.PATH, Origin.PASTE}
    shown = {
        "kind": True,
        "keep": not tour,
        "origin": origin is not None,
        "key_kind": origin == Origin.MAKE,
        "key_path": origin == Origin.PATH,
        "private_key": origin == Origin.PASTE,
        "passphrase": key_is_given and asks_passphrase,
        "client_id": form.jwt,
        "key_id": form.jwt,
        "api_token": not form.jwt and not form.elsewhere,
    }
    for field, keep in PLACE_FIELDS.items():
        of_a_key = field.startswith("opening")  # a token has no passphrase
        shown[field] = form.keep == keep and not tour and (form.jwt or not of_a_key)
    return shown


def places(trouble: str | None) -> tuple[Option, ...]:
    """Return the places where a secret can be stored; a keyring that cannot be used is off, with its trouble.

    Args:
        trouble: Why the keyring cannot be used; empty when it can, `None` while that is not known.
    """
    return (
        Option(
            Keep.KEYRING,
            "System keyring",
            "keydesk asks the system; nothing is in a file.",
            off=f"Cannot be used here: {trouble}" if trouble else "",
        ),
        Option(
            Keep.FILE,
            "A file that only you can read (mode 0600)",
            "Not encrypted: whoever can become you, or reads a backup, has it.",
        ),
        Option(Keep.ENVIRONMENT, "An environment variable", "Set it before keydesk starts; keydesk only reads it."),
        Option(Keep.COMMAND, "What a command prints", "A password manager; keydesk runs it at each start, no shell."),
    )


def refuse_keyring(trouble: str | None) -> None:
    """Refuse a keyring that cannot be used: there is no silent fallback, the agent has to choose another place.

    Raises:
        BadInput: The keyring cannot be used.
    """
    if trouble:
        raise BadInput(
            "The system keyring cannot be used here", advice=f"{trouble} Choose another place.", field="keep"
        )
