"""Ticket numbers: whether a connector requires one, and the pattern that it must match."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Final

from tui.trouble import BadInput

LONGEST: Final = 80


class BadTicket(BadInput):
    """A ticket number is missing, or does not match the connector's pattern."""

    field = "ticket"
    title = "This is not a ticket number"


@dataclass(frozen=True, slots=True)
class TicketRule:
    """A connector's rule for ticket numbers.

    Attributes:
        pattern: The regular expression that the whole number must match; empty for any number.
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
        if self.pattern and re.fullmatch(self.pattern, ticket) is None:
            raise BadTicket(advice=looks)
        return ticket


ANY_TICKET: Final = TicketRule()


def parse_pattern(pattern: str) -> str:
    """Check a pattern for ticket numbers and return it without space around it.

    Raises:
        BadInput: The pattern is not a regular expression.
    """
    pattern = pattern.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # else Python would print a warning across the screen
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise BadInput(
            "The pattern for ticket numbers is not a regular expression",
            advice="Write it as in INC[0-9]{7} or [A-Z]+-[0-9]+.",
            detail=str(error),
            field="ticket_pattern",
        ) from None
    return pattern
