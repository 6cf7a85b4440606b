"""Run a job: read everybody, perform the action for one after the other, stop where it would fail for everybody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.obstacles import Obstructed
from tui.desk.actions.targets import nothing_to_do
from tui.desk.bulk.job import LineState, job
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerError, PersonBusy
from tui.desk.perform import confirmation
from tui.desk.perform.perform import perform, settle
from tui.desk.perform.result import took_effect
from tui.desk.text import okta_terms
from tui.desk.text.named_keys import key_said
from tui.desk.text.plain import plain
from tui.desk.why.caution import by_signs, caution
from tui.okta import endpoints as ep
from tui.okta import errors as err
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.actions.grammar import Target
    from tui.desk.bulk.job import Job, JobLine
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed, Progress
    from tui.desk.session import Session
    from tui.desk.why.caution import Caution

SIDE_BY_SIDE: Final = 3
"""People who are read at the same time."""
LOST_IN_A_ROW: Final = 2
"""Lost answers in a row after which the job halts: Okta or the network has a fault, and more would be lost."""
_FOR_ALL: Final = (
    err.BadToken, err.BadClient, err.NoScopes, err.MissingScope, err.NotReached, err.RateLimited, err.NotAnOrg,
    err.Refused, LedgerError,
)  # fmt: skip
_CAUSES_FOR_ALL: Final = frozenset({Cause.BY_GROUPS_ONLY, Cause.MODE, Cause.CAPABILITY, Cause.PERMISSION, Cause.LEDGER})
_LOST: Final = (err.AnswerLost, err.OktaDown, err.Unreadable)
_STATES: Final = {
    Outcome.DONE: LineState.DONE,
    Outcome.PARTLY: LineState.UNKNOWN,  # no action for several has a second call
    Outcome.REFUSED: LineState.REFUSED,
    Outcome.NOT_SENT: LineState.NOT_SENT,
    Outcome.UNKNOWN: LineState.UNKNOWN,
}


class NothingLeft(Trouble):
    """There is nobody to try the action again for."""

    title = "There is nobody to try it again for"


class TargetGone(err.OktaError):
    """The target that all people share does not exist any more."""

    title = "What this is aimed at does not exist any more, or not for keydesk"
    advice = "Choose again. Nothing more was sent."


def affects_everybody(trouble: Trouble | None) -> bool:
    """Whether the trouble with one person would occur with everybody after them."""
    if isinstance(trouble, Obstructed):
        return trouble.obstacle.cause in _CAUSES_FOR_ALL
    if isinstance(trouble, PersonBusy):  # with this person, and nobody else
        return False
    return isinstance(trouble, (*_FOR_ALL, TargetGone))


class JobRun:
    """One job while it runs. Each person is one `perform`, with a ledger entry of their own.

    Args:
        session: The session of the org.
        work: The job.
        on_change: Called with each new value of the job.
    """

    def __init__(self, session: Session, work: Job, on_change: Callable[[Job], None] = lambda _: None) -> None:
        self.session = session
        self.job = work
        self._on_change = on_change
        self._stop = asyncio.Event()
        self._unread = ""
        self._shared: Target | None = None
        self._reading_shared = asyncio.Lock()

    def tick(self, *ids: str) -> Job:
        """Tick people who may be under attack, or untick them; return the new job."""
        return self._update(self.job.ticking(ids))

    def stop(self) -> None:
        """Stop before the next person. The action that is under way is finished."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    # -- the preview

    async def preview(self) -> Job:
        """Read everybody and find out for whom the action is possible. Trouble that affects everybody ends it."""
        gate = asyncio.Semaphore(SIDE_BY_SIDE)

        async def read(line: JobLine) -> None:
            async with gate:
                if self.job.halted is None and await self._wait_for_budget():
                    await self._read(line)

        async def who_is_admin() -> None:
            async with gate:
                await self.session.admins.ask(self.session.client)

        self._update(replace(self.job, step="Reading everybody again"))
        async with asyncio.TaskGroup() as group:
            group.create_task(who_is_admin())
            for line in self.job.lines:
                group.create_task(read(line))
        return self._update(replace(self.job, step="", stopped=self._stop.is_set()))

    async def _read(self, line: JobLine) -> None:
        action, session = self.job.action, self.session
        try:
            person = await session.person_with_blocks(line.id)
            targets = await self._read_targets(person)
        except Trouble as trouble:
            if affects_everybody(trouble):
                self._update(replace(self.job, halted=self.job.halted or trouble))
            else:
                self._update_line(replace(line, state=LineState.NOT_POSSIBLE, note=_words(trouble), trouble=trouble))
            return
        if obstacle := session.obstacle(action, person, targets):
            note = _sentence(obstacle.reason, obstacle.advice)
            self._update_line(
                replace(
                    line, person=person, state=LineState.NOT_POSSIBLE, note=note, targets=targets, obstacle=obstacle
                )
            )
            return
        notes = [note for target in targets for note in target.notes]
        person = await session.with_policy(action, person)
        if note := action.note_on_directory(person):
            notes.append(note)
        plan = action.plan(person, targets)
        found = await self._caution(person)
        if looked := confirmation.looked(found.unread):
            notes.append(looked.text)
        if found.attack:
            notes.insert(0, f"May be an attack: {found.attack}. {found.step}")
        state = LineState.HELD if found.attack else LineState.READY
        self._update_line(
            replace(
                line,
                person=person,
                state=state,
                note=plain(" ".join(notes)),
                targets=targets,
                plan=plan,
                attack=found.attack,
            )
        )

    async def _caution(self, person: Person) -> Caution:
        """Look whether it may be an attack; where the log was not read once, it is not asked again for everybody."""
        if self._unread:
            return by_signs(self.session, person, self._unread)
        found = await caution(self.session, person)
        self._unread = found.unread
        return found

    async def _read_targets(self, person: Person) -> tuple[Target, ...]:
        """Read the targets for one person. A group is read once for all people; only the membership differs."""
        action = self.job.action
        if action.aims != (TargetKind.GROUP,):
            return await self.session.read_targets(action, person, dict(self.job.ids))
        async with self._reading_shared:
            if self._shared is None:
                target = await self._read_shared(person)
                only_theirs = target.obstacle == nothing_to_do(action, target)  # says nothing about the next person
                self._shared = replace(target, obstacle=None) if only_theirs else target
                self._update(replace(self.job, target=self._shared))
                return (target,)
        shared = self._shared
        try:
            holds = any(group.id == shared.id for group in await self.session.client.groups_of(person.user.id))
        except err.OktaError as error:
            if affects_everybody(error):
                raise
            return (replace(shared, holds=None),)
        target = replace(shared, holds=holds)
        return (replace(target, obstacle=target.obstacle or nothing_to_do(action, target)),)

    async def _read_shared(self, person: Person) -> Target:
        """Read the group itself. Trouble with the group affects everybody."""
        try:
            (target,) = await self.session.read_targets(self.job.action, person, dict(self.job.ids))
        except err.NotFound as error:
            raise TargetGone(request_id=error.request_id) from error
        except err.MissingRole as error:
            self._update(replace(self.job, halted=self.job.halted or error))
            raise
        return target

    # -- the run

    async def run(self, reason: str, ticket: str) -> Job:
        """Perform the action for one person after the other, until the end, a stop, or trouble that affects everybody.

        Cancelling the task interrupts the action that is under way, and its ledger entry says so; `stop` does not.
        """
        self._stop.clear()
        self._update(replace(self.job, reason=reason, ticket=ticket, halted=None, stopped=False))
        lost = 0
        for line in self.job.ready:
            if not await self._wait_for_budget():
                break
            self._update(replace(self.job, current_id=line.id, step=""))
            tried, trouble = await self._perform(replace(line, reason=reason, ticket=ticket))
            self._update_line(tried)
            lost = lost + 1 if isinstance(tried.trouble, _LOST) else 0
            if affects_everybody(trouble) or lost >= LOST_IN_A_ROW:
                self._update(replace(self.job, halted=trouble))
                break
        for left in self.job.ready:
            self._update_line(replace(left, state=LineState.NOT_TRIED, note=""))
        return self._update(replace(self.job, current_id="", step="", stopped=self._stop.is_set(), over=True))

    async def _perform(self, line: JobLine) -> tuple[JobLine, Trouble | None]:
        """Perform the action for one person; return their new line, and the trouble with the change or its record."""
        plan = line.plan
        if plan is None:  # `preview` makes the plan of each line that is ready
            raise ValueError(line.id)
        job_ = self.job
        try:
            performed = await perform(
                self.session, plan, reason=job_.reason, ticket=job_.ticket, progress=self._progress
            )
        except Obstructed as error:
            return replace(line, state=LineState.NOT_POSSIBLE, note=_words(error), obstacle=error.obstacle), error
        except err.NotFound as error:
            return await self._not_found(line, error)
        except Trouble as error:
            request_id = error.request_id if isinstance(error, err.OktaError) else ""
            return replace(
                line, state=LineState.NOT_SENT, note=_words(error), trouble=error, request_id=request_id
            ), error
        return _line_after(line, performed), performed.unrecorded or performed.trouble

    async def _not_found(self, line: JobLine, error: err.NotFound) -> tuple[JobLine, Trouble]:
        """Find out what Okta did not find: the person, or the target that all people share."""
        trouble: Trouble = error
        if plan := line.plan:
            try:
                await self.session.person(plan.person.user.id)
            except err.OktaError:
                pass
            else:
                trouble = TargetGone(request_id=error.request_id)
        return replace(
            line, state=LineState.NOT_POSSIBLE, note=_words(trouble), trouble=trouble, request_id=error.request_id
        ), trouble

    # -- the next try

    async def retry(self) -> Job:
        """Return a new job for the people for whom the action failed. Unknown outcomes are settled first, if possible.

        Raises:
            NothingLeft: The action is done for everybody, or the outcomes that are left stay unknown.
        """
        for line in self.job.lines:
            if line.state is LineState.UNKNOWN:
                self._update(replace(self.job, current_id=line.id, step="Looking what came of it"))
                self._update_line(await self._settle(line))
        self._update(replace(self.job, current_id="", step=""))
        people = [line.after or line.person for line in self.job.lines if line.retryable]
        if not people:
            unknown = self.job.count(LineState.UNKNOWN)
            raise NothingLeft(
                advice=f"{unknown} are not known yet; {key_said('app.go.ledger')} shows them." if unknown else ""
            )
        return job(self.job.action, people, self.job.ids)

    async def _settle(self, line: JobLine) -> JobLine:
        session, action = self.session, self.job.action
        try:
            entry = await asyncio.to_thread(session.ledger.entry, line.entry)
            if entry.open:
                await settle(session, entry)
            person = await session.person_with_blocks(line.id)
            effect = took_effect(action, person, await session.read_targets(action, person, dict(self.job.ids)))
        except Trouble as trouble:
            return replace(line, note=_words(trouble))
        if effect is None:
            return line
        note = "A look shows that it took effect." if effect else "A look shows that it did not take effect."
        return replace(line, state=LineState.DONE if effect else LineState.NOT_DONE, note=note, after=person)

    # -- the new values, and the rate limit

    def _update(self, new: Job) -> Job:
        self.job = new
        self._on_change(new)
        return new

    def _update_line(self, line: JobLine) -> None:
        self._update(self.job.having(line))

    def _progress(self, progress: Progress) -> None:
        self._update(replace(self.job, step=progress.note))

    async def _wait_for_budget(self) -> bool:
        """Wait while the rest of a rate limit is kept for the agent's own work; `False` if stopped meanwhile."""
        client, waited = self.session.client, 0.0
        buckets = {ep.USER.bucket, ep.USER_BLOCKS.bucket, ep.LOGS.bucket, self.job.action.endpoint.bucket}
        while not self._stop.is_set():
            pauses = {bucket: client.budget.pause(bucket, background=True, waited=waited) for bucket in sorted(buckets)}
            bucket = max(pauses, key=lambda name: pauses[name])
            if pauses[bucket] <= 0:
                return True
            held = client.budget.hold(bucket, pauses[bucket])
            sleeping = asyncio.ensure_future(client.clock.sleep(pauses[bucket]))
            stopping = asyncio.ensure_future(self._stop.wait())
            try:
                await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                stopping.cancel()
                client.budget.release(held)
            waited += pauses[bucket]
        return False


def _line_after(line: JobLine, performed: Performed) -> JobLine:
    """Return a person's line after the action."""
    state = LineState.DONE if performed.settled else _STATES[performed.outcome]
    trouble = None if performed.settled else performed.trouble
    after = performed.after
    if performed.settled:
        note = "Okta's answer was lost, but a look shows that it worked"
    elif trouble is not None:
        note = _words(trouble)
    elif after is None:
        note = "Okta accepted it; the person could not be read back"
    elif not performed.clean:
        note = "Okta accepted it, but does not show it yet"
    else:
        note = okta_terms.status_words(after.user.status) if performed.plan.action.wants is None else ""
    if performed.unrecorded is not None:
        note = f"{note}. The outcome is not in the ledger: {performed.unrecorded.title}"
    request_id = performed.trouble.request_id if performed.trouble else ""
    return replace(
        line,
        state=state,
        note=plain(note),
        trouble=trouble,
        entry=performed.entry,
        request_id=request_id,
        after=after,
        unrecorded=performed.unrecorded is not None,
    )


def _words(trouble: Trouble) -> str:
    return plain(_sentence(trouble.title, trouble.advice))


def _sentence(title: str, advice: str) -> str:
    return plain(f"{title}. {advice}" if advice else title)
