"""Carry out a plan: read, check, record, send, record the outcome, read back; settle entries of unknown outcome."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, Obstacle
from tui.desk.actions.obstacles import Obstructed
from tui.desk.actions.targets import ids_of, read_targets
from tui.desk.connectors.secrets import Secret
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.verified import SETTLED
from tui.desk.people.own_changes import OwnChange
from tui.desk.perform.result import (
    Performed,
    Progress,
    explain_change,
    observation,
    outcome_of,
    proves_effect,
    short_name,
    took_effect,
)
from tui.desk.perform.trace import search_log
from tui.desk.recording import intent_of
from tui.desk.text.named_keys import key_of, key_said
from tui.desk.verification.facts import rules_now
from tui.desk.verification.ruling import overtaken, rule
from tui.okta.answers import unsent
from tui.okta.clock import stamp
from tui.okta.errors import MissingRole, MissingScope, NotFound, OktaError, Unreadable
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.actions.grammar import Action, Plan, Target
    from tui.desk.ledger.entry import Entry, Intent
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.ruling import Ruling
    from tui.okta.answers import Answer
    from tui.okta.policy import Approval

LAGS: Final = (0.5, 1.5)
"""Seconds before memberships and assignments are read again, since Okta shows them a moment late."""


class IsNotice(Trouble):
    """The entry is a notice to an employee: nothing at Okta shows whether it arrived."""

    title = "This entry is a notice"

    def __init__(self) -> None:
        arrived, lost = key_of("notices.settle.True"), key_of("notices.settle.False")
        lists = f"{key_said('app.go.notices')} lists the notices"
        super().__init__(advice=f"{lists}: {arrived} says there that it arrived, {lost} that it did not.")


class OtherOrg(Trouble):
    """The entry belongs to another org, where the same id is somebody else, or nobody."""

    title = "This entry belongs to another org"


class BlocksUnread(Trouble):
    """The device blocks that the action lifts cannot be read, so the state proves nothing."""

    title = "The person's device blocks cannot be read"
    advice = "The entry stays open. Look in the Admin Console, or settle it with credentials that may read blocks."


def _no_progress(_: Progress) -> None:
    """Ignore the progress."""


async def perform(
    session: Session,
    plan: Plan,
    *,
    reason: str = "",
    ticket: str = "",
    typed: bool = False,
    progress: Callable[[Progress], None] = _no_progress,
) -> Performed:
    """Carry out a confirmed plan: read the person, check, record, send, record the outcome, read the person back.

    Cancelling the task does not undo what was sent: the outcome is then recorded as unknown.

    Args:
        session: The session of the org.
        plan: The confirmed plan.
        reason: The agent's reason, for the ledger.
        ticket: The ticket's number, for the ledger.
        typed: Whether the agent has typed whom it is about.
        progress: Called at each step.

    Raises:
        Obstructed: The action is not possible any more, or the desk's rules want something else first; nothing was
            recorded or sent.
        OktaError: The person could not be read beforehand; nothing was recorded or sent.
        LedgerError: The intent could not be recorded, or what the rules want not be read; nothing was sent.
    """
    return await _Performing(session, plan, progress).run(reason, ticket, typed=typed)


class _Performing:
    """One plan while it is carried out.

    Args:
        session: The session of the org.
        plan: The confirmed plan.
        progress: Called at each step.
    """

    def __init__(self, session: Session, plan: Plan, progress: Callable[[Progress], None]) -> None:
        self.session = session
        self.plan = plan
        self.action = plan.action
        self._progress = progress
        self._step = 0
        self._answers: list[Answer] = []

    async def run(self, reason: str, ticket: str, *, typed: bool = False) -> Performed:
        """Carry out the plan; as `perform`."""
        session, plan = self.session, self.plan
        self._report("Reading the person again")
        asking = asyncio.ensure_future(session.client.principal())
        try:
            if session.team_rules.trouble is not None:  # else an obstacle would stand that is not there any more
                await rules_now(session)
            fresh, targets = await self._read_and_check()
            ruling = await self._ask_rules(fresh, targets, reason, typed=typed)
            self._report("Recording it in the ledger")
            principal = await asking
        finally:
            asking.cancel()  # does nothing where it has ended
        approval = await self._intend(self._intent(fresh, reason, ticket, principal, ruling))
        await self._check_overtaken(approval, ruling, reason, typed=typed)
        session.forget_changed(self.action, fresh)
        try:
            trouble, outcome = await self._send(approval)
        finally:  # what was read meanwhile may be from before the change
            session.forget_changed(self.action, fresh)
        request_id = trouble.request_id if trouble else self._answers[-1].request_id
        unrecorded = await self._record(approval.entry, outcome, self._detail(trouble), request_id)
        self._note(approval.entry, outcome)
        secret = self._secret()
        if self.action.reveals and secret is None and trouble is None:
            trouble = Unreadable(f"Okta's answer held no {self.action.reveals.title.lower()}", advice="")
        self._report("Reading the person back")
        after, targets_after = await self._read_back(fresh, targets, outcome)
        settled = False
        if (
            outcome is Outcome.UNKNOWN
            and after
            and unrecorded is None
            and len(plan.calls) == 1  # of several, the state shows what came of the first alone
            and proves_effect(self.action, fresh, targets, after, targets_after)
        ):
            try:
                await asyncio.to_thread(
                    session.ledger.settle, approval.entry, observation(self.action, after, targets_after)
                )
                settled = True
            except Trouble as error:  # the entry stays open, which is true as well
                unrecorded = error
        self._report("Done")
        made = _id_in(self._answers[0]) if secret is not None else ""
        return Performed(
            *(plan, approval.entry, outcome, after, targets_after, trouble, unrecorded, settled, secret, made),
            carried_out=len(self._answers),
        )

    def _secret(self) -> Secret | None:
        """Return the secret that Okta's first answer gives away; `None` for an action, or an answer, without one."""
        reveals = self.action.reveals
        return _secret_in(self._answers[0], reveals.key) if reveals and self._answers else None

    def _note(self, entry: int, outcome: Outcome) -> None:
        """Note for the person's card what was changed, or may have been; the System Log shows it a little later."""
        if outcome in {Outcome.DONE, Outcome.PARTLY, Outcome.UNKNOWN}:
            user_id, known = self.plan.person.user.id, outcome is not Outcome.UNKNOWN
            action, at = self.action, self.session.now()
            change = OwnChange(user_id, action.title, entry, at, action.event, known, action.id)
            self.session.own_changes.note(change)

    def _report(self, note: str) -> None:
        self._progress(Progress(self._step, len(self.plan.calls) + 3, note))
        self._step += 1

    async def _read_and_check(self) -> tuple[Person, tuple[Target, ...]]:
        """Read the person and the targets as they are now, side by side, and check that the action is possible.

        Raises:
            Obstructed: The action is not possible any more, or a target is not the confirmed one.
            OktaError: The person or a target could not be read.
        """
        session, action, confirmed = self.session, self.action, self.plan.person
        reading = None if self._withheld(confirmed) else asyncio.ensure_future(self._read_targets(confirmed))
        try:
            fresh = await session.person_with_blocks(confirmed.user.id)
            if obstacle := self._withheld(fresh):
                raise Obstructed(action, obstacle)
            targets = await (reading or self._read_targets(fresh))
        finally:
            if reading is not None and not reading.cancel():
                reading.exception()  # another trouble is told, and asyncio would log this one
        if obstacle := self._target_change(targets) or session.obstacle(action, fresh, targets):
            raise Obstructed(action, explain_change(obstacle, confirmed, fresh))
        return fresh, targets

    def _withheld(self, person: Person) -> Obstacle | None:
        """Return the obstacle with which the guard does not let the targets be read either; `None` for no such."""
        obstacle = self.session.obstacle(self.action, person)
        return obstacle if obstacle and obstacle.cause in {Cause.CAPABILITY, Cause.BY_GROUPS_ONLY} else None

    async def _ask_rules(
        self, fresh: Person, targets: tuple[Target, ...], reason: str, *, typed: bool
    ) -> Ruling | None:
        """Return what the desk's rules say, if they allow the action now; `None` for a desk without rules.

        Raises:
            Obstructed: They do not allow it.
        """
        if not self.session.ruled:
            return None
        ruling = await rule(self.session, self.action, fresh, targets, reason=reason, typed=typed)
        if ruling.obstacle is not None:
            raise Obstructed(self.action, ruling.obstacle)
        return ruling

    async def _check_overtaken(self, approval: Approval, ruling: Ruling | None, reason: str, *, typed: bool) -> None:
        """Stop, with the entry saying that nothing was sent, where others recorded something first that forbids this.

        Raises:
            Obstructed: The desk's rules want something else now.
            LedgerError: What they want now could not be read, so nothing was sent either.
        """
        if ruling is None:
            return
        try:
            late = await overtaken(self.session, approval.entry, self.action, ruling, reason=reason, typed=typed)
        except Trouble as trouble:
            await self._record(approval.entry, Outcome.NOT_SENT, trouble.title, "")
            raise
        if late is not None:
            await self._record(approval.entry, Outcome.NOT_SENT, late.reason, "")
            raise Obstructed(self.action, late)

    async def _read_targets(self, person: Person) -> tuple[Target, ...]:
        ids = {target.kind: target.id for target in self.plan.targets}
        return await self.session.read_targets(self.action, person, ids)

    def _target_change(self, fresh: tuple[Target, ...]) -> Obstacle | None:
        """Return the obstacle that a target is not the confirmed one any more."""
        if [target.id for target in fresh] == [target.id for target in self.plan.targets]:
            return None
        return Obstacle(
            Cause.TARGET, "it changed meanwhile", "Read the person again to see what is there now. Nothing was sent."
        )

    async def _send(self, approval: Approval) -> tuple[OktaError | None, Outcome]:
        """Send one call after the other, and stop at the first that fails."""
        session = self.session
        for call in self.plan.calls:
            endpoint = next(endpoint for endpoint in self.action.endpoints if endpoint.path_values(call) is not None)
            self._report(f"Recorded as number {approval.entry}; sending {call.method}")
            try:
                answer = await session.client.send(call, bucket=endpoint.bucket, approval=approval)
            except OktaError as error:
                if isinstance(error, MissingScope):
                    session.denied[endpoint.id] = error
                elif isinstance(error, MissingRole):
                    session.out_of_reach.update({t.id: error for t in self.plan.targets if t.id})
                return error, outcome_of(error, before=len(self._answers))
            except asyncio.CancelledError as cancelled:
                await self._record_cancelled(approval.entry, unknown=not unsent(cancelled))
                raise
            self._answers.append(answer)
        return None, Outcome.DONE

    async def _record_cancelled(self, entry: int, *, unknown: bool) -> None:
        """Record what is known of a call that was cancelled; in a thread, since a team's record may be far away."""
        outcome = Outcome.UNKNOWN if unknown else Outcome.PARTLY if self._answers else Outcome.NOT_SENT
        detail = "keydesk was closed before the answer came" if unknown else "It was cancelled before."
        record = partial(self.session.ledger.outcome, entry, outcome, detail=f"{detail}{self._done_before()}")
        with suppress(Trouble):  # an entry without an outcome is open, as an unknown one is
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, record))

    def _detail(self, trouble: OktaError | None) -> str:
        return f"{trouble}{self._done_before()}" if trouble else ""

    def _done_before(self) -> str:
        """Return which calls Okta carried out before the failure, in words for the ledger; empty for none."""
        done = [short_name(call) for call in self.plan.calls[: len(self._answers)]]
        return f" Done before: {', '.join(done)}." if done else ""

    async def _read_back(
        self, before: Person, targets: tuple[Target, ...], outcome: Outcome
    ) -> tuple[Person | None, tuple[Target, ...]]:
        """Read the person and the targets, several times where Okta shows a change a moment late."""
        session, action = self.session, self.action
        try:
            after, found = await asyncio.gather(
                session.person_read_back(before), session.read_back(action, before, targets)
            )
            for pause in LAGS if outcome in {Outcome.DONE, Outcome.UNKNOWN} and action.wants is not None else ():
                if took_effect(action, after, found) is not False:
                    break
                await session.client.clock.sleep(pause)
                found = await session.read_back(action, after, targets)
        except OktaError:
            return None, ()
        return after, found

    async def _intend(self, intent: Intent) -> Approval:
        """Record an intent. If the task is cancelled meanwhile, the entry says that nothing was sent."""
        ledger = self.session.ledger
        recording = asyncio.get_running_loop().run_in_executor(None, ledger.intend, intent)
        try:
            return await asyncio.shield(recording)
        except asyncio.CancelledError:
            with suppress(Trouble):
                entry = (await recording).entry
                record = partial(ledger.outcome, entry, Outcome.NOT_SENT, detail="It was cancelled before.")
                await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, record))
            raise

    async def _record(self, entry: int, outcome: Outcome, detail: str, request_id: str) -> Trouble | None:
        """Record the outcome, also if the task is cancelled meanwhile; return why it could not be recorded."""
        record = partial(self.session.ledger.outcome, entry, outcome, detail=detail, request_id=request_id)
        recording = asyncio.get_running_loop().run_in_executor(None, record)
        try:
            await asyncio.shield(recording)
        except Trouble as error:
            return error
        except asyncio.CancelledError:
            with suppress(Trouble):
                await recording
            raise
        return None

    def _intent(self, fresh: Person, reason: str, ticket: str, principal: str, ruling: Ruling | None) -> Intent:
        user, session = fresh.user, self.session
        answered_at = session.client.clock.answered_at
        return intent_of(
            session,
            self.action.id,
            self.action.title,
            user,
            calls=self.plan.calls,
            reason=reason,
            ticket=ticket,
            target=self.plan.aimed_at,
            principal=principal,
            okta_time=stamp(datetime.fromtimestamp(answered_at, UTC)) if answered_at is not None else "",
            proof=ruling.kept if ruling else "",
        )


def is_of_this_org(session: Session, entry: Entry) -> bool:
    """Whether a ledger entry belongs to the session's org; in another org the same id would be somebody else."""
    return session.connector.leads_to(entry.intent.org, entry.intent.connector)


async def settle(session: Session, entry: Entry) -> str:
    """Read the person of an entry of unknown outcome, and record in the entry what their state proves.

    Returns:
        What the state proves, in words.

    Raises:
        BlocksUnread: Only the device blocks show the change, and they cannot be read; the entry stays open.
        NotLoggedYet: Only the System Log shows the change, and it is too far behind; the entry stays open.
        CannotTell: Neither the state nor the System Log proves anything; the entry stays open.
        IsNotice: The entry is a notice; it stays open.
        OtherOrg: The entry belongs to another org; it stays open.
        OktaError: The person could not be read; the entry stays open.
        LedgerError: The result could not be recorded.
    """
    if entry.intent.notice:
        raise IsNotice
    if not is_of_this_org(session, entry):
        raise OtherOrg(advice=f"Connect to {entry.intent.org} to settle it.")
    if entry.intent.action in SETTLED:
        await asyncio.to_thread(session.ledger.settle, entry.seq, SETTLED[entry.intent.action])
        return SETTLED[entry.intent.action]
    action, intent = acted_by(entry), entry.intent
    try:
        person = await session.person_with_blocks(intent.person_id)
        # A status that the action leads to, and that the person had before, proves nothing.
        had_status = action is not None and intent.status in action.worked_when
        if action and action.also_blocked and had_status and not person.blocks_known:
            raise BlocksUnread
        targets = await _targets_of(session, action, person, intent)
        if action is None or took_effect(action, person, targets) is None or (had_status and not action.also_blocked):
            result = await search_log(session, action, entry)
        else:
            result = observation(action, person, targets)
    except NotFound as error:
        result = f"{error.title}: the person, or what it was about, does not exist any more."
    if further := [short_name(call) for call in intent.calls[1:]]:
        result += f" Whether {', '.join(further)} was carried out as well, this does not show."
    await asyncio.to_thread(session.ledger.settle, entry.seq, result)
    return result


def acted_by(entry: Entry) -> Action | None:
    """Return the action whose call an entry recorded first; it may stand in another's place. `None` where unknown."""
    action, calls = ACTIONS.get(entry.intent.action), entry.intent.calls
    if action is None or not calls or action.endpoint.path_values(calls[0]) is not None:
        return action
    others = (option.instead for option in action.options if option.instead)
    return next((other for other in others if other.endpoint.path_values(calls[0]) is not None), action)


async def _targets_of(session: Session, action: Action | None, person: Person, intent: Intent) -> tuple[Target, ...]:
    """Read the targets of an entry again; their ids are in the call that the entry recorded."""
    names = action.endpoint.path_values(intent.calls[0]) if action and intent.calls else None
    if action is None or not action.aims or names is None:
        return ()
    return await read_targets(session.client, action, person, ids_of(action, names))


def _secret_in(answer: Answer, key: str) -> Secret | None:
    """Return the secret in an answer; `None`, without a word about the answer, where it cannot be read."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    text = value
    return Secret(text) if isinstance(text, str) and text else None


def _id_in(answer: Answer) -> str:
    """Return the id of what an answer shows as just made; empty where it tells none."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return ""
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
