"""Step 7: the summary of the connector, and saving it; a failure while saving loses nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.content import Content
from textual.widgets import Button, Static

from screens.setup.checklist import ChecklistStep
from screens.setup.step import STEP_TITLES, WizardStep, words
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.secrets import Keep
from tui.desk.proof import store
from tui.desk.setup import drafts
from tui.desk.setup.form import from_profile
from tui.desk.setup.summary import StepSummary, summary
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.setup_walk import StepName
from tui.trouble import BadInput, Trouble
from widgets.setup.summary_lines import SummaryLines
from widgets.tick_box import TickBox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import SecretPlace
    from tui.setup_walk import SetupWalk


class SecretThere(Trouble):
    """A secret is stored already in the place for this one."""


class SaveStep(WizardStep):
    """Shows the summary of all steps, and saves the connector."""

    def compose(self) -> ComposeResult:
        """Yield the summary, the tick boxes and the button."""
        yield SummaryLines(STEP_TITLES, id="summary")
        yield TickBox("default", "keydesk starts with this connector")
        yield TickBox("overwrite", "Replace the secret that is there already", "Another connector may use it.")
        yield words("", id="where")
        yield Button("enter Save", id="save", variant="primary", compact=True)

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
        key = key_of("setup.save") if self.walk.profile else "enter"
        self.query_one("#save", Button).label = f"{key} {'End the tour' if tour else 'Save'}"
        where = (
            "On a tour nothing is written to disk: no profile, no secret. It ends with this keydesk."
            if tour
            else f"Goes to {self.walk.places.connectors}; the secret is not in that file."
        )
        self.query_one("#where", Static).update(Content.styled(plain(where), "$muted"))
        self.query_one(SummaryLines).show((*self._filled_in(), self._proof_line()))

    def _filled_in(self) -> Iterable[StepSummary]:
        """Yield what is set in the steps before the proof; what cannot be saved so is said in its step's line."""
        walk = self.walk
        before = from_profile(walk.profile) if walk.profile else None
        fault: BadInput | None = None
        try:
            walk.typed_profile()
        except BadInput as trouble:
            fault = trouble
        pages = list(self.screen.query(WizardStep))
        for line in summary(walk.form, before, walk.places, tour=walk.tour is not None):
            texts, changed = line.texts, line.changed
            if fault is not None and pages[line.step - 1].has_field(fault.field):
                texts, fault = (*texts, (str(fault), Tone.BAD)), None
            if line.step == StepName.SIGN_IN and (walk.token or walk.pasted or walk.made) and walk.profile:
                changed = True
            if line.step == StepName.CAPABILITIES:
                other = "read-only" if walk.form.read_write else "read and write"
                texts = (
                    texts[0],
                    (f"{key_of('setup.switch_mode')} makes it {other}, and proves it at once", Tone.MUTED),
                    *texts[1:],
                )
            if line.step == StepName.CHECKLIST:
                items = [
                    item.id
                    for part in self.screen.query_one(ChecklistStep).current_list().sections
                    for item in part.items
                ]
                ticked = sum(item in walk.form.ticks for item in items)
                texts = (*texts, (f"{ticked} of {len(items)} lines of the list are ticked", Tone.MUTED))
            yield replace(line, texts=texts, changed=changed)

    def _proof_line(self) -> StepSummary:
        """Return the line of the proof: of what is typed now."""
        walk, proof = self.walk, self.walk.current_proof
        if proof is not None and proof.works:
            said = (proof.verdict, Tone.GOOD)
        elif proof is not None:
            said = ("not all works; what does not will be grey, with the reason", Tone.WARN)
        elif walk.needs_proof and walk.profile:
            said = (f"not yet for what was changed: {key_of('setup.save')} proves it, then saves", Tone.WARN)
        elif walk.profile:
            said = ("nothing was changed that needs one", Tone.MUTED)
        else:
            said = ("it was not proved", Tone.WARN)
        return StepSummary(StepName.PROOF, (said,))

    def _is_only_connector(self) -> bool:
        """Return whether there is no other connector."""
        try:
            kept = profiles.load(self.walk.places.connectors).profiles
        except Trouble:
            return False
        return not {profile.name for profile in kept} - {self.walk.editing}

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
        proof = walk.current_proof
        if proof is None and walk.profile is not None and not walk.needs_proof:  # only its name may be another one
            proof = await asyncio.to_thread(store.recall, walk.places.proofs, walk.profile)
        if proof is not None:
            await asyncio.to_thread(store.remember, walk.places.proofs, replace(proof, connector=profile.name))
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
        may_replace = overwrite.value or (walk.profile is not None and walk.profile.sign_in.secret == place)
        if not may_replace and await asyncio.to_thread(_has_secret, place):
            overwrite.display = True
            self.scroll_end(animate=False)
            raise BadInput(
                "There is a secret already in that place",
                advice=f"Tick this to replace it, or choose another place in step {StepName.SIGN_IN}.",
                field="overwrite",
            )
        await asyncio.to_thread(secrets.store, place, secret, replace=may_replace)
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
