"""A job for several people as it goes on: look at everybody, then one after the other; stop where all would fail."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.obstacles import Obstructed
from tui.desk.actions.targets import nothing_to_do
from tui.desk.bulk.job import LineState, job
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerError
from tui.desk.people.providers import DIRECTORIES
from tui.desk.perform.perform import perform, settle
from tui.desk.perform.result import took
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
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

SIDE_BY_SIDE: Final = 3
"""People who are looked at at the same time."""
LOST_IN_A_ROW: Final = 2
"""After so many answers in a row that did not come, Okta or the way there has a fault: going on would pile them up."""
_FOR_ALL: Final = (
    err.BadToken, err.BadClient, err.NoScopes, err.MissingScope, err.NotReached, err.RateLimited, err.NotAnOrg,
    err.Refused, LedgerError,
)  # fmt: skip
_CAUSES_FOR_ALL: Final = frozenset({Cause.MODE, Cause.CAPABILITY, Cause.PERMISSION, Cause.LEDGER})
_LOST: Final = (err.AnswerLost, err.OktaDown, err.Unreadable)
_CAME: Final = {
    Outcome.DONE: LineState.DONE,
    Outcome.PARTLY: LineState.UNKNOWN,  # no action for several has a second call
    Outcome.REFUSED: LineState.REFUSED,
    Outcome.NOT_SENT: LineState.NOT_SENT,
    Outcome.UNKNOWN: LineState.UNKNOWN,
}


class NothingLeft(Trouble):
    """There is nobody to try it again for."""

    title = "There is nobody to try it again for"


class TargetGone(err.OktaError):
    """What the people were to get is not there any more."""

    title = "What this is aimed at does not exist any more, or not for keydesk"
    advice = "Choose again. Nothing more was sent."


def for_all(trouble: Trouble | None) -> bool:
    """Whether what went wrong for one person would go wrong for everybody after them."""
    if isinstance(trouble, Obstructed):
        return trouble.obstacle.cause in _CAUSES_FOR_ALL
    return isinstance(trouble, (*_FOR_ALL, TargetGone))


class JobRun:
    """One job on its way. Each person is one `perform`, with a ledger entry of their own.

    Args:
        session: Where.
        work: The job.
        tell: Told the job's new value with each thing that happens.
    """

    def __init__(self, session: Session, work: Job, tell: Callable[[Job], None] = lambda _: None) -> None:
        self.session = session
        self.job = work
        self._tell = tell
        self._stop = asyncio.Event()
        self._shared: Target | None = None
        self._aiming = asyncio.Lock()

    def stop(self) -> None:
        """Stop before the next person; what is under way for one is never broken off."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop."""
        return self._stop.is_set()

    # -- look

    async def preview(self) -> Job:
        """Look at everybody anew: for whom is it possible? Reads only; trouble that all would have ends it."""
        gate = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(line: JobLine) -> None:
            async with gate:
                if self.job.halted is None and await self._room():
                    await self._look(line)

        self._set(replace(self.job, step="Reading everybody again"))
        async with asyncio.TaskGroup() as group:
            for line in self.job.lines:
                group.create_task(one(line))
        return self._set(replace(self.job, step="", stopped=self._stop.is_set()))

    async def _look(self, line: JobLine) -> None:
        action, session = self.job.action, self.session
        try:
            person = await session.person_with_blocks(line.id)
            targets = await self._aimed(person)
        except Trouble as trouble:
            if for_all(trouble):
                self._set(replace(self.job, halted=self.job.halted or trouble))
            else:
                self._put(replace(line, came=LineState.NOT_POSSIBLE, note=_said(trouble), trouble=trouble))
            return
        if found := session.obstacle(action, person, targets):
            note = _sentence(found.reason, found.advice)
            self._put(
                replace(line, person=person, came=LineState.NOT_POSSIBLE, note=note, targets=targets, obstacle=found)
            )
            return
        notes = [note for target in targets for note in target.notes]
        if action.directory_note and person.user.provider_type in DIRECTORIES:
            notes.append(action.directory_note)
        plan = action.plan(person, targets)
        self._put(
            replace(line, person=person, came=LineState.READY, note=plain(" ".join(notes)), targets=targets, plan=plan)
        )

    async def _aimed(self, person: Person) -> tuple[Target, ...]:
        """The targets for one person. A group is read once for all; what differs is who is in it."""
        action = self.job.action
        if action.aims != (TargetKind.GROUP,):
            return await self.session.read_targets(action, person, dict(self.job.ids))
        async with self._aiming:
            if self._shared is None:
                target = await self._first_aimed(person)
                own = target.obstacle == nothing_to_do(action, target)
                self._shared = replace(target, obstacle=None) if own else target
                self._set(replace(self.job, target=self._shared))
                return (target,)
        shared = self._shared
        try:
            holds = any(group.id == shared.id for group in await self.session.client.groups_of(person.user.id))
        except err.OktaError as error:
            if for_all(error):
                raise
            return (replace(shared, holds=None),)
        target = replace(shared, holds=holds)
        return (replace(target, obstacle=target.obstacle or nothing_to_do(action, target)),)

    async def _first_aimed(self, person: Person) -> Target:
        """The group, read whole; what is wrong with it is wrong for everybody."""
        try:
            (target,) = await self.session.read_targets(self.job.action, person, dict(self.job.ids))
        except err.NotFound as gone:
            raise TargetGone(request_id=gone.request_id) from gone
        except err.MissingRole as error:
            self._set(replace(self.job, halted=self.job.halted or error))
            raise
        return target

    # -- do

    async def run(self, reason: str, ticket: str) -> Job:
        """Do it, person by person, until the end, a stop, or trouble that all would have.

        Cancelling the task breaks off what is under way, which its ledger entry then says; `stop` does not.
        """
        self._stop.clear()
        self._set(replace(self.job, reason=reason, ticket=ticket, halted=None, stopped=False))
        lost = 0
        for line in self.job.ready:
            if not await self._room():
                break
            self._set(replace(self.job, now=line.id, step=""))
            tried, trouble = await self._one(replace(line, reason=reason, ticket=ticket))
            self._put(tried)
            lost = lost + 1 if isinstance(tried.trouble, _LOST) else 0
            if for_all(trouble) or lost >= LOST_IN_A_ROW:
                self._set(replace(self.job, halted=trouble))
                break
        for left in self.job.ready:
            self._put(replace(left, came=LineState.NOT_TRIED, note=""))
        return self._set(replace(self.job, now="", step="", stopped=self._stop.is_set(), over=True))

    async def _one(self, line: JobLine) -> tuple[JobLine, Trouble | None]:
        """One person: their line afterwards, and the trouble there was, with the change or with its record."""
        plan = line.plan
        if plan is None:  # it is made with the look, so this cannot be
            raise ValueError(line.id)
        job_ = self.job
        try:
            performed = await perform(
                self.session, plan, reason=job_.reason, ticket=job_.ticket, progress=self._progress
            )
        except Obstructed as error:
            return replace(line, came=LineState.NOT_POSSIBLE, note=_said(error), obstacle=error.obstacle), error
        except err.NotFound as error:
            return await self._gone(line, error)
        except Trouble as error:
            request_id = error.request_id if isinstance(error, err.OktaError) else ""
            return replace(
                line, came=LineState.NOT_SENT, note=_said(error), trouble=error, request_id=request_id
            ), error
        return _after(line, performed), performed.unrecorded or performed.trouble

    async def _gone(self, line: JobLine, error: err.NotFound) -> tuple[JobLine, Trouble]:
        """Something is not there: the person, or what all were to get?"""
        gone: Trouble = error
        if plan := line.plan:
            try:
                await self.session.person(plan.person.user.id)
            except err.OktaError:
                pass
            else:
                gone = TargetGone(request_id=error.request_id)
        return replace(
            line, came=LineState.NOT_POSSIBLE, note=_said(gone), trouble=gone, request_id=error.request_id
        ), gone

    # -- again

    async def again(self) -> Job:
        """A new job for those for whom it did not work. What is unknown is looked at first, and stays out if it must.

        Raises:
            NothingLeft: It worked for all, or nobody knows yet whether it did.
        """
        for line in self.job.lines:
            if line.came is LineState.UNKNOWN:
                self._set(replace(self.job, now=line.id, step="Looking what came of it"))
                self._put(await self._settled(line))
        self._set(replace(self.job, now="", step=""))
        people = [line.after or line.person for line in self.job.lines if line.retried]
        if not people:
            unknown = self.job.count(LineState.UNKNOWN)
            raise NothingLeft(advice=f"{unknown} are not known yet; F4 shows their entries." if unknown else "")
        return job(self.job.action, people, self.job.ids)

    async def _settled(self, line: JobLine) -> JobLine:
        session, action = self.session, self.job.action
        try:
            entry = await asyncio.to_thread(session.ledger.entry, line.entry)
            if entry.open:
                await settle(session, entry)
            person = await session.person_with_blocks(line.id)
            found = took(action, person, await session.read_targets(action, person, dict(self.job.ids)))
        except Trouble as trouble:
            return replace(line, note=_said(trouble))
        if found is None:
            return line
        note = "A look shows that it took effect." if found else "A look shows that it did not take effect."
        return replace(line, came=LineState.DONE if found else LineState.NOT_DONE, note=note, after=person)

    # -- telling, waiting

    def _set(self, new: Job) -> Job:
        self.job = new
        self._tell(new)
        return new

    def _put(self, line: JobLine) -> None:
        self._set(self.job.having(line))

    def _progress(self, progress: Progress) -> None:
        self._set(replace(self.job, step=progress.note))

    async def _room(self) -> bool:
        """Wait while the rest of a rate limit is needed for the agent's own work; `False` when stopped meanwhile."""
        client, waited = self.session.client, 0.0
        buckets = {ep.USER.bucket, ep.USER_BLOCKS.bucket, self.job.action.endpoint.bucket}
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


def _after(line: JobLine, performed: Performed) -> JobLine:
    """A person's line from what was performed."""
    came = LineState.DONE if performed.settled else _CAME[performed.outcome]
    trouble = None if performed.settled else performed.trouble
    after = performed.after
    if performed.settled:
        note = "Okta's answer was lost, but a look shows that it worked"
    elif trouble is not None:
        note = _said(trouble)
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
        line, came=came, note=plain(note), trouble=trouble, entry=performed.entry, request_id=request_id, after=after
    )


def _said(trouble: Trouble) -> str:
    return plain(_sentence(trouble.title, trouble.advice))


def _sentence(title: str, advice: str) -> str:
    return plain(f"{title}. {advice}" if advice else title)
