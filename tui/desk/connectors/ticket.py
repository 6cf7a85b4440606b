"""The ticket's number: whether a connector wants one, and what it has to look like."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Final

from tui.trouble import BadInput

LONGEST: Final = 80


class BadTicket(BadInput):
    """A ticket number that this connector does not take."""

    field = "ticket"
    title = "This is not a ticket number"


@dataclass(frozen=True, slots=True)
class TicketRule:
    """What a connector asks of ticket numbers.

    Attributes:
        pattern: A regular expression that the whole number fits; empty for any.
        needed: Whether nothing is done without one.
    """

    pattern: str = ""
    needed: bool = False

    def check(self, ticket: str) -> str:
        """The ticket's number without space around it; empty where none is given and none is needed.

        Raises:
            BadTicket: One is needed, or it does not look as it must.
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
    """A pattern for ticket numbers, as it was given.

    Raises:
        BadInput: It is not a regular expression.
    """
    pattern = pattern.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python finds doubtful would be printed across the screen
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise BadInput(
            "The pattern for ticket numbers is not a regular expression",
            advice="Write it as in INC[0-9]{7} or [A-Z]+-[0-9]+.",
            detail=str(error),
            field="ticket_pattern",
        ) from None
    return pattern
