"""An action from key to outcome, for any screen: confirm it, show the steps by hand, or say what is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.desk.actions.grammar import TargetKind
from tui.desk.by_hand.instructions import by_hand
from tui.desk.ledger.entry import Outcome
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from screens.base import DeskScreen
    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from widgets.notice import Notice


class OnCancelled(Protocol):
    """What a screen does when the agent turned back."""

    def __call__(self, person: Person, *, stale: bool) -> None:
        """Take note of it.

        Args:
            person: For whom the action would have been.
            stale: Whether the screen shows what is old by now: what stood in the way is not on it yet.
        """


class ActionFlow:
    """Leads the agent from a key to the outcome, in front of the screen that has the key.

    Args:
        screen: The screen.
        acted: Called with what was done, or was not.
        cancelled: Called when the agent turned back.
        namesakes: The logins of others of the same name whom the agent sees.
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

    @property
    def notice(self) -> Notice:
        """The screen's notice line."""
        return self.screen.notice

    def start(self, action: Action, person: Person, ids: Mapping[TargetKind, str] | None = None) -> None:
        """Confirm an action for a person, or say what is in the way.

        Where only keydesk may not do it, the steps by hand take the confirmation's place.

        Args:
            action: What is wished.
            person: For whom.
            ids: Okta's ids of what it is aimed at; a factor may be left to be chosen here.
        """
        found = self.session.obstacle(action, person)
        if found is not None and found.for_nobody:
            steps = by_hand(self.session, action, person).steps
            self.notice.show(f"{action.title} is not possible: {found.foremost.reason}", " ".join(steps), Tone.WARN)
        elif found is not None:
            self._by_hand(action, person, ids)
        elif TargetKind.FACTOR in action.aims and not ids:
            self._choose_factor(action, person)
        else:
            self._confirm(action, person, ids)

    def _confirm(self, action: Action, person: Person, ids: Mapping[TargetKind, str] | None) -> None:
        from screens.act.confirm import ConfirmScreen

        namesakes = self._namesakes(person) if self._namesakes else ()
        screen = ConfirmScreen(self.session, action, person, ids, namesakes)

        def closed(performed: Performed | None) -> None:
            if performed is not None:
                self._tell(performed)
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
            self.screen.run_worker(self._aimed_by_hand(action, person, ids), group="by-hand", exclusive=True)

    async def _aimed_by_hand(self, action: Action, person: Person, ids: Mapping[TargetKind, str]) -> None:
        """The steps name what it is aimed at, which is read first; reading changes nothing."""
        from screens.act.instructions import InstructionsScreen

        with self.screen.guarded():
            targets = await self.session.read_targets(action, person, ids)
            found = next((target.obstacle for target in targets if target.obstacle), None)
            if found is not None:
                self.notice.show(f"{action.title} is not possible: {found.reason}", found.advice, Tone.WARN)
            else:
                self.screen.app.push_screen(InstructionsScreen(self.session, action, person, targets))

    def _choose_factor(self, action: Action, person: Person) -> None:
        from screens.act.factor_choice import FactorChoiceScreen

        def chosen(factor: str | None) -> None:
            if factor is not None:
                self._confirm(action, person, {TargetKind.FACTOR: factor})

        self.screen.app.push_screen(FactorChoiceScreen(self.session, person), chosen)

    def _tell(self, performed: Performed) -> None:
        done = performed.settled or performed.outcome is Outcome.DONE
        tone = Tone.GOOD if performed.clean else Tone.WARN if done else Tone.BAD
        shown = (None if performed.settled else performed.trouble, performed.unrecorded)
        details = [str(trouble) for trouble in shown if trouble] + ([performed.hint] if performed.hint else [])
        self.notice.show(f"{performed.sentence}, ledger entry {performed.entry}", " ".join(details), tone)
        if self._acted is not None:
            self._acted(performed)
        if performed.after is not None:
            self.screen.changed.publish(performed.after)
        if performed.secret is not None:
            from screens.act.secret import SecretScreen

            self.screen.app.push_screen(SecretScreen(performed.plan, performed.secret))
