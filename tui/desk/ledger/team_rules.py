"""The desk's rules that a team's record holds: read anew before each change, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.ledger.errors import LedgerError
from tui.desk.rules.rules import BadRules, DeskRules
from tui.desk.rules.strength import Strength
from tui.desk.rules.tiers import TIERS, Tier

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.ledger.entry import Entry
    from tui.desk.ledger.protocol import LedgerStore


class RulesUnreadable(LedgerError):
    """The team's record holds rules that this keydesk cannot read, so nobody knows what they want."""

    title = "The team's rules cannot be read"
    advice = (
        "No change can be made, since it is not known what the rules want. A newer keydesk may have set them: upgrade "
        "this one, or have whoever leads the desk set them again."
    )


class SetRules(Struct, frozen=True):
    """Rules that somebody has set for the whole team.

    Attributes:
        entry: The number of the ledger entry.
        agent: Who set them.
        at: When, by the clock of the team's database.
        reason: Why, in their words; untrusted.
        text: The rules as TOML, as they were given; untrusted.
        rules: The rules; `None` where they cannot be read.
    """

    entry: int
    agent: str
    at: datetime
    reason: str
    text: str
    rules: DeskRules | None


class TeamRules:
    """The rules of a team as they were read last; one object for all features of a session.

    Attributes:
        found: The rules that were set last; `None` for none, or where nothing was read yet.
        trouble: Why they cannot be read; `None` where they can.
    """

    def __init__(self) -> None:
        self.found: SetRules | None = None
        self.trouble: RulesUnreadable | None = None

    def read(self, ledger: LedgerStore) -> None:
        """Read which rules are in force now; waits for the team's database, so never on the event loop.

        Raises:
            RulesUnreadable: They were set by a keydesk that knows more, or are damaged.
            LedgerError: The record could not be read; what was read before stays.
        """
        entry = ledger.desk_rules()
        if entry is None:
            self.found, self.trouble = None, None
        elif self.found is None or self.found.entry != entry.seq:
            self.found, self.trouble = _read(entry)
        if self.trouble is not None:
            raise self.trouble

    def in_force(self, own: DeskRules) -> DeskRules:
        """Return the rules by what was read last; the connector's own ones where the team has set none.

        Where the team's cannot be read, everything takes what nobody can give: no other rules stand in for them.
        """
        if self.found is None:
            return own
        return self.found.rules or _SHUT


def _read(entry: Entry) -> tuple[SetRules, RulesUnreadable | None]:
    from tui.desk.rules.written import rules_from  # noqa: PLC0415 - a session without a team reads none

    intent = entry.intent
    rules, wrong = None, "" if entry.readable else "The entry is damaged."
    try:
        rules = rules_from(intent.rules) if entry.readable else None
    except BadRules as bad:
        wrong = bad.advice
    trouble = RulesUnreadable(detail=f"entry {entry.seq}: {wrong}") if wrong else None
    return SetRules(entry.seq, intent.agent, entry.at, intent.reason, intent.rules, rules), trouble


_SHUT = DeskRules(
    tiers=dict.fromkeys(TIERS, Tier.TOP), proof=Strength.TOP, attested=frozenset(), attested_top=frozenset(),
    stop_on=frozenset(),
)  # fmt: skip
"""What stands for rules that cannot be read, wherever something is only shown by them; what judges refuses."""
