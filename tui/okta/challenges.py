"""What Okta answers to the verification of a factor: waiting, passed, refused, and the number to be tapped.

Okta: "Factors", verify a factor and retrieve a factor transaction status. A state that these pages do not name proves
nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from tui.okta.clock import instant
from tui.okta.decode import decode
from tui.okta.models import Href, Value  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.answers import Answer

_MOST: Final = 999
"""The largest number that is shown as one to tap; Okta's have two digits."""


class ChallengeState(StrEnum):
    """What came of a challenge so far, as far as Okta's answer is sure of it."""

    WAITING = "waiting"
    ASKED = "asked"
    """A code was sent to the person, and Okta waits for it."""
    PASSED = "passed"
    REFUSED = "refused"
    """The push was refused, or another number tapped."""
    ENDED = "ended"
    """Nobody answered in time, or the challenge was taken back."""
    UNKNOWN = "unknown"


_STATES: Final = {
    "WAITING": ChallengeState.WAITING,
    "CHALLENGE": ChallengeState.ASKED,
    "SUCCESS": ChallengeState.PASSED,
    "REJECTED": ChallengeState.REFUSED,
    "TIMEOUT": ChallengeState.ENDED,
    "EXPIRED": ChallengeState.ENDED,
    # Named in Okta's descriptions only, in both spellings.
    "CANCELLED": ChallengeState.ENDED,
    "CANCELED": ChallengeState.ENDED,
}


class _Links(Value, frozen=True):
    poll: Href | None = None
    cancel: Href | None = None


class _Verified(Value, frozen=True):
    """The answer's shape. What is embedded differs by API and age, so it is looked through by hand."""

    factor_result: str | None = None
    expires_at: str | None = None
    links: _Links | None = field(default=None, name="_links")
    embedded: dict[str, Any] | None = field(default=None, name="_embedded")


class Challenge(Struct, frozen=True):
    """One challenge as an answer shows it.

    Attributes:
        state: What came of it so far.
        said: Okta's own word for the state; untrusted.
        number: The number that the person has to tap; `None` where the answer names none.
        poll_url: The URL at which Okta tells what came of it, to be followed as it is; empty for none.
        cancel_url: The URL that Okta gives for taking it back; empty for none.
        ends: When it ends; `None` where the answer does not say.
    """

    state: ChallengeState
    said: str = ""
    number: int | None = None
    poll_url: str = ""
    cancel_url: str = ""
    ends: datetime | None = None


def read_challenge(answer: Answer) -> Challenge:
    """Return the challenge in an answer to a verification or to a poll.

    Okta has answered a push with 200, 201 and 202, so the status says no more than that Okta took it.

    Args:
        answer: The answer.

    Raises:
        Unreadable: The body is no JSON object.
    """
    read = decode(answer.body, _Verified, request_id=answer.request_id)
    said, links = read.factor_result or "", read.links or _Links()
    return Challenge(
        _STATES.get(said, ChallengeState.UNKNOWN),
        said,
        _number(read.embedded),
        _href(links.poll),
        _href(links.cancel),
        instant(read.expires_at),
    )


def _href(link: Href | None) -> str:
    return (link.href if link else None) or ""


def _number(embedded: dict[str, Any] | None) -> int | None:
    """Return the number to tap: beside the challenge, or beneath the factor, as older answers have it."""
    found = _at(embedded, "challenge", "correctAnswer")
    if found is None:
        found = _at(embedded, "factor", "_embedded", "challenge", "correctAnswer")
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found[:4])
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _MOST else None


def _at(value: object, *names: str) -> object:
    """Return what stands at a path of names; `None` where anything on the way is missing or of another type."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
