"""What the desk's rules add to a confirmation: their lines, what has to be typed, and the proof of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.perform.confirmation import ConfirmationLine
from tui.desk.rules.judging import ALARMS, WORDS, Want
from tui.desk.rules.tiers import STOPS, Alarm, Tier
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.verification.ruling import rule, thin
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.ruling import Ruling


ALONE: Final = "Tier 4 of 4: no second person is set up who would approve it, so it rests with you alone."

ASKING_AFTER: Final = 0.3
"""Seconds after which a confirmation says that it still asks the rules: a line that goes at once moves all below it."""
IN_AN_ALARM: Final = "In an alarm a reason is enough: {}."


class Ruled:
    """The rules' part of one confirmation. Without rules it adds nothing.

    Args:
        session: The session.
        action: The action that is confirmed.
    """

    def __init__(self, session: Session, action: Action) -> None:
        self._session = session
        self._action = action
        self._ruling: Ruling | None = None
        self._trouble: Trouble | None = None
        self._slow = False

    @property
    def pending(self) -> bool:
        """Whether the rules have something to say and have not said it yet."""
        return self._session.ruled and self._ruling is None

    @property
    def banned(self) -> str:
        """Why the action is refused, whatever the agent does; empty where it is not."""
        ruling = self._ruling
        if ruling is None or ruling.judgement.ban is None or ruling.obstacle is None:
            return ""
        return f"Not possible: {plain(ruling.obstacle.reason)}. {plain(ruling.obstacle.advice)}"

    @property
    def shuts(self) -> bool:
        """Whether the action is the answer to an attack, so that nothing speaks against it where there is one."""
        return self._action.id in STOPS

    @property
    def wants_login(self) -> bool:
        """Whether the agent has to type whom it is about."""
        return self._wants(Want.LOGIN)

    @property
    def wants_reason(self) -> bool:
        """Whether the agent has to say why."""
        return self._wants(Want.REASON)

    @property
    def wants_proof(self) -> bool:
        """Whether the caller has to be proven first."""
        return self._wants(Want.PROOF) or self._wants(Want.TOP_PROOF)

    def _wants(self, want: Want) -> bool:
        return self._ruling is not None and want in self._ruling.judgement.wants

    async def read(self, person: Person, targets: tuple[Target, ...]) -> None:
        """Ask the rules about this person now; what cannot be read is told in the lines, and stops the action."""
        if not self._session.ruled:
            return
        self._slow = False
        try:
            self._ruling, self._trouble = await rule(self._session, self._action, person, targets), None
        except Trouble as trouble:
            self._trouble = trouble

    def wait(self) -> bool:
        """Note that the answer takes long; return whether there is none yet, so that this is to be said."""
        self._slow = self.pending
        return self._slow

    def lines(self) -> list[ConfirmationLine]:
        """Return what the rules say, one paragraph each."""
        if self._trouble is not None:
            return [
                ConfirmationLine(f"What the desk's rules say is not known: {plain(self._trouble.title)}.", Tone.BAD)
            ]
        if self.pending:
            return [ConfirmationLine("Asking the desk's rules …", Tone.MUTED)] if self._slow else []
        if self._ruling is None:
            return []
        judgement = self._ruling.judgement
        found = [ConfirmationLine(plain(why), Tone.WARN) for why in judgement.why]
        if judgement.unseen:
            found.append(ConfirmationLine(plain(judgement.unseen), Tone.WARN))
        if judgement.tier is Tier.TOP and judgement.ban is None:
            found.append(ConfirmationLine(ALONE, Tone.MUTED))
        if judgement.tier is Tier.TOP and self.shuts and (alarms := self._alarms()):
            found.append(ConfirmationLine(IN_AN_ALARM.format(alarms), Tone.MUTED))
        if judgement.proof and judgement.ban is None:
            wanted = f"{WORDS[judgement.proof]}, or what you vouch for"
            found.append(
                ConfirmationLine(f"The caller is to be proven first: {wanted}. Enter opens it.", Tone.WARN, strong=True)
                if self.wants_proof
                else ConfirmationLine("The caller is proven.", Tone.GOOD)
            )
        return found

    def _alarms(self) -> str:
        """Return in which alarms the rules have an account shut for a reason alone; empty for none."""
        rules = self._session.rules
        words = [ALARMS[alarm] for alarm in Alarm if rules and alarm in rules.stop_on]
        return ", or ".join(f"{word[0].lower()}{word[1:]}" for word in words)

    def check(self, reason: str) -> None:
        """Check that a reason says enough for the rules.

        Raises:
            BadInput: It does not.
        """
        rules = self._session.rules
        if rules is None or self._ruling is None or not self.wants_reason:
            return
        wrong = thin(reason, self._ruling.facts, rules)
        if wrong is not None:
            raise BadInput(wrong[0].capitalize(), advice=wrong[1], field="reason")
