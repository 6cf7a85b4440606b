"""The flow of an action from its key to its outcome: confirm it, show the steps by hand, or show the obstacle."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from tui.desk.actions.grammar import TargetKind
from tui.desk.ledger.entry import Outcome
from tui.desk.people.parts import SHARED_FOR
from tui.desk.perform.result import state_words
from tui.desk.text.named_keys import key_of
from tui.desk.text.tone import Tone
from tui.okta.errors import MissingRole, MissingScope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from screens.base import DeskScreen
    from tui.desk.actions.grammar import Action
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from widgets.notice import Notice


class OnCancelled(Protocol):
    """The callback for a cancelled action."""

    def __call__(self, person: Person, *, stale: bool) -> None:
        """React to the cancelled action.

        Args:
            person: The person whom the action was for.
            stale: Whether the action was tried and met an obstacle that the screen does not show yet.
        """


class ActionFlow:
    """Opens the dialogs of an action in front of the screen that has the action's key.

    Args:
        screen: The screen that has the key.
        acted: Called with the result of the action, also of one that failed.
        cancelled: Called when the agent cancelled.
        namesakes: Returns the logins of other people of the same name whom the screen shows.
    """

    def __init__(
        self,
        screen: DeskScreen,
        *,
        acted: Callable[[Performed], None] | None = None,
        cancelled: OnCancelled | None = None,
        namesakes: Callable[[Person], tuple[str, ...]] | None = None,
    ) -> None:
        self.screen = screen
        self.session = screen.session
        self._acted = acted
        self._cancelled = cancelled
        self._namesakes = namesakes
        self._last: Performed | None = None
        self._offer = ""

    @property
    def notice(self) -> Notice:
        """Return the screen's notice line."""
        return self.screen.notice

    async def notes(self, person: Person) -> tuple[Note, ...]:
        """Return the ticket text of the last action and its parts, if it was for this person; else nothing.

        Raises:
            LedgerError: The entry cannot be read.
            BadNoteTemplate: The desk's own template cannot be used.
        """
        from tui.desk.notes.notes import entry_notes
        from tui.desk.notes.template import own_template

        last = self._last
        if last is None or last.plan.person.user.id != person.user.id:
            return ()
        entry = await asyncio.to_thread(self.session.ledger.entry, last.entry)
        return entry_notes(
            entry, own_template(self.session.ticket_text), state_now=state_words(last.after) if last.after else ""
        )

    async def offered_notes(self) -> tuple[Note, ...]:
        """Return the parts of the ledger entry that the notice line still speaks of; nothing once it is gone.

        Raises:
            Trouble: As for `notes`.
        """
        return await self.notes(self._last.plan.person) if self._last is not None and self.offers else ()

    @property
    def offers(self) -> bool:
        """Return whether the notice line still speaks of the last action, and of what ends the call."""
        return bool(self._offer) and self.notice.message == self._offer

    def topic(self, person: Person) -> str:
        """Return what a person is told about first: the last action, if it was for them, else a lockout."""
        from tui.desk.notices.due import DONE
        from tui.desk.notices.notice import Topic

        last = self._last
        if last is not None and last.plan.person.user.id == person.user.id:
            for topic, actions in DONE.items():
                if last.plan.action.id in actions:
                    return topic.value
        return Topic.LOCKOUT.value

    def start(self, action: Action, person: Person, ids: Mapping[TargetKind, str] | None = None) -> None:
        """Confirm an action for a person, or show the obstacle.

        Where keydesk may not do the action but an agent can, the steps by hand take the place of the confirmation.
        Where nobody can, the same dialog says why, and what to do instead: to be read in peace, and to be copied.

        Args:
            action: The action.
            person: The person whom the action is for.
            ids: Okta's ids of the action's targets; without them, a factor is chosen here.
        """
        obstacle = self.session.obstacle(action, person)
        if obstacle is not None:
            self._by_hand(action, person, None if obstacle.for_nobody else ids)
        elif TargetKind.FACTOR in action.aims and not ids:
            self._choose_factor(action, person)
        elif TargetKind.DEVICE in action.aims and not ids:
            self.choose_device(person, (action,))
        else:
            self._confirm(action, person, ids)

    def choose_device(self, person: Person, actions: tuple[Action, ...] = (), *, prove: bool = False) -> None:
        """Show the person's devices, and do with one of them what the agent chooses.

        Args:
            person: The person.
            actions: The actions that are offered; none for all that a device can have.
            prove: Whether the caller is proven for it first.
        """
        from screens.act.device_choice import DeviceChoiceScreen
        from tui.desk.actions.device_actions import ON_A_DEVICE

        offered = actions or ON_A_DEVICE

        def chosen(choice: tuple[str, str] | None) -> None:
            if choice is None:
                return
            action = next(one for one in offered if one.id == choice[0])
            (self._prove_for if prove else self.start)(action, person, {TargetKind.DEVICE: choice[1]})

        self.screen.app.push_screen(DeviceChoiceScreen(self.session, person, offered), chosen)

    def prove(self, person: Person) -> None:
        """Ask what the caller wants, prove them for it, and go on to its confirmation once they are proven."""
        from screens.verification.purpose import PurposeScreen
        from tui.desk.actions.catalogue import ACTIONS

        def wanted(action_id: str | None) -> None:
            action = ACTIONS.get(action_id or "")
            if action is None:
                return
            if TargetKind.FACTOR in action.aims:
                self._choose_factor(action, person, prove=True)
            elif TargetKind.DEVICE in action.aims:
                self.choose_device(person, (action,), prove=True)
            else:
                self._prove_for(action, person, {})

        self.screen.app.push_screen(PurposeScreen(self.session, person), wanted)

    def _prove_for(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> None:
        reading: Callable[[], Awaitable[None]] = partial(self._read_and_prove, action, person, ids)
        self.screen.run_worker(reading, group="prove", exclusive=True)

    async def _read_and_prove(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> None:
        """Read what the action is aimed at, since what is to be reset proves nothing, and open the proof."""
        from screens.verification.caller import CallerScreen

        def closed(proven: bool | None) -> None:  # noqa: FBT001 - Textual calls it
            self.screen.changed.publish(person)
            if proven:
                self.start(action, person, ids or None)

        with self.screen.guarded():
            targets = await self.session.read_targets(action, person, ids) if action.aims else ()
            self.screen.app.push_screen(CallerScreen(self.session, person, action, targets), closed)

    def _confirm(self, action: Action, person: Person, ids: Mapping[TargetKind, str] | None) -> None:
        from screens.act.confirm import ConfirmScreen

        namesakes = self._namesakes(person) if self._namesakes else ()
        screen = ConfirmScreen(self.session, action, person, ids, namesakes)

        def closed(performed: Performed | None) -> None:
            if screen.proving and performed is None:
                self.screen.changed.publish(person)
            if performed is not None:
                self._show_result(performed)
            elif screen.by_hand:
                self._by_hand(action, person, ids)
            elif self._cancelled is not None:
                self._cancelled(person, stale=screen.failed)

        self.screen.app.push_screen(screen, closed)

    def _by_hand(self, action: Action, person: Person, ids: Mapping[TargetKind, str] | None) -> None:
        from screens.act.instructions import InstructionsScreen

        def show() -> None:
            self.screen.app.push_screen(InstructionsScreen(self.session, action, person, ()))

        if not ids:
            show()
        else:
            reading: Callable[[], Awaitable[None]] = partial(self._by_hand_with_targets, action, person, ids)
            self.screen.run_worker(reading, group="by-hand", exclusive=True)

    async def _by_hand_with_targets(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> None:
        """Read the targets, which the steps name, and show the steps by hand; this changes nothing."""
        from screens.act.instructions import InstructionsScreen

        with self.screen.guarded():
            targets = await self.session.read_targets(action, person, ids, younger=SHARED_FOR)
            obstacle = next((target.obstacle for target in targets if target.obstacle), None)
            if obstacle is not None:
                self.notice.show(f"{action.title} is not possible: {obstacle.reason}", obstacle.advice, Tone.WARN)
            else:
                self.screen.app.push_screen(InstructionsScreen(self.session, action, person, targets))

    def _choose_factor(self, action: Action, person: Person, *, prove: bool = False) -> None:
        from screens.act.factor_choice import FactorChoiceScreen

        def chosen(factor: str | None) -> None:
            if factor is not None:
                (self._prove_for if prove else self._confirm)(action, person, {TargetKind.FACTOR: factor})

        self.screen.app.push_screen(FactorChoiceScreen(self.session, person), chosen)

    def _show_result(self, performed: Performed) -> None:
        done = performed.settled or performed.outcome is Outcome.DONE
        tone = Tone.GOOD if performed.clean else Tone.WARN if done else Tone.BAD
        troubles = (None if performed.settled else performed.trouble, performed.unrecorded)
        details = [str(trouble) for trouble in troubles if trouble] + ([performed.hint] if performed.hint else [])
        self._last = replace(performed, secret=None)
        visits = getattr(self.screen, "visits", None)
        details.append(" · ".join((self._next_keys(done=done), *((visits.next_one,) if visits else ()))))
        self.notice.show(f"{performed.sentence}, ledger entry {performed.entry}", " ".join(details), tone)
        self._offer = self.notice.message
        refused = isinstance(performed.trouble, MissingRole | MissingScope) and performed.outcome is Outcome.REFUSED
        if refused:
            self._note_refusal(performed)
        if self._acted is not None:
            self._acted(performed)
        if performed.after is not None:
            self.screen.changed.publish(performed.after)
        if performed.secret is not None:
            from screens.act.secret import SecretScreen

            reveals = performed.plan.action.reveals
            withdraw = partial(self._withdraw, performed) if reveals and reveals.withdrawn_by else None
            self.screen.app.push_screen(SecretScreen(performed.plan, performed.secret, withdraw=withdraw))
        elif refused:
            from screens.act.instructions import InstructionsScreen

            plan = performed.plan
            person, targets = performed.after or plan.person, performed.targets or plan.targets
            self.screen.app.push_screen(InstructionsScreen(self.session, plan.action, person, targets))

    async def _withdraw(self, performed: Performed) -> Performed:
        """Make the secret of an action useless at Okta, by the action that does so, with an entry of its own.

        Raises:
            Trouble: As for `perform`.
        """
        from tui.desk.actions.catalogue import ACTIONS
        from tui.desk.perform.perform import perform

        reveals, person = performed.plan.action.reveals, performed.after or performed.plan.person
        action = ACTIONS[reveals.withdrawn_by if reveals else ""]
        ids = {TargetKind.ENROLLMENT: performed.made} if performed.made else {}
        plan = action.plan(person, await self.session.read_targets(action, person, ids))
        return await perform(self.session, plan, reason=f"What entry {performed.entry} made is not needed any more")

    def _next_keys(self, *, done: bool) -> str:
        """Return what ends the call: the ticket text, and telling the person, where the screen has that key."""
        tells = done and hasattr(self.screen, "action_notice")
        copies = f"{key_of('desk.copy_note')} copies the ticket text"
        return f"{copies} · {key_of('person.notice')} tells them" if tells else copies

    def _note_refusal(self, performed: Performed) -> None:
        """Note that the role does not cover this person; a group or app that it does not cover says nothing of them."""
        action = performed.plan.action
        if performed.trouble is not None and not set(action.chosen) - {TargetKind.FACTOR}:
            self.session.refused[action.endpoint.id, performed.plan.person.user.id] = performed.trouble
