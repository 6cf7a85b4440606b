"""Attempts to sign in, folded from the steps that each of them leaves in the System Log.

One attempt is one try: a wrong password, a wrong code, or a sign-in that goes on until the person is in. Okta's ids tie
the steps: the transaction first, then the request that began the sign-in, then the session ids. On Classic the factor
comes half a minute after the password, in another transaction and session.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.client_software import Via
from tui.desk.lockouts.ends import DIRECTORY_ENDS, NOT_FAILED, End
from tui.desk.lockouts.steps import AGENTS, Stage, step_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.desk.lockouts.steps import Step
    from tui.okta.log_events import LogEvent

__all__ = ["AGENTS", "Attempt", "End", "Via", "attempts_of", "fold"]

WINDOWS: Final = {
    "t": timedelta(minutes=10),
    "a": timedelta(minutes=30),
    "r": timedelta(minutes=5),
    "x": timedelta(minutes=5),
}
"""How long after the last step each tie still means the same sign-in. A session lasts longer than its sign-in."""
COMPANION: Final = timedelta(seconds=5)
"""A directory's agent and Okta each write an event of one wrong password; this close together they are one try."""
_RANK: Final = (
    End.PHISHING,
    End.PUSH_DENIED,
    End.WRONG_NUMBER,
    *sorted(DIRECTORY_ENDS),
    End.RATE_LIMITED,
    End.NOT_ASSIGNED,
    End.DENIED,
    End.EXPIRED,
    End.WHILE_LOCKED,
    End.ABANDONED,
    End.FACTOR,
    End.WRONG_PASSWORD,
    End.NO_SUCH_NAME,
    End.UNCLEAR,
    End.OTHER,
)
"""The ends of failures, the most telling first: it counts where several steps of one try failed."""
_ORDER: Final = {end: number for number, end in enumerate(_RANK)}


class Attempt(Struct, frozen=True):
    """One attempt to sign in. All texts are untrusted: pass them through `tui.desk.text.plain` to show them.

    Attributes:
        uuid: The uuid of the event that decides how it ended.
        at: When it ended, as far as it did.
        user_id: The id of the person; empty where Okta names nobody.
        login: The login in the event.
        via: The kind of software.
        client: The software in a few words: `Outlook`, `Chrome on Windows 10`, `Cisco AnyConnect`.
        ip: The IP address; empty for none.
        place: `San Francisco, United States`; empty for none.
        network: The owner of the address: the AS organisation or the provider; empty for none.
        proxy: Whether Okta knows the address as a proxy.
        end: How the attempt ended.
        reason: Okta's own reason.
        threat: Whether Okta suspected an attack.
        method: The method that failed, or that was asked for last, such as `Okta Verify push`; empty for none.
        password_right: Whether the password was right, as far as the steps show.
        asked: Whether a second factor was asked for.
        told: Whether the event that decides how it ended names the method, so that nothing was concluded from others.
        fresh: Whether something was proven, rather than a session used that existed already.
        by_phone: Whether software and address are those of the phone that answered, not of the device that signs in.
        by: The app, rule or policy that refused; empty for none.
        until: Until when a factor rests, for `RATE_LIMITED`.
    """

    uuid: str
    at: datetime
    user_id: str
    login: str
    via: Via
    client: str
    ip: str
    place: str
    network: str
    proxy: bool
    end: End
    reason: str
    threat: bool = False
    method: str = ""
    password_right: bool = False
    asked: bool = False
    told: bool = False
    fresh: bool = True
    by_phone: bool = False
    by: str = ""
    until: datetime | None = None

    @property
    def failed(self) -> bool:
        """Whether the attempt was refused. One whose end the log does not show has not failed."""
        return self.end not in NOT_FAILED

    @property
    def good(self) -> bool:
        """Whether the attempt let the person in."""
        return self.end is End.OK


def attempts_of(events: Iterable[LogEvent]) -> tuple[Attempt, ...]:
    """Return the attempts in one person's events, oldest first; events may come twice and in any order."""
    steps = {event.uuid: step for event in events if (step := step_of(event)) is not None}
    return fold(steps.values())


def fold(steps: Iterable[Step]) -> tuple[Attempt, ...]:
    """Fold one person's steps into attempts, oldest first. The same steps in any order give the same attempts."""
    tries: list[_Try] = []
    newest: dict[str, _Try] = {}
    for step in sorted(steps, key=lambda step: (step.at, step.stage, step.uuid)):
        found = _try_for(step, tries, newest)
        if found is None:
            found = _Try([], _password_right_before(step, newest))
            tries.append(found)
        found.steps.append(step)
        for key in step.keys:
            newest[key] = found
    attempts = (one.attempt() for one in tries if not one.only_beside)
    return tuple(sorted(attempts, key=lambda attempt: (attempt.at, attempt.uuid)))


def _try_for(step: Step, tries: list[_Try], newest: dict[str, _Try]) -> _Try | None:
    """Return the try that a step belongs to; `None` for a new one."""
    for key in step.keys:
        known = newest.get(key)
        if known is None or step.at - known.last > WINDOWS[key[0]]:
            continue
        if key[0] == "t" or known.goes_on_with(step):
            return known
    # Two tries can stand between: a directory's agent is slower than the next key press, never slower than this.
    return next((one for one in reversed(tries[-3:]) if one.is_companion(step)), None)


def _password_right_before(step: Step, newest: dict[str, _Try]) -> bool:
    """Whether an earlier try of the same sign-in had the right password: the second code of one sign-in fails alone."""
    if step.stage not in {Stage.FACTOR, Stage.METHOD}:
        return False
    return any(
        known.password_right and step.at - known.last <= WINDOWS[key[0]]
        for key in step.keys
        if (known := newest.get(key)) is not None
    )


class _Try(Struct):
    """The steps of one attempt, oldest first.

    Attributes:
        steps: The steps.
        earlier_password: Whether an earlier try of the same sign-in had the right password.
    """

    steps: list[Step]
    earlier_password: bool = False

    @property
    def last(self) -> datetime:
        return self.steps[-1].at

    @property
    def failed(self) -> bool:
        return any(step.failed for step in self.steps)

    @property
    def finished(self) -> bool:
        return any(step.end is End.OK for step in self.steps)

    @property
    def password_right(self) -> bool:
        return self.earlier_password or any(
            step.stage is Stage.ASKED or (step.stage is Stage.PASSWORD and step.end is End.OPEN) for step in self.steps
        )

    @property
    def factor_right(self) -> bool:
        return any(step.stage is Stage.FACTOR and not step.failed for step in self.steps)

    @property
    def only_beside(self) -> bool:
        """Whether the steps alone are no attempt: a push that was sent, or a policy that allows."""
        return all(step.stage in {Stage.CHALLENGE, Stage.POLICY} for step in self.steps)

    def goes_on_with(self, step: Step) -> bool:
        """Whether a later step, in another transaction, continues this try rather than beginning another."""
        if self.failed:
            return False
        if not step.failed:
            # A password that is asked for again begins anew; opening an app with the new session does not.
            return step.stage is not Stage.PASSWORD or not self.finished
        return not self.finished and step.stage is not Stage.PASSWORD

    def is_companion(self, step: Step) -> bool:
        """Whether a step and this try are one wrong password, told by a directory's agent and by Okta."""
        if abs(step.at - self.last) > COMPANION or step.stage is not Stage.PASSWORD or len(self.steps) != 1:
            return False
        other = self.steps[0]
        return other.stage is Stage.PASSWORD and step.failed == other.failed and step.borrowed != other.borrowed

    def attempt(self) -> Attempt:
        """Return the attempt that the steps make."""
        deciding = self._deciding()
        own = next((step for step in self.steps if not step.borrowed), None)
        device = own or self.steps[0]
        named = next((step for step in self.steps if step.user_id), deciding)
        end = deciding.end
        if end is End.UNCLEAR and self.password_right:
            end = End.FACTOR  # the password was right just before, so it was not the password
        elif end is End.OPEN and self.password_right and self.factor_right:
            end = End.OK  # two methods were right, and nothing refused the sign-in
        return Attempt(
            uuid=deciding.uuid,
            at=deciding.at,
            user_id=named.user_id,
            login=named.login,
            via=device.via,
            client=device.client,
            ip=device.ip,
            place=device.place,
            network=device.network,
            proxy=device.proxy,
            end=end,
            reason=deciding.reason or next((step.reason for step in self.steps if step.failed and step.reason), ""),
            threat=any(step.threat for step in self.steps),
            method=self._method(deciding),
            password_right=self.password_right,
            asked=any(
                step.stage in {Stage.CHALLENGE, Stage.ASKED} or (step.stage is Stage.FACTOR and step.failed)
                for step in self.steps
            ),
            told=bool(deciding.method),
            fresh=any(step.stage is not Stage.USE for step in self.steps),
            by_phone=own is None and device.via is not Via.DIRECTORY,
            by=deciding.by,
            until=deciding.until,
        )

    def _deciding(self) -> Step:
        """Return the step that tells how it ended: the most telling failure, else the end, else the first method."""
        failures = [step for step in self.steps if step.failed]
        if failures:
            return min(failures, key=lambda step: (_ORDER[step.end], step.at))
        ends = [step for step in self.steps if step.end is End.OK]
        if ends:
            return ends[-1]
        return next(step for step in self.steps if step.stage not in {Stage.CHALLENGE, Stage.POLICY})

    def _method(self, deciding: Step) -> str:
        if deciding.method and deciding.failed:
            return deciding.method
        named = [step.method for step in self.steps if step.method]
        return named[-1] if named else ""
