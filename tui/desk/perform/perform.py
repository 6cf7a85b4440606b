"""Carry out a plan: read, ask again, record, send, record the outcome, read; and settle what stayed unknown."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, Obstacle
from tui.desk.actions.obstacles import Obstructed
from tui.desk.actions.targets import ids_of, read_targets
from tui.desk.connectors.secrets import Secret
from tui.desk.ledger.entry import Intent, Outcome
from tui.desk.perform.result import Performed, Progress, meanwhile, outcome_of, seen, shows, took
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.answers import unsent
from tui.okta.clock import stamp
from tui.okta.errors import MissingRole, MissingScope, NotFound, OktaError, Unreadable
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.actions.grammar import Action, Plan, Target
    from tui.desk.ledger.entry import Entry
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.okta.answers import Answer
    from tui.okta.calls import Call
    from tui.okta.policy import Approval

LAGS: Final = (0.5, 1.5)
"""Seconds between looks at what Okta shows a moment late: memberships and assignments."""
LOG_LAG: Final = timedelta(minutes=2)
CLOCKS: Final = timedelta(minutes=1)
"""How far this machine's clock may be ahead of Okta's."""


class IsNotice(Trouble):
    """An entry is a notice to an employee: no look at Okta tells whether it arrived."""

    title = "This entry is a notice"
    advice = "F8 lists the notices: y says there that it arrived, n that it did not."


class OtherOrg(Trouble):
    """An entry cannot be settled from here: the same id in another org would be somebody else, or nobody."""

    title = "This entry belongs to another org"


class BlocksUnread(Trouble):
    """What the action lifted cannot be read, so that a look settles nothing."""

    title = "The person's device blocks cannot be read"
    advice = "The entry stays open. Look in the Admin Console, or settle it with credentials that may read blocks."


class NotLoggedYet(Trouble):
    """Only the System Log could tell, and it runs behind."""

    title = "The System Log does not show it yet"
    advice = "It runs up to a minute behind. Press s again in two minutes; the entry stays open until then."


def _no_progress(_: Progress) -> None:
    """Tell nobody."""


async def perform(
    session: Session,
    plan: Plan,
    *,
    reason: str = "",
    ticket: str = "",
    progress: Callable[[Progress], None] = _no_progress,
) -> Performed:
    """Carry out what was confirmed: read, ask again, record, send, record the outcome, read.

    Cancelling it after the record does not take back what was sent: the outcome is then recorded as unknown.

    Args:
        session: Where it happens.
        plan: What was confirmed.
        reason: Why, for the ledger.
        ticket: The ticket's number, for the ledger.
        progress: Told of each step.

    Raises:
        Obstructed: It is not possible any more; nothing was recorded or sent.
        OktaError: The person could not be read beforehand; nothing was recorded or sent.
        LedgerError: The intent could not be recorded; nothing was sent.
    """
    return await _Performing(session, plan, progress).run(reason, ticket)


class _Performing:
    """One plan on its way.

    Args:
        session: Where it happens.
        plan: What was confirmed.
        progress: Told of each step.
    """

    def __init__(self, session: Session, plan: Plan, progress: Callable[[Progress], None]) -> None:
        self.session = session
        self.plan = plan
        self.action = plan.action
        self._progress = progress
        self._step = 0
        self._answers: list[Answer] = []

    async def run(self, reason: str, ticket: str) -> Performed:
        """All of it; as `perform`."""
        session, plan = self.session, self.plan
        self._tell("Reading the person again")
        fresh = await session.person_with_blocks(plan.person.user.id)
        off = session.obstacle(self.action, fresh)
        if off and off.cause is Cause.CAPABILITY:  # then the guard does not let the targets be read either
            raise Obstructed(self.action, off)
        targets = await self._aimed(fresh)
        if found := self._changed(targets) or session.obstacle(self.action, fresh, targets):
            raise Obstructed(self.action, meanwhile(found, plan.person, fresh))
        self._tell("Recording it in the ledger")
        approval = await self._intend(self._intent(fresh, reason, ticket))
        trouble, outcome = await self._send(approval)
        request_id = trouble.request_id if trouble else self._answers[-1].request_id
        unrecorded = await self._record(approval.entry, outcome, self._detail(trouble), request_id)
        secret = None
        if self.action.reveals and self._answers:
            secret = _revealed(self._answers[0], self.action.reveals.key)
            if secret is None and trouble is None:
                trouble = Unreadable(f"Okta's answer held no {self.action.reveals.title.lower()}", advice="")
        self._tell("Reading the person back")
        after, now = await self._read_back(outcome)
        settled = False
        if (
            outcome is Outcome.UNKNOWN
            and after
            and unrecorded is None
            and shows(self.action, fresh, targets, after, now)
        ):
            try:
                await asyncio.to_thread(session.ledger.settle, approval.entry, seen(self.action, after, now))
                settled = True
            except Trouble as error:  # it stays open, which is true as well
                unrecorded = error
        self._tell("Done")
        return Performed(plan, approval.entry, outcome, after, now, trouble, unrecorded, settled, secret)

    def _tell(self, note: str) -> None:
        self._progress(Progress(self._step, len(self.plan.calls) + 3, note))
        self._step += 1

    async def _aimed(self, person: Person) -> tuple[Target, ...]:
        ids = {target.kind: target.id for target in self.plan.targets}
        return await read_targets(self.session.client, self.action, person, ids)

    def _changed(self, fresh: tuple[Target, ...]) -> Obstacle | None:
        """The obstacle that a target is not what was confirmed any more."""
        if [target.id for target in fresh] == [target.id for target in self.plan.targets]:
            return None
        return Obstacle(Cause.TARGET, "it changed meanwhile", "Press r to see what is there now. Nothing was sent.")

    async def _send(self, approval: Approval) -> tuple[OktaError | None, Outcome]:
        """Send call after call, and stop at the first that fails."""
        session = self.session
        for call in self.plan.calls:
            endpoint = next(one for one in self.action.endpoints if one.fills(call) is not None)
            self._tell(f"Recorded as number {approval.entry}; sending {call.method}")
            try:
                answer = await session.client.send(call, bucket=endpoint.bucket, approval=approval)
            except OktaError as error:
                if isinstance(error, MissingScope):
                    session.denied[endpoint.id] = error
                elif isinstance(error, MissingRole):
                    session.out_of_reach.update({t.id: error for t in self.plan.targets if t.id})
                return error, outcome_of(error, before=len(self._answers))
            except asyncio.CancelledError as gone:
                self._cancelled(approval.entry, unknown=not unsent(gone))
                raise
            self._answers.append(answer)
        return None, Outcome.DONE

    def _cancelled(self, entry: int, *, unknown: bool) -> None:
        outcome = Outcome.UNKNOWN if unknown else Outcome.PARTLY if self._answers else Outcome.NOT_SENT
        detail = "keydesk was closed before the answer came" if unknown else "It was cancelled before."
        with suppress(Trouble):  # without an outcome the entry is open too
            self.session.ledger.outcome(entry, outcome, detail=f"{detail}{self._part()}")

    def _detail(self, trouble: OktaError | None) -> str:
        return f"{trouble}{self._part()}" if trouble else ""

    def _part(self) -> str:
        """Which calls had been carried out before, in words for the ledger; empty for none."""
        done = [_named(call) for call in self.plan.calls[: len(self._answers)]]
        return f" Done before: {', '.join(done)}." if done else ""

    async def _read_back(self, outcome: Outcome) -> tuple[Person | None, tuple[Target, ...]]:
        """The person and the targets now; looked at again where Okta shows a change a moment late."""
        try:
            after = await self.session.person_with_blocks(self.plan.person.user.id)
            now = await self._aimed(after)
            for pause in LAGS if outcome in {Outcome.DONE, Outcome.UNKNOWN} and self.action.wants is not None else ():
                if took(self.action, after, now) is not False:
                    break
                await self.session.client.clock.sleep(pause)
                now = await self._aimed(after)
        except OktaError:
            return None, ()
        return after, now

    async def _intend(self, intent: Intent) -> Approval:
        """Record an intent. Cancelled meanwhile, the entry says that nothing was sent."""
        ledger = self.session.ledger
        recording = asyncio.get_running_loop().run_in_executor(None, ledger.intend, intent)
        try:
            return await asyncio.shield(recording)
        except asyncio.CancelledError:
            with suppress(Trouble):
                ledger.outcome((await recording).entry, Outcome.NOT_SENT, detail="It was cancelled before.")
            raise

    async def _record(self, entry: int, outcome: Outcome, detail: str, request_id: str) -> Trouble | None:
        try:
            await asyncio.to_thread(self.session.ledger.outcome, entry, outcome, detail=detail, request_id=request_id)
        except Trouble as error:
            return error
        return None

    def _intent(self, fresh: Person, reason: str, ticket: str) -> Intent:
        user, session = fresh.user, self.session
        return Intent(
            action=self.action.id,
            title=self.action.title,
            connector=session.connector.name,
            org=session.connector.org.origin,
            person_id=user.id,
            person_login=user.login,
            person_name=user.name,
            status=user.status or "",
            calls=self.plan.calls,
            reason=reason,
            ticket=ticket,
            agent=session.agent.name,
            origin=session.agent.address,
            target=self.plan.aimed_at,
        )


def is_of_this_org(session: Session, entry: Entry) -> bool:
    """Whether a ledger entry is about somebody here; the same id in another org would be somebody else."""
    return session.connector.leads_to(entry.intent.org, entry.intent.connector)


async def settle(session: Session, entry: Entry) -> str:
    """Look at the person of an entry without a known outcome, and record what was seen.

    Returns:
        What was seen, in words.

    Raises:
        BlocksUnread: Only the blocks could tell, and they cannot be read; the entry stays open.
        NotLoggedYet: Only the System Log could tell, and it is too far behind; the entry stays open.
        IsNotice: The entry is a notice; it stays open.
        OtherOrg: The entry is about somebody in another org; it stays open.
        OktaError: The person could not be read; the entry stays open.
        LedgerError: It could not be recorded.
    """
    if entry.intent.notice:
        raise IsNotice
    if not is_of_this_org(session, entry):
        raise OtherOrg(advice=f"Connect to {entry.intent.org} to settle it.")
    action, intent = ACTIONS.get(entry.intent.action), entry.intent
    try:
        person = await session.person_with_blocks(intent.person_id)
        was = action is not None and intent.status in action.worked_when  # then the status tells nothing
        if action and action.also_blocked and was and not person.blocks_known:
            raise BlocksUnread
        targets = await _targets_of(session, action, person, intent)
        if action is None or took(action, person, targets) is None or (was and not action.also_blocked):
            what = await in_the_log(session, action, entry, person)
        else:
            what = seen(action, person, targets)
    except NotFound as error:
        what = f"{error.title}: the person, or what it was about, does not exist any more."
    await asyncio.to_thread(session.ledger.settle, entry.seq, what)
    return what


async def in_the_log(session: Session, action: Action | None, entry: Entry, person: Person) -> str:
    """What the System Log says of a change that leaves no trace in what can be read, in words for the ledger.

    Raises:
        NotLoggedYet: The log is too far behind to say that it did not happen.
    """
    without = seen(None, person)
    if action is None or not action.event:
        return without
    name = okta_terms.event_name(action.event)
    query = {
        "since": stamp(entry.at - CLOCKS),
        "filter": f'eventType eq "{action.event}" and target.id eq "{person.user.id}"',
        "sortOrder": "ASCENDING",
        "limit": "10",
    }
    try:
        events = await session.client.log_page(query)
    except OktaError as error:
        return f"{without} (keydesk cannot read it: {error.title})"
    if events:
        event = events[0]
        by = plain(event.actor.display_name or event.actor.alternate_id or "?") if event.actor else "?"
        return f"The System Log has “{name}” for them at {event.published} by {by}: it took effect."
    if session.now() - entry.at < LOG_LAG:
        raise NotLoggedYet
    return f"The System Log has no “{name}” for them since: it did not take effect."


async def _targets_of(session: Session, action: Action | None, person: Person, intent: Intent) -> tuple[Target, ...]:
    """What an entry was aimed at, read anew: its ids stand in the call that it recorded."""
    names = action.endpoint.fills(intent.calls[0]) if action and intent.calls else None
    if action is None or not action.aims or names is None:
        return ()
    return await read_targets(session.client, action, person, ids_of(action, names))


def _named(call: Call) -> str:
    return f"{call.method} {call.target.partition('?')[0].rpartition('/')[2]}"


def _revealed(answer: Answer, key: str) -> Secret | None:
    """The secret in an answer; nothing of an answer that cannot be read is told, since the secret may be in it."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    text = value.get(key) if isinstance(value, dict) else None
    return Secret(text) if isinstance(text, str) and text else None
