"""Ticket numbers: whether a connector requires one, and the pattern that it must match."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.text.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    import re2  # type: ignore[import-untyped]

LONGEST: Final = 80


class BadTicket(BadInput):
    """A ticket number is missing, or does not match the connector's pattern."""

    field = "ticket"
    title = "This is not a ticket number"


class TicketRule(Struct, frozen=True):
    """A connector's rule for ticket numbers.

    Attributes:
        pattern: The regular expression that the whole number must match, as RE2 reads it; empty for any number.
        needed: Whether every change requires a ticket number.
    """

    pattern: str = ""
    needed: bool = False

    def check(self, ticket: str) -> str:
        """Return the ticket's number without space around it; empty where none is given and none is needed.

        Raises:
            BadTicket: A number is needed and missing, or does not match the pattern.
        """
        ticket = ticket.strip()
        looks = f"For this connector it looks like {self.pattern}" if self.pattern else ""
        if not ticket:
            if self.needed:
                raise BadTicket("A ticket number is needed", advice=looks or "Give the ticket that this belongs to.")
            return ""
        if len(ticket) > LONGEST:
            raise BadTicket(advice=f"It has more than {LONGEST} characters.")
        if self.pattern and _compiled(self.pattern).fullmatch(ticket.encode("utf-8", "replace").decode()) is None:
            raise BadTicket(advice=looks)
        return ticket


ANY_TICKET: Final = TicketRule()


def parse_pattern(pattern: str) -> str:
    """Check a pattern for ticket numbers and return it without space around it.

    Raises:
        BadInput: The pattern is not a regular expression, or one that needs more than linear time.
    """
    pattern = pattern.strip()
    if not pattern:
        return ""
    import re2  # noqa: PLC0415 - only where there is a pattern

    try:
        _compiled(pattern)
    except re2.error as error:
        raise BadInput(
            "The pattern for ticket numbers cannot be used",
            advice="Write it as in INC[0-9]{7} or [A-Z]+-[0-9]+, without look-around and back references.",
            detail=_why(error),
            field="ticket_pattern",
        ) from None
    return pattern


@cache
def _compiled(pattern: str) -> re2._Regexp[str]:
    """Return a pattern that is matched in linear time, so that no pattern and no ticket can make keydesk hang.

    RE2 has no back references and no look-around, which are what makes other matchers try for years, and it refuses a
    pattern that would take more than a few megabytes.

    Raises:
        re2.error: The pattern cannot be used.
    """
    import re2  # noqa: PLC0415 - as above

    options = re2.Options()
    options.log_errors = False  # else it would write across the screen
    return re2.compile(pattern, options)


def _why(error: Exception) -> str:
    why = error.args[0] if error.args else ""
    return plain(why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why), limit=LONGEST)
