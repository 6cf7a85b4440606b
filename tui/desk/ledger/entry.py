"""A ledger entry: the intent, its outcome, what a later read showed; and the JSON in which each is stored."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct

from tui.okta.calls import Call
from tui.okta.clock import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable


class Outcome(StrEnum):
    """The outcome of an intent: what Okta did with it, as far as keydesk knows."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


RULES: Final = "change-desk-rules"
"""The action of an entry that changes the desk's rules."""
LOST: Final = "an agent says that it did not arrive"
"""The words that settle a lost notice; such a notice may be sent again."""


class Intent(Struct, frozen=True):
    """The record that is stored before anything is sent. Text only, and never a secret: the ledger deletes nothing.

    Attributes:
        action: The action's id in the catalogue.
        title: The action's title, as the agent saw it.
        connector: The connector's name.
        org: The org's origin: `https://acme.okta.com`.
        person_id: Okta's id of the person.
        person_login: The person's login.
        person_name: The person's name.
        status: The person's status that the agent saw, as Okta writes it.
        calls: The exact calls, in order.
        reason: The reason in the agent's words; may be empty.
        ticket: The ticket's number; may be empty.
        agent: The agent's name.
        origin: The agent's address over SSH, else empty.
        target: The targets beside the person, `group VPN Users (00g…)`; may be empty.
        principal: Okta's id of whom the System Log names as the actor: the owner of the API token, or the service app;
            empty where it is not known.
        okta_time: The time by Okta's own clock shortly before anything was sent, as Okta writes times; empty in entries
            of earlier versions.
        rules: For a change of the desk's rules, the new rules as TOML; else empty.
        notice: For a notice to an employee, its key and the number of the try, `lockout/…/mail#1`; else empty.
        proof: For the verification of a caller, what it was to prove, as JSON; for an action, the numbers of the
            entries whose proofs it used up, as JSON; else empty.
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
    principal: str = ""
    okta_time: str = ""
    proof: str = ""
    rules: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All texts of the intent, without upper case, for a search."""
        texts = [*filter(None, _texts(self).values()), *map(str, self.calls)]
        return tuple(text.casefold() for text in texts)


class Entry(Struct, frozen=True):
    """One entry of the ledger: an intent with its outcome and its settlement.

    Attributes:
        seq: The number of the intent's record.
        at: The time at which the intent was recorded, UTC.
        intent: The intent.
        outcome: The outcome; `None` where none was ever recorded (a crash), which is shown as unknown.
        outcome_at: The time at which the outcome was recorded.
        detail: The error or the success in words.
        request_id: Okta's id of the request, for support.
        settled: What a later read showed; empty where the entry is not settled.
        settled_at: The time at which the entry was settled.
        readable: `False` where a body was damaged: the missing parts are stand-ins, and `verify` reports more.
        renumbered: Whether it was carried over from another ledger, where it had another number, and so had the entries
            that it names.
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
    renumbered: bool = False

    @property
    def open(self) -> bool:
        """Whether nobody knows yet what Okta did with the intent."""
        return self.outcome in {None, Outcome.UNKNOWN} and self.settled_at is None

    @property
    def unsent(self) -> bool:
        """Whether the intent certainly was not sent, so that a notice may be sent again."""
        return self.outcome is Outcome.NOT_SENT or self.settled == LOST

    @property
    def words(self) -> tuple[str, ...]:
        """All texts of the entry, without upper case, for a search."""
        later = (self.detail, self.request_id, self.settled, self.outcome or Outcome.UNKNOWN)
        return (*self.intent.words, *(text.casefold() for text in later))

    def mentions(self, text: str) -> bool:
        """Whether a text occurs in any of the entry's words; upper and lower case count as equal."""
        wanted = text.casefold()
        return any(wanted in word for word in self.words)


_T = TypeVar("_T")
_NEVER: Final = datetime.fromtimestamp(0, UTC)  # stands in for a damaged time
_UNREADABLE: Final = Intent("", "This entry cannot be read", "", "", "", "", "", "", (), "", "", "", "")
_NO_OUTCOME: Final[tuple[Outcome | None, str, str]] = (None, "The outcome cannot be read", "")
_TEXTS: Final = tuple(name for name in Intent.__struct_fields__ if name != "calls")
_LATER: Final = frozenset({"target", "notice", "principal", "okta_time", "proof", "rules"})
"""Texts that entries of earlier versions do not have."""


def canonical(value: object) -> str:
    """Return JSON in one spelling only, sorted keys, no spaces, ASCII, so that equal values have equal hashes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=repr)


def stamp(seconds: float) -> str:
    """Return a time (seconds since the epoch) as the ledger writes it: ISO 8601, UTC, milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Return the time in a stamp.

    Raises:
        ValueError: The text is not written as `stamp` writes it.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or not FIRST_YEAR <= when.year <= LAST_YEAR or stamp(when.timestamp()) != text:
        raise ValueError(text)
    return when.astimezone(UTC)


def intent_body(intent: Intent) -> str:
    """Return an intent as JSON."""
    return canonical(_texts(intent) | {"calls": [_call_body(call) for call in intent.calls]})


def outcome_body(outcome: Outcome, detail: str, request_id: str, by: str = "") -> str:
    """Return an outcome as JSON, with the name of who records it where several agents share the ledger."""
    told = {"outcome": str(outcome), "detail": _whole(detail), "request_id": _whole(request_id)}
    return canonical(told | ({"by": _whole(by)} if by else {}))


def settled_body(what: str, by: str = "") -> str:
    """Return what a later read showed, as JSON, with the name of who records it as in `outcome_body`."""
    return canonical({"what": _whole(what)} | ({"by": _whole(by)} if by else {}))


def read_intent(body: str) -> Intent:
    """Return the intent in a body.

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
    """Return the outcome, its detail and the request id in a body.

    Raises:
        ValueError: The body is damaged.
    """
    data = _object(body)
    return Outcome(_text(data, "outcome")), _text(data, "detail"), _text(data, "request_id")


def read_settled(body: str) -> str:
    """Return what a later read showed, from a body.

    Raises:
        ValueError: The body is damaged.
    """
    return _text(_object(body), "what")


def name_in(kind: str, body: str) -> str:
    """Return in whose name a record stands; empty for an outcome in a ledger of one machine.

    Raises:
        ValueError: The body is damaged.
    """
    data = _object(body)
    return _text(data, "agent") if kind == "intent" else _text(data, "by") if "by" in data else ""


def read_entry(row: tuple[Any, ...]) -> Entry:
    """Return the entry in a row: seq, at, body of the intent; at, body of the outcome; at, body of the settlement.

    A stand-in replaces what is damaged: one bad row must not hide the others.
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
    r"""Return text in which lone surrogates (odd bytes of the environment) are a visible `\udc80`, which prints."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
