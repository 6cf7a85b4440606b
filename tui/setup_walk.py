"""One walk through the wizard: what was typed, the secrets in memory, and what became known on the way."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tui import wiring
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.secrets import Keep, Secret
from tui.desk.setup import drafts, parse
from tui.desk.setup import form as setup
from tui.desk.setup.form import Form, Origin
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

LARGEST = 64_000


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
        form: What was typed.
        token: The API token.
        pasted: The private key as it was pasted.
        passphrase: Of that key.
        made: The key pair that was made here; `None` before.
        public_jwk: Its public half, or that of the key that was given; empty while unknown.
        proven: The org that answered, and what it said.
        keyring: Why the keyring cannot be used, empty when it can; `None` while not asked.
        proof: The last proof, of what is typed now; `None` before.
        notes: For the last step: what went well already.
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
        self.saved = False
        self.stored: tuple[SecretPlace, Secret] | None = None

    # -- the draft

    def reached(self, step: StepName) -> None:
        """Remember the step, for whoever goes on another day."""
        self.form = replace(self.form, step=int(step))

    @property
    def draft(self) -> Path:
        """Where the draft of this walk is; a change of a connector has one of its own."""
        if self.profile is None:
            return self.places.draft
        return self.places.draft.with_name(f"draft-{parse.slug(self.profile.name)}.json")

    def left(self) -> Form | None:
        """What an earlier walk left half-done."""
        if self.tour is not None:
            return None
        kept = drafts.load(self.draft)
        return setup.from_draft(kept) if kept else None

    def resume(self, left: Form) -> str:
        """Go on with what was left; the answer says what is not as it was.

        A secret is not in a draft, and so the walk goes on no further than where it is asked for. A key pair that was
        made is gone with its private half.
        """
        again = ""
        if left.jwt and left.origin == Origin.MAKE and not left.elsewhere and left.step > StepName.SIGN_IN:
            again = " The key pair is made anew: give Okta the new public key, and remove the old one."
        self.form = replace(left, step=min(left.step, int(StepName.SIGN_IN)))
        return f"Everything is as you left it, except secrets: they are asked for again.{again}"

    def leave(self) -> None:
        """Keep what was typed; a draft is a convenience, so that a full disk stops nobody."""
        if self.tour is not None or self.saved:
            return
        form = self.form
        if self.made is not None and form.key_id == self.made.thumbprint:
            form = replace(form, key_id="")  # it goes with the private half, which no draft holds
        kept = setup.to_draft(form)
        untouched = setup.to_draft(setup.from_profile(self.profile)) if self.profile else {}
        if not kept or {**kept, "step": ""} == {**untouched, "step": ""}:
            return
        with contextlib.suppress(Trouble, OSError):
            drafts.save(self.draft, kept)

    # -- names

    def taken(self) -> tuple[str, ...]:
        """The names of the other connectors.

        Raises:
            Trouble: The file cannot be read.
        """
        if self.tour is not None:
            return ()
        return tuple(
            known.name for known in profiles.load(self.places.connectors).profiles if known.name != self.editing
        )

    @property
    def editing(self) -> str:
        """The connector that is changed; empty for a new one."""
        return self.profile.name if self.profile else ""

    # -- the secret

    def unmake(self) -> None:
        """Forget the key pair that was made, and the key id that came from it."""
        if self.made is not None and self.form.key_id == self.made.thumbprint:
            self.form = replace(self.form, key_id="")
        self.made, self.public_jwk = None, {}

    async def key(self) -> ClientKey:
        """The private key that the form leads to; made here if that was chosen.

        Raises:
            BadInput: There is none, or it cannot be used.
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
            secret, passphrase = await self._given()
            key = await asyncio.to_thread(ClientKey.load, secret.reveal(), passphrase.reveal())
        self.public_jwk = key.public_jwk(form.key_id.strip())
        return key

    async def _given(self) -> tuple[Secret, Secret]:
        """The secret as it was typed, or is kept, and its passphrase."""
        form = self.form
        if form.elsewhere:
            place = parse.parse_place(form, self.places)
            opening = parse.parse_passphrase_place(form)
            secret = await self._fetched(place, f"place_{'variable' if place.keep is Keep.ENVIRONMENT else 'command'}")
            return secret, await self._fetched(opening, "passphrase") if opening else Secret("")
        if form.origin == Origin.KEPT and self.profile and self.profile.sign_in.secret and (form.jwt or not self.token):
            opening = self.profile.sign_in.passphrase
            secret = await self._fetched(self.profile.sign_in.secret, "keep")
            return secret, await self._fetched(opening, "keep") if opening else self.passphrase
        if not form.jwt:
            return self.token, Secret("")
        if form.origin == Origin.PATH:
            return await asyncio.to_thread(_read, form.key_path), self.passphrase
        return self.pasted, self.passphrase

    @staticmethod
    async def _fetched(place: SecretPlace, field: str) -> Secret:
        try:
            return await asyncio.to_thread(secrets.fetch, place)
        except Trouble as trouble:
            raise BadInput(trouble.title, advice=trouble.advice, detail=trouble.detail, field=field) from None

    async def secret(self) -> Secret:
        """What is kept in the chosen place: the token, or the private key as PEM without a passphrase.

        Raises:
            BadInput: It is missing or cannot be used.
        """
        if not self.form.jwt:
            token, _ = await self._given()
            parse.parse_token(token)
            return Secret(token.reveal().strip())
        return Secret((await self.key()).private_pem())

    def finished(self) -> Profile:
        """The profile that was typed.

        Raises:
            BadInput: The field says what is wrong.
        """
        form = self.form
        if self.tour is not None:
            form = replace(form, keep=Keep.KEYRING)
        unknown = self.profile.unknown if self.profile else None
        return parse.to_profile(form, self.places, self.taken(), unknown=unknown)

    async def connector(self) -> Connector:
        """What is to be proved.

        Raises:
            Trouble: Something is missing or cannot be used.
        """
        profile = self.finished()
        return wiring.assemble(profile, await self.secret())

    def client(self, connector: Connector) -> OktaClient:
        """A client for the proof; on a tour it leaves nothing behind, not even the server's last nonce."""
        from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - brings PyJWT

        client = wiring.client(connector, clock=self.clock, transport=self.transport)
        if self.tour is not None and isinstance(connector.credentials, ServiceApp):
            connector.credentials.on_nonce = lambda _: None
        return client


def _read(path: str) -> Secret:
    if not path.strip():
        raise BadInput("The path is missing", advice="The path of the private key, PEM or JWK.", field="key_path")
    where = Path(path.strip()).expanduser()
    try:
        if where.stat().st_size > LARGEST:
            raise BadInput("This file is too large for a key", advice="Give the private key alone.", field="key_path")
        return Secret(where.read_text("utf-8"))
    except UnicodeDecodeError:
        raise BadInput(
            "This file is not text",
            advice="Convert the key to PEM: openssl pkey -inform DER -in FILE.",
            field="key_path",
        ) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadInput("The key's file cannot be read", advice=f"{why}: check the path.", field="key_path") from None
