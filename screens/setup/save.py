"""Step 7: the summary of the connector, and saving it; a failure while saving loses nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Button, Static

from screens.setup.step import WizardStep, words
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.secrets import Keep
from tui.desk.proof import store
from tui.desk.setup import drafts
from tui.desk.text.okta_terms import CAPABILITY, SOFTWARE_BY
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.policy import Capability
from tui.setup_walk import StepName
from tui.trouble import BadInput, Trouble
from widgets.tick_box import TickBox
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import SecretPlace
    from tui.setup_walk import SetupWalk

PLACE: Final = {
    Keep.KEYRING: "system keyring, as “{}”",
    Keep.FILE: "{} (mode 0600)",
    Keep.ENVIRONMENT: "read from the variable {}",
    Keep.COMMAND: "read from the command {}",
}


class SecretThere(Trouble):
    """A secret is stored already in the place for this one."""


class SaveStep(WizardStep):
    """Shows the summary of all steps, and saves the connector."""

    def compose(self) -> ComposeResult:
        """Yield the summary, the tick boxes and the button."""
        yield Static(id="summary", markup=False)
        yield TickBox("default", "keydesk starts with this connector")
        yield TickBox("overwrite", "Replace the secret that is there already", "Another connector may use it.")
        yield words("", id="where")
        yield Button("Save (enter)", id="save", variant="primary", compact=True)

    def enter(self) -> None:
        """Hide the question whether to overwrite a secret, until a secret is in the way."""
        super().enter()
        overwrite = next(tick for tick in self.query(TickBox) if tick.field == "overwrite")
        overwrite.display = overwrite.value = False

    def update_controls(self) -> None:
        """Show the summary."""
        tour = self.walk.tour is not None
        default = next(tick for tick in self.query(TickBox) if tick.field == "default")
        default.display = not tour and not self._is_only_connector()  # an only connector is the default anyway
        self.query_one("#save", Button).label = "End the tour (enter)" if tour else "Save (enter)"
        where = (
            "On a tour nothing is written to disk: no profile, no secret. It ends with this keydesk."
            if tour
            else f"Goes to {self.walk.places.connectors}; the secret is not in that file."
        )
        self.query_one("#where", Static).update(Content.styled(plain(where), "$muted"))
        try:
            profile = self.walk.typed_profile()
        except Trouble as trouble:
            self.query_one("#summary", Static).update(Content.styled(plain(str(trouble)), STYLE[Tone.BAD]))
            return
        lines = [
            Content.assemble((f"{label:<14}", "$muted"), (plain(text), style))
            for label, text, style in self._summary(profile)
        ]
        self.query_one("#summary", Static).update(Content("\n").join(lines))

    def _is_only_connector(self) -> bool:
        """Return whether there is no other connector."""
        try:
            kept = profiles.load(self.walk.places.connectors).profiles
        except Trouble:
            return False
        return not {profile.name for profile in kept} - {self.walk.editing}

    def _summary(self, profile: Profile) -> Iterable[tuple[str, str, str]]:
        walk, sign_in = self.walk, profile.sign_in
        yield "Connector", f"{profile.name}{' · PRODUCTION' if profile.production else ''}", "bold"
        yield "Org", profile.org.origin, ""
        yield "Mode", "read and write" if walk.form.read_write else "read-only", ""
        off = [CAPABILITY[capability] for capability in CAPABILITY if capability not in profile.capabilities]
        yield "Switched on", "all seven" if not off else f"all but: {', '.join(off)}", ""
        if Capability.PROVISIONING in profile.capabilities:
            yield "Software", SOFTWARE_BY[profile.software_by], ""
        if walk.form.jwt:
            yield "Signs in", "OAuth 2.0 with a private key", ""
            yield "Client id", sign_in.client_id, ""
            yield "Key id", sign_in.key_id, ""
        else:
            yield "Signs in", "API token", ""
        if walk.tour is None and sign_in.secret is not None:
            yield "Secret", PLACE[sign_in.secret.keep].format(sign_in.secret.where), ""
        if walk.proof is None:
            yield "Proof", "it was not proved", STYLE[Tone.WARN]
        elif walk.proof.works:
            yield "Proof", walk.proof.verdict, STYLE[Tone.GOOD]
        else:
            yield "Proof", "not all works; what does not will be grey, with the reason", STYLE[Tone.WARN]

    async def save(self) -> Profile:
        """Store the secret before the profile, so that no profile points at a missing secret, then the proof.

        Raises:
            Trouble: A part could not be stored; the parts before it stay, and are not stored twice.
        """
        walk = self.walk
        profile = walk.typed_profile()
        if walk.tour is not None:
            return profile
        place = profile.sign_in.secret
        if place is not None and place.keep in {Keep.KEYRING, Keep.FILE}:
            await self._store_secret(place)
        await asyncio.to_thread(profiles.save, walk.places.connectors, profile, replacing=walk.editing)
        if walk.form.default:
            await asyncio.to_thread(profiles.use, walk.places.connectors, profile.name)
        if walk.proof is not None:
            await asyncio.to_thread(store.remember, walk.places.proofs, walk.proof)
        walk.saved = True
        await asyncio.to_thread(drafts.clear, walk.draft)
        return profile

    async def _store_secret(self, place: SecretPlace) -> None:
        walk = self.walk
        if self._keeps_secret(walk, place):
            return
        secret = await walk.secret()
        if walk.stored == (place, secret):
            return
        overwrite = next(tick for tick in self.query(TickBox) if tick.field == "overwrite")
        replace = overwrite.value or (walk.profile is not None and walk.profile.sign_in.secret == place)
        if not replace and await asyncio.to_thread(_has_secret, place):
            overwrite.display = True
            self.scroll_end(animate=False)
            raise BadInput(
                "There is a secret already in that place",
                advice=f"Tick this to replace it, or choose another place in step {StepName.SIGN_IN}.",
                field="overwrite",
            )
        await asyncio.to_thread(secrets.store, place, secret, replace=replace)
        walk.stored = (place, secret)

    @staticmethod
    def _keeps_secret(walk: SetupWalk, place: SecretPlace) -> bool:
        """Return whether a changed connector keeps its secret."""
        if walk.profile is None or walk.profile.sign_in.secret != place:
            return False
        return walk.form.origin == "kept" if walk.form.jwt else not walk.token


def _has_secret(place: SecretPlace) -> bool:
    """Return whether the place has a secret that can be read."""
    try:
        return bool(secrets.fetch(place))
    except Trouble:
        return False
