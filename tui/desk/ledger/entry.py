"""What a ledger entry says: the intent, what came of it, what a later read showed; and how each is written as JSON."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tui.okta.calls import Call
from tui.okta.clock import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable


class Outcome(StrEnum):
    """What came of an intent."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


LOST: Final = "an agent says that it did not arrive"
"""What settles a notice so that it may be sent again."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is recorded before anything is sent. Text only, and never a secret: the ledger keeps it for good.

    Attributes:
        action: The action's id in the catalogue.
        title: Its title, as the agent saw it.
        connector: Name of the profile.
        org: The org's origin: `https://acme.okta.com`.
        person_id: Okta's id of the person.
        person_login: Their login.
        person_name: Their name.
        status: The state that the agent saw, in Okta's word.
        calls: The exact calls, in order.
        reason: Why, in the agent's words; may be empty.
        ticket: The ticket's number; may be empty.
        agent: The agent's name.
        origin: The client's address over SSH, else empty.
        target: What it was aimed at beside the person, `group VPN Users (00g…)`; may be empty.
        notice: For a notice to an employee, which one and the number of the try, `lockout/…/mail#1`; else empty.
    """

    action: str
    title: str
    connector: str
    org: str
    person_id: str
    person_login: str
    person_name: str
    status: str
    calls: tuple[Call, ...]
    reason: str
    ticket: str
    agent: str
    origin: str
    target: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One action as a person browses it: the intent, plus what came of it.

    Attributes:
        seq: Its number in the ledger.
        at: When it was recorded, UTC.
        intent: What was intended.
        outcome: What came of it; `None` when no outcome was ever recorded (a crash): shown as unknown.
        outcome_at: When the outcome was recorded.
        detail: Words of the error or of the success.
        request_id: Okta's id of the request, for support.
        settled: What a later read showed; empty if not settled.
        settled_at: When it was settled.
        readable: `False` when a body was damaged: the missing parts are stand-ins, and `verify` says more.
    """

    seq: int
    at: datetime
    intent: Intent
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    detail: str = ""
    request_id: str = ""
    settled: str = ""
    settled_at: datetime | None = None
    readable: bool = True

    @property
    def open(self) -> bool:
        """Whether nobody knows yet what Okta made of it."""
        return self.outcome in {None, Outcome.UNKNOWN} and self.settled_at is None

    @property
    def unsent(self) -> bool:
        """Whether it certainly did not go out, so that a notice may be sent again."""
        return self.outcome is Outcome.NOT_SENT or self.settled == LOST

    def mentions(self, text: str) -> bool:
        """Whether a text occurs in any of its words, in any case."""
        wanted = text.casefold()
        words = [value for value in _texts(self.intent).values() if value]
        words += [str(call) for call in self.intent.calls]
        words += [self.detail, self.request_id, self.settled, self.outcome or Outcome.UNKNOWN]
        return any(wanted in word.casefold() for word in words)


_T = TypeVar("_T")
_NEVER: Final = datetime.fromtimestamp(0, UTC)  # stands in for a damaged time
_UNREADABLE: Final = Intent("", "This entry cannot be read", "", "", "", "", "", "", (), "", "", "", "")
_NO_OUTCOME: Final[tuple[Outcome | None, str, str]] = (None, "The outcome cannot be read", "")
_TEXTS: Final = tuple(field.name for field in fields(Intent) if field.name != "calls")
_LATER: Final = frozenset({"target", "notice"})
"""Texts that entries of earlier versions do not have."""


def canonical(value: object) -> str:
    """JSON in one spelling only: sorted keys, no spaces, ASCII. What is hashed must not depend on who wrote it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=repr)


def stamp(seconds: float) -> str:
    """A moment as the ledger writes it: ISO 8601, UTC, milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The moment that a stamp names.

    Raises:
        ValueError: It is not written as `stamp` writes it.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or not FIRST_YEAR <= when.year <= LAST_YEAR or stamp(when.timestamp()) != text:
        raise ValueError(text)
    return when.astimezone(UTC)


def intent_body(intent: Intent) -> str:
    """An intent as JSON."""
    return canonical(_texts(intent) | {"calls": [_call_body(call) for call in intent.calls]})


def outcome_body(outcome: Outcome, detail: str, request_id: str) -> str:
    """An outcome as JSON."""
    return canonical({"outcome": str(outcome), "detail": _whole(detail), "request_id": _whole(request_id)})


def settled_body(what: str) -> str:
    """What a later read showed, as JSON."""
    return canonical({"what": _whole(what)})


def read_intent(body: str) -> Intent:
    """The intent in a body.

    Raises:
        ValueError: The body is damaged.
    """
    data = _object(body)
    calls = data.get("calls")
    if not isinstance(calls, list):
        raise ValueError("calls")  # noqa: TRY004 - one kind of failure for all damage
    texts = {name: _text(data, name) for name in _TEXTS if name in data or name not in _LATER}
    return Intent(calls=tuple(_read_call(call) for call in calls), **texts)


def read_outcome(body: str) -> tuple[Outcome | None, str, str]:
    """The outcome, its detail and the request id in a body.

    Raises:
        ValueError: The body is damaged.
    """
    data = _object(body)
    return Outcome(_text(data, "outcome")), _text(data, "detail"), _text(data, "request_id")


def read_settled(body: str) -> str:
    """What a later read showed.

    Raises:
        ValueError: The body is damaged.
    """
    return _text(_object(body), "what")


def read_entry(row: tuple[Any, ...]) -> Entry:
    """An entry from a row: seq, at, body of the intent; at, body of its outcome; at, body of what settled it.

    What is damaged is replaced by a stand-in: one bad row must not hide the others.
    """
    seq, at, body, outcome_at, outcome_body, settled_at, settled_body = row
    intact = True

    def read(reader: Callable[[Any], _T], value: object, stand_in: _T) -> _T:
        nonlocal intact
        try:
            return reader(value)
        except (ValueError, TypeError, OverflowError):
            intact = False
            return stand_in

    intent = read(read_intent, body, _UNREADABLE)
    outcome: tuple[Outcome | None, str, str] = (None, "", "")
    if outcome_at is not None:
        outcome = read(read_outcome, outcome_body, _NO_OUTCOME)
    settled = "" if settled_at is None else read(read_settled, settled_body, "This cannot be read")
    when = read(moment, at, _NEVER)
    outcome_when = None if outcome_at is None else read(moment, outcome_at, _NEVER)
    settled_when = None if settled_at is None else read(moment, settled_at, _NEVER)
    return Entry(seq, when, intent, outcome[0], outcome_when, outcome[1], outcome[2], settled, settled_when, intact)


def _texts(intent: Intent) -> dict[str, str]:
    return {name: _whole(getattr(intent, name)) for name in _TEXTS}


def _call_body(call: Call) -> dict[str, str]:
    written = {"method": _whole(call.method), "target": _whole(call.target)}
    try:
        return written | {"body": call.body.decode("utf-8")}
    except UnicodeDecodeError:
        return written | {"body_base64": base64.b64encode(call.body).decode("ascii")}


def _read_call(value: object) -> Call:
    if not isinstance(value, dict):
        raise ValueError("call")  # noqa: TRY004 - one kind of failure for all damage
    if "body_base64" not in value:
        return Call(_text(value, "method"), _text(value, "target"), _text(value, "body").encode("utf-8"))
    try:
        body = base64.b64decode(_text(value, "body_base64"), validate=True)
    except binascii.Error as error:
        raise ValueError("body_base64") from error
    return Call(_text(value, "method"), _text(value, "target"), body)


def _object(body: str) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except RecursionError as error:  # thousands of brackets: damage, not a crash
        raise ValueError("nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of failure for all damage
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise ValueError(name)  # noqa: TRY004 - one kind of failure for all damage
    return value


def _whole(text: str) -> str:
    r"""Half characters (from odd bytes in the environment) become a visible `\udc80`, so that it prints anywhere."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
