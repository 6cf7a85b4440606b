"""Ask a caller's phone or app: recorded before, sent once, watched until it ends; what came of it recorded after."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.ledger.entry import Outcome, canonical
from tui.desk.ledger.verified import ASKED, Ending
from tui.desk.recording import intent_of
from tui.desk.rules.rules import DAY, DEFAULT_RULES
from tui.desk.rules.strength import Measured, PassedStep
from tui.desk.session import WEEK_PART
from tui.desk.verification.facts import read_facts, rules_now
from tui.desk.verification.kept import MOST_TRIES, proof_text
from tui.okta import endpoints as ep
from tui.okta.answers import acted, unsent
from tui.okta.calls import Call
from tui.okta.challenges import ChallengeState, read_challenge
from tui.okta.clock import stamp
from tui.okta.endpoints import endpoint_of
from tui.okta.errors import Answered, OktaError, RateLimited, Unreadable
from tui.okta.links import target_on
from tui.okta.policy import Capability
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tui.desk.connectors.secrets import Secret
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.ways import Way
    from tui.okta.challenges import Challenge
    from tui.okta.policy import Approval

LIFETIME: Final = 60
"""Seconds for which a push waits: nobody needs longer who is on the line, and an old push is one to tap by mistake."""
PAUSE, LONGER, SLOW_AFTER = 2.0, 4.0, 20.0
"""Seconds between two looks at a push, the longer ones after a while; Okta names none. Each look costs a call."""
_GRACE: Final = 3.0
_LOOKS_FOR_NUMBER: Final = 2
_WRONG: Final = frozenset({"E0000068", "E0000082", "E0000083"})
_INVALID: Final = "E0000001"
"""Okta's code for a body that it does not take: an org without number matching may answer the wish for one so."""
_REJECTED: Final = "E0000073"
"""Okta's code for a push that was refused (Okta: "Error codes"); a poll says REJECTED as well."""


class NotAsked(Trouble):
    """The person is not asked again now; nothing was recorded or sent."""

    title = "This person is not asked again now"


class AskingStage(StrEnum):
    """Where the asking is."""

    RECORDING = "recording"
    WAITING = "waiting"
    PASSED = "passed"
    DENIED = "denied"
    """Somebody refused it: an alarm, not a failure."""
    WRONG = "wrong code"
    NOBODY = "nobody answered"
    FAILED = "not asked"
    """Okta refused to ask, or nothing was sent."""
    UNKNOWN = "unknown"
    """The answer was lost: whether the phone was asked is not known."""


class Asked(Struct, frozen=True):
    """One state of the asking, for the screen.

    Attributes:
        stage: Where it is.
        number: The number that the caller has to tap; `None` for none.
        plain: Whether it is known that the push shows no number, or that this org takes no wish for one.
        ends: When Okta waits no longer; `None` where that is not known.
        entry: The number of the ledger entry; 0 before there is one.
        step: What was passed; `None` for nothing.
        tries_left: After a wrong code, how many more there may be; `None` for anything else.
        trouble: What went wrong.
        unrecorded: Why the outcome could not be recorded.
    """

    stage: AskingStage
    number: int | None = None
    plain: bool = False
    ends: datetime | None = None
    entry: int = 0
    step: PassedStep | None = None
    tries_left: int | None = None
    trouble: OktaError | None = None
    unrecorded: Trouble | None = None


async def ask(
    session: Session, person: Person, way: Way, purpose: str, *, code: Secret | None = None
) -> AsyncGenerator[Asked, None]:
    """Ask a person's factor once, and yield each state that differs from the one before; the last one is an end.

    Whoever closes it (`contextlib.aclosing`) stops the asking: the ledger says so. What was sent to a phone stays there
    for the rest of its minute; Okta describes no call that takes it back.

    Args:
        session: The session of the org.
        person: The person whom the caller claims to be.
        way: The way, of a factor of theirs.
        purpose: The id of the action that it is for.
        code: What the caller has read out, for a code.

    Raises:
        SwitchedOff: Verification is switched off for this connector.
        NotAsked: Somebody denied a push within a day, or there were too many wrong codes.
        LedgerError: The intent could not be recorded; nothing was sent.
    """
    asking = _Asking(session, person, way, purpose, code)
    try:
        async for asked in asking.run():
            yield asked
    finally:
        await asking.close()
        session.parts.forget(person.user.id, ("events", WEEK_PART))  # the log may say by now how it ended


class _Asking:
    """One asking, from its record to its end."""

    def __init__(self, session: Session, person: Person, way: Way, purpose: str, code: Secret | None) -> None:
        self.session = session
        self.person = person
        self.way = way
        self.purpose = purpose
        self._code = code
        self._entry = 0
        self._open = False
        self._left = MOST_TRIES
        self._now = Asked(AskingStage.RECORDING)

    async def run(self) -> AsyncIterator[Asked]:
        yield self._now
        self.session.require(Capability.VERIFICATION)
        await self._check_calls()
        approval = await self._record()
        try:
            answer = await self.session.client.send(
                approval.calls[0], bucket=ep.VERIFY_FACTOR.bucket, approval=approval
            )
        except OktaError as error:
            yield await self._refused(error)
            return
        except asyncio.CancelledError as cancelled:
            if unsent(cancelled):
                await self._end(Outcome.NOT_SENT, Ending.STOPPED)
            raise
        challenge = read_challenge(answer)
        if challenge.state is not ChallengeState.WAITING:
            yield await self._ended(challenge.state)
            return
        async for asked in self._watch(challenge):
            yield asked

    async def _check_calls(self) -> None:
        """Check that an earlier answer does not end the tries of this call.

        Raises:
            NotAsked: It does.
        """
        session, now = self.session, self.session.now().timestamp()
        facts = await read_facts(session, self.person, await rules_now(session) or DEFAULT_RULES)
        denied, self._left = facts.subject.denied, facts.tries_left
        if denied is not None and now - denied < DAY:
            raise NotAsked(advice="A push of theirs was denied within a day: treat it as an attack.")
        if self._code is not None and facts.tries_left <= 0:
            raise NotAsked(advice="Three codes were wrong. Okta counts them against the caller: ask in another way.")

    async def _record(self) -> Approval:
        """Record the intent; a code that the caller read out is in what is sent, and not in the record."""
        session, user = self.session, self.person.user
        query = {"tokenLifetimeSeconds": str(LIFETIME)} if self.way.kind is Measured.NUMBER else {}
        call = ep.VERIFY_FACTOR.call({"id": user.id, "factor": self.way.factor}, query, body=self._body(hidden=True))
        sent = replace(call, body=self._body(hidden=False))
        answered_at = session.client.clock.answered_at
        intent = intent_of(
            session,
            ASKED,
            f"Verify the caller: {self.way.title.lower()}",
            user,
            calls=(call,),
            target=f"factor {self.way.name} ({self.way.factor})",
            principal=await session.client.principal(),
            okta_time=stamp(datetime.fromtimestamp(answered_at, UTC)) if answered_at is not None else "",
            proof=proof_text(self.purpose, self.way),
        )
        recording = asyncio.get_running_loop().run_in_executor(None, session.ledger.intend, intent, (sent,))
        try:
            approval = await asyncio.shield(recording)
        except asyncio.CancelledError:
            with suppress(Trouble):
                entry = (await recording).entry
                session.ledger.outcome(entry, Outcome.NOT_SENT, detail=str(Ending.STOPPED))
            raise
        self._entry, self._open = approval.entry, True
        return approval

    def _body(self, *, hidden: bool) -> bytes:
        if self.way.kind is Measured.NUMBER:
            return canonical({"useNumberMatchingChallenge": True}).encode()
        if self._code is None:
            return b""
        name = "answer" if self.way.kind is Measured.QUESTION else "passCode"
        return json.dumps({name: "" if hidden else self._code.reveal()}).encode()

    async def _watch(self, challenge: Challenge) -> AsyncIterator[Asked]:
        """Look at a push until it ends, by the link that each answer gives."""
        clock = self.session.client.clock
        begun, looks = clock.monotonic(), 1
        blind: OktaError | None = None  # why the last look showed nothing
        last = begun + LIFETIME + _GRACE
        plain = self.way.kind is not Measured.NUMBER
        self._now = Asked(AskingStage.WAITING, challenge.number, plain, challenge.ends, self._entry)
        yield self._now
        while clock.monotonic() < last and challenge.poll_url:
            await clock.sleep(PAUSE if clock.monotonic() - begun < SLOW_AFTER else LONGER)
            try:
                seen = await self._look(challenge.poll_url)
            except RateLimited as limited:
                blind = limited
                continue
            except OktaError as error:
                if isinstance(error, Answered) and error.code == _REJECTED:
                    yield await self._ended(ChallengeState.REFUSED)
                    return
                if isinstance(error, (Answered, Unreadable)):
                    self._now = replace(self._now, trouble=error)
                    break
                blind = error
                continue  # the network may come back before the push ends
            looks, blind = looks + 1, None
            if seen.state is not ChallengeState.WAITING:
                yield await self._ended(seen.state)
                return
            challenge = replace(seen, poll_url=seen.poll_url or challenge.poll_url)
            number = self._now.number if seen.number is None else seen.number
            now = replace(self._now, number=number, plain=number is None and (plain or looks > _LOOKS_FOR_NUMBER))
            if now != self._now:
                self._now = now
                yield now
        self._now = replace(self._now, trouble=self._now.trouble or blind)
        yield await self._ended(ChallengeState.UNKNOWN if self._now.trouble else ChallengeState.ENDED)

    async def _look(self, url: str) -> Challenge:
        """Follow Okta's link, as far as it leads to a challenge of this very factor."""
        client = self.session.client
        call = Call("GET", target_on(client.policy.origin, client.policy.prefix, url))
        names = ep.CHALLENGE.path_values(call) if endpoint_of(call) is ep.CHALLENGE else None
        if names is None or (names["id"], names["factor"]) != (self.person.user.id, self.way.factor):
            raise Unreadable("Okta's link leads to something else than this challenge", advice="")
        return read_challenge(await client.send(call, bucket=ep.CHALLENGE.bucket))

    async def _ended(self, state: ChallengeState) -> Asked:
        """Record what came of it, and return it."""
        if state is ChallengeState.PASSED:
            kind = self.way.kind
            if kind is Measured.NUMBER and self._now.number is None:
                kind = Measured.PUSH  # nobody had to know anything
            at = self.session.client.clock.time()
            step = PassedStep(kind, at, self.way.factor, self.way.enrolled) if isinstance(kind, Measured) else None
            ending = Ending.PASSED if kind is not Measured.PUSH else Ending.PASSED_PLAIN
            return await self._end(Outcome.DONE, ending, AskingStage.PASSED, step=step)
        if state is ChallengeState.REFUSED:
            return await self._end(Outcome.DONE, Ending.DENIED, AskingStage.DENIED)
        if state is ChallengeState.ENDED:
            return await self._end(Outcome.DONE, Ending.NOBODY, AskingStage.NOBODY)
        return await self._end(Outcome.DONE, Ending.UNKNOWN, AskingStage.UNKNOWN)

    async def _refused(self, error: OktaError) -> Asked:
        """Record that Okta did not ask, or that a code was wrong."""
        if isinstance(error, Answered) and error.code == _REJECTED:
            return await self._end(Outcome.DONE, Ending.DENIED, AskingStage.DENIED, error)
        if isinstance(error, Answered) and error.code in _WRONG:
            self._now = replace(self._now, tries_left=max(0, self._left - 1))
            return await self._end(Outcome.DONE, Ending.WRONG, AskingStage.WRONG, error)
        if isinstance(error, Answered) and error.code == _INVALID and self.way.kind is Measured.NUMBER:
            self._now = replace(self._now, plain=True)
        did = acted(error)
        outcome = Outcome.UNKNOWN if did is None else Outcome.REFUSED if error.sent else Outcome.NOT_SENT
        stage = AskingStage.UNKNOWN if did is None else AskingStage.FAILED
        return await self._end(outcome, Ending.UNKNOWN if did is None else Ending.STOPPED, stage, error)

    async def _end(
        self,
        outcome: Outcome,
        ending: Ending,
        stage: AskingStage = AskingStage.FAILED,
        trouble: OktaError | None = None,
        *,
        step: PassedStep | None = None,
    ) -> Asked:
        """Record the outcome once, also while the task is being cancelled."""
        trouble = trouble or self._now.trouble
        unrecorded: Trouble | None = None
        if self._open:
            self._open = False
            detail = f"{ending}: {trouble}" if trouble else str(ending)
            request_id = trouble.request_id if trouble else ""
            try:
                await asyncio.shield(
                    asyncio.to_thread(
                        self.session.ledger.outcome, self._entry, outcome, detail=detail, request_id=request_id
                    )
                )
            except Trouble as error:
                unrecorded = error
        self._now = replace(
            self._now, stage=stage, entry=self._entry, step=step, trouble=trouble, unrecorded=unrecorded
        )
        return self._now

    async def close(self) -> None:
        """Record that nobody waits for the answer any more, unless it has ended."""
        if self._open:
            await self._end(Outcome.DONE, Ending.STOPPED)
