"""The calls of this session as an agent may see them: what was asked, how it ended, why it waited; nothing secret."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, unquote_plus

from msgspec import Struct, field

from tui.okta.tokens import without_tokens
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEPT: Final = 500
"""The newest calls that are kept; older ones are forgotten."""
_LONGEST: Final = 2000
"""Characters of a path with its query that are kept."""
NOT_SHOWN: Final = "(not-shown)"
"""What stands in the place of a secret; it needs no encoding in a path or a query."""
_CUT_OFF: Final = late_pattern(r"[\w%.~+-]*\Z", re.ASCII)
_SECRET_NAME: Final = late_pattern(
    r"token|secret|password|passphrase|assertion|authorization|nonce|signature", re.IGNORECASE
)
_WHOLE: Final = late_pattern(r"[\w-]{1,64}", re.ASCII)
_KEPT_IN_PATH: Final = "%!$&'()*+,:;=@~"


class CallRecord(Struct):
    """One call: no header, no body and no secret is ever in it. It changes until the call has ended.

    Attributes:
        number: Counts the calls of the session, from 1.
        at: When it was asked for, in seconds since 1970 by Okta's clock.
        method: The HTTP method.
        target: Path and query below the org's own path, percent-encoded, without secrets.
        elsewhere: The host, where it is not the org's: such a call is always refused.
        length: The bytes of its body, which is not kept.
        status: Okta's HTTP status; 0 as long as there is none.
        milliseconds: How long it took, without the waits; `None` as long as it is under way.
        tries: How often it was sent; 0 where keydesk sent nothing.
        request_id: Okta's id of the request; empty without an answer.
        waits: Why it waited, each with its seconds.
        refused: Why keydesk's own guard did not let it through; empty where it did.
        trouble: What else went wrong, in words; empty where nothing did.
        given_up: Whether nobody waited for it any more, as for a search of which more was typed.
    """

    number: int
    at: float
    method: str
    target: str
    elsewhere: str = ""
    length: int = 0
    status: int = 0
    milliseconds: int | None = None
    tries: int = 0
    request_id: str = ""
    waits: list[tuple[str, float]] = field(default_factory=list)
    refused: str = ""
    trouble: str = ""
    given_up: bool = False

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


class CallLog:
    """The newest calls of one session, in memory alone.

    Attributes:
        on_change: Called after each change; whoever shows the calls sets it, and resets it when hidden.
    """

    def __init__(self, redact: Callable[[str], str], *, origin: str, prefix: str = "") -> None:
        """Start empty.

        Args:
            redact: Removes the credentials' own secrets from a text.
            origin: The org's own scheme and host.
            prefix: The path in front of every target, as a proxy may want it.
        """
        self.on_change: Callable[[], None] = lambda: None
        self._redact = redact
        self._origin = origin
        self._prefix = prefix
        self._kept: deque[CallRecord] = deque(maxlen=KEPT)
        self._count = 0

    def __iter__(self) -> Iterator[CallRecord]:
        """Yield the calls, the newest first."""
        return reversed(self._kept)

    def __len__(self) -> int:
        """Return how many calls are kept."""
        return len(self._kept)

    @property
    def count(self) -> int:
        """How many calls there were in the session, also those that are forgotten."""
        return self._count

    def begin(self, method: str, origin: str, target: str, *, at: float, length: int = 0) -> CallRecord:
        """Note a call that is asked for, before anything decides on it.

        Args:
            method: The HTTP method.
            origin: Scheme and host that it is for.
            target: Path and query, percent-encoded.
            at: The time, in seconds since 1970 by Okta's clock.
            length: The bytes of its body.
        """
        self._count += 1
        if self._prefix and target.startswith(f"{self._prefix}/"):
            target = target.removeprefix(self._prefix)
        elsewhere = "" if origin.lower() == self._origin.lower() else self.clean(origin)[:200]
        record = CallRecord(self._count, at, self.clean(method)[:20], self._without_secrets(target), elsewhere, length)
        self._kept.append(record)
        self.on_change()
        return record

    def clean(self, text: str) -> str:
        """Return a text without the credentials' secrets and without all that looks like a token or a key."""
        return without_tokens(self._redact(text))

    def _without_secrets(self, target: str) -> str:
        """Return path and query without secrets; what is encoded is looked at in plain as well."""
        cut = len(target) > _LONGEST
        if cut:  # never within a word: half of a token would not be known as one
            target = _CUT_OFF.sub("", target[:_LONGEST])
        path, mark, query = target.partition("?")
        shown = "/".join(self._part(part, unquote(part)) for part in path.split("/"))
        if mark:
            shown += "?" + "&".join(self._parameter(part) for part in query.split("&"))
        return f"{shown}…" if cut else shown

    def _parameter(self, text: str) -> str:
        name, mark, value = text.partition("=")
        if _SECRET_NAME.search(unquote_plus(name)) and value:
            return f"{self._part(name, unquote_plus(name))}={NOT_SHOWN}"
        return self._part(name, unquote_plus(name)) + mark + self._part(value, unquote_plus(value))

    def _part(self, encoded: str, bare: str) -> str:
        if _WHOLE.fullmatch(encoded) and self.clean(encoded) == encoded:
            return encoded
        if self.clean(bare) != bare or self.clean(encoded) != encoded:
            return NOT_SHOWN
        return quote(encoded, safe=_KEPT_IN_PATH)
