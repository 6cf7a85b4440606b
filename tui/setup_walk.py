"""One walk through the wizard: the typed form, the secrets in memory, and what the steps have found out."""

from __future__ import annotations

import asyncio
import contextlib
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tui import wiring
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.secrets import Keep, Secret
from tui.desk.setup import drafts, parse
from tui.desk.setup import form as setup
from tui.desk.setup.form import Form, Origin
from tui.local_file import read_limited
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.connector import Connector, OrgAddress
    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import SecretPlace
    from tui.desk.connectors.settings import Places
    from tui.desk.proof.proof import Proof
    from tui.okta.client import OktaClient, Transport
    from tui.okta.clock import Clock
    from tui.okta.keys import ClientKey
    from tui.okta.models import WellKnown
    from tui.wiring import Tour

MOST_BYTES = 64_000
"""The largest file that is read as a private key."""


class StepName(IntEnum):
    """The wizard's steps in their order; the number is the one on the screen and in a draft."""

    NAME = 1
    ORG = 2
    CAPABILITIES = 3
    SIGN_IN = 4
    CHECKLIST = 5
    PROOF = 6
    SAVE = 7

    @property
    def id(self) -> str:
        """The id of the step's widget."""
        return self.name.lower().replace("_", "-")


class SetupWalk:
    """The state that all steps share.

    Attributes:
        form: The typed form.
        token: The typed API token.
        pasted: The private key as it was pasted.
        passphrase: The passphrase of the pasted key.
        made: The key pair that keydesk made; `None` where it made none.
        public_jwk: The public half of the private key; empty while it is unknown.
        proven: The org's address that was tried, the network that it was reached through, and the org's answer.
        keyring: Why the keyring cannot be used; empty where it can be used, `None` before it was tried.
        proof: The last proof; `None` before there is one.
        proved_values: What was proved by it.
        tried_values: What the last proof was asked about, also where it could not be made.
        saved: Whether the profile was saved.
        stored: The place and the secret that were stored already, should saving the profile fail after it.
    """

    def __init__(
        self,
        places: Places,
        *,
        profile: Profile | None = None,
        tour: Tour | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.places = places
        self.profile = profile
        self.tour = tour
        self.transport = transport
        self.clock = clock
        self.form = setup.from_profile(profile) if profile else Form()
        self.token = self.pasted = self.passphrase = Secret("")
        self.made: ClientKey | None = None
        self.public_jwk: Mapping[str, str] = {}
        self.proven: tuple[OrgAddress, object, WellKnown] | None = None
        self.keyring: str | None = None
        self.proof: Proof | None = None
        self.proved_values: tuple[object, ...] = ()
        self.tried_values: tuple[object, ...] = ()
        self.saved = False
        self.stored: tuple[SecretPlace, Secret] | None = None
        self._values_before = self.values_to_prove()

    # -- the draft

    def remember_step(self, step: StepName) -> None:
        """Note the step in the form, so that a draft goes on from there."""
        self.form = replace(self.form, step=int(step))

    def fill_in_tour(self, step: StepName) -> None:
        """On a tour, put into the form those of the demo org's values that a step asks for."""
        tour, form = self.tour, self.form
        if tour is None:
            return
        if step is StepName.NAME:
            self.form = replace(form, name=form.name or "Tour", colour="teal")
        elif step is StepName.ORG:
            self.form = replace(form, org=tour.org.origin + tour.org.prefix)
        elif step in {StepName.SIGN_IN, StepName.CHECKLIST} and form.jwt:
            inputs = tour.inputs(form)
            self.pasted = inputs.private_key
            self.form = replace(form, origin=Origin.PASTE, client_id=inputs.client_id, key_id=inputs.key_id)

    @property
    def draft(self) -> Path:
        """The path of this walk's draft; the change of a connector has a draft of its own."""
        if self.profile is None:
            return self.places.draft
        return self.places.draft.with_name(f"draft-{parse.slug(self.profile.name)}.json")

    def unfinished_form(self) -> Form | None:
        """Read the form that an earlier walk left as a draft; `None` where there is no draft."""
        if self.tour is not None:
            return None
        draft = drafts.load(self.draft)
        return setup.from_draft(draft) if draft else None

    def resume(self, unfinished: Form) -> str:
        """Go on with an unfinished form; return a text that says what has to be given again.

        A draft holds no secrets, so the walk goes on at the latest from the step that asks for them. Nor does it hold
        a key pair that keydesk made.
        """
        again = ""
        if (
            unfinished.jwt
            and unfinished.origin == Origin.MAKE
            and not unfinished.elsewhere
            and unfinished.step > StepName.SIGN_IN
        ):
            again = " The key pair is made anew: give Okta the new public key, and remove the old one."
        self.form = replace(unfinished, step=min(unfinished.step, int(StepName.SIGN_IN)))
        return f"Everything is as you left it, except secrets: they are asked for again.{again}"

    def save_draft(self) -> None:
        """Save the typed form as a draft, without secrets; a draft is a convenience, so a full disk is no error."""
        if self.tour is not None or self.saved:
            return
        draft = self._to_draft()
        if not draft or not self.is_changed:
            return
        with contextlib.suppress(Trouble, OSError):
            drafts.save(self.draft, draft)

    def _to_draft(self) -> dict[str, Any]:
        form = self.form
        if self.made is not None and form.key_id == self.made.thumbprint:
            form = replace(form, key_id="")  # of the made key, whose private half no draft holds
        return setup.to_draft(form)

    @property
    def is_changed(self) -> bool:
        """Whether anything but a secret is typed that differs from the connector that is changed, or from nothing."""
        untouched = setup.to_draft(setup.from_profile(self.profile)) if self.profile else {}
        return {**self._to_draft(), "step": ""} != {**untouched, "step": ""}

    # -- names

    def other_names(self) -> tuple[str, ...]:
        """Read the names of the other connectors, which this one may not have.

        Raises:
            Trouble: The profiles' file cannot be read.
        """
        if self.tour is not None:
            return ()
        return tuple(
            other.name for other in profiles.load(self.places.connectors).profiles if other.name != self.editing
        )

    @property
    def editing(self) -> str:
        """The name of the connector that is changed; empty for a new one."""
        return self.profile.name if self.profile else ""

    @property
    def keeps_in_keyring(self) -> bool:
        """Whether the connector that is changed has its secret in the system keyring."""
        place = self.profile.sign_in.secret if self.profile else None
        return place is not None and place.keep is Keep.KEYRING

    # -- the proof

    def values_to_prove(self) -> tuple[object, ...]:
        """Return all that a proof depends on: the org, the way to it, the sign-in with its secret, and what is on."""
        form = self.form
        typed = (form.org, form.client_id, form.key_id, form.read_write, form.kind, form.keep, form.origin)
        chosen = (form.capabilities, form.software_by)
        places = (form.place_file, form.place_variable, form.place_command, form.key_path, form.proxy, form.ca_bundle)
        return (*typed, *chosen, *places, self.token, self.pasted, self.made, self.passphrase)

    @property
    def current_proof(self) -> Proof | None:
        """The proof of what is typed now; `None` without one, and where something was changed since."""
        return self.proof if self.proved_values == self.values_to_prove() else None

    @property
    def needs_proof(self) -> bool:
        """Whether what is typed has to be proved before it is saved: not where only words and looks were changed."""
        values = self.values_to_prove()
        return values != self.tried_values and (self.profile is None or values != self._values_before)

    # -- the secret

    def forget_made_key(self) -> None:
        """Forget the key pair that keydesk made, and its key id."""
        if self.made is not None and self.form.key_id == self.made.thumbprint:
            self.form = replace(self.form, key_id="")
        self.made, self.public_jwk = None, {}

    async def key(self) -> ClientKey:
        """Return the private key that the form describes; keydesk makes it where the form says so.

        Raises:
            BadInput: The key is missing or cannot be used.
        """
        from tui.okta.keys import ClientKey  # noqa: PLC0415 - brings cryptography

        form = self.form
        if form.origin == Origin.MAKE and not form.elsewhere:
            if self.made is None:
                self.made = await asyncio.to_thread(ClientKey.make, form.key_kind)
            key = self.made
            if not form.key_id.strip():
                self.form = form = replace(form, key_id=key.thumbprint)
        else:
            secret, passphrase = await self._read_secret()
            key = await asyncio.to_thread(ClientKey.load, secret.reveal(), passphrase.reveal())
        self.public_jwk = key.public_jwk(form.key_id.strip())
        return key

    async def _read_secret(self) -> tuple[Secret, Secret]:
        """Return the secret as it was typed or as it is stored, and its passphrase."""
        form = self.form
        if form.elsewhere:
            place = parse.parse_place(form, self.places)
            opening = parse.parse_passphrase_place(form)
            secret = await self._fetch(place, f"place_{'variable' if place.keep is Keep.ENVIRONMENT else 'command'}")
            return secret, await self._fetch(opening, "passphrase") if opening else Secret("")
        if form.origin == Origin.KEPT and self.profile and self.profile.sign_in.secret and (form.jwt or not self.token):
            opening = self.profile.sign_in.passphrase
            secret = await self._fetch(self.profile.sign_in.secret, "keep")
            return secret, await self._fetch(opening, "keep") if opening else self.passphrase
        if not form.jwt:
            return self.token, Secret("")
        if form.origin == Origin.PATH:
            return await asyncio.to_thread(_read_key_file, form.key_path), self.passphrase
        return self.pasted, self.passphrase

    @staticmethod
    async def _fetch(place: SecretPlace, field: str) -> Secret:
        try:
            return await asyncio.to_thread(secrets.fetch, place)
        except Trouble as trouble:
            raise BadInput(trouble.title, advice=trouble.advice, detail=trouble.detail, field=field) from None

    async def secret(self) -> Secret:
        """Return the secret to store: the API token, or the private key as PEM without a passphrase.

        Raises:
            BadInput: The secret is missing or cannot be used.
        """
        if not self.form.jwt:
            token, _ = await self._read_secret()
            parse.parse_token(token)
            return Secret(token.reveal().strip())
        return Secret((await self.key()).private_pem())

    def typed_profile(self) -> Profile:
        """Return the profile that the typed form makes.

        Raises:
            BadInput: An input is not valid; the field says which.
        """
        form = self.form
        if self.tour is not None:
            form = replace(form, keep=Keep.KEYRING)
        return parse.to_profile(form, self.places, self.other_names(), before=self.profile)

    async def connector(self) -> Connector:
        """Build the connector that is to be proved.

        Raises:
            Trouble: An input is missing or cannot be used.
        """
        profile = self.typed_profile()
        return wiring.assemble(profile, await self.secret(), renewal=self._renewal())

    def _renewal(self) -> str:
        """Return what to do here about a token that Okta refuses."""
        if self.form.keep == Keep.ENVIRONMENT:
            return "Its variable is read when keydesk starts: leave with esc, set it, and come back; all else is kept."
        if self.form.keep == Keep.COMMAND:
            return "Correct what the command prints; then ask again."
        return "Copy it again, or make another one in Okta, and type it in its field."

    def client(self, connector: Connector) -> OktaClient:
        """Build a client for the proof; on a tour it stores nothing, not even the server's last nonce."""
        from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - brings PyJWT

        client = wiring.client(connector, clock=self.clock, transport=self.transport)
        if self.tour is not None and isinstance(connector.credentials, ServiceApp):
            connector.credentials.on_nonce = lambda _: None
        return client


def _read_key_file(path: str) -> Secret:
    if not path.strip():
        raise BadInput("The path is missing", advice="The path of the private key, PEM or JWK.", field="key_path")
    file = Path(path.strip()).expanduser()
    try:
        return Secret(read_limited(file, MOST_BYTES).decode("utf-8"))
    except UnicodeDecodeError:
        raise BadInput(
            "This file is not text",
            advice="Convert the key to PEM: openssl pkey -inform DER -in FILE.",
            field="key_path",
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadInput("The key's file cannot be read", advice=f"{reason}: check the path.", field="key_path") from None
