"""Set the desk's rules for a whole team: looked at first, recorded in its ledger, in force for all from then on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.ledger.entry import RULES
from tui.desk.ledger.team_rules import RulesUnreadable
from tui.desk.recording import intent_of
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.written import differences, rules_from
from tui.desk.team.trouble import NotLeading
from tui.desk.text.plain import plain
from tui.desk.verification.facts import rules_now
from tui.desk.verification.reachable import read_reachable
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from tui.desk.session import Session

_WORDS: Final = 2


class RulesNotShared(BadInput):
    """The connector's ledger is on this machine alone, so its rules stand in its own file."""

    title = "This connector's rules are not shared"
    advice = "They stand in connectors.toml: change them there. A team sets its rules in one place: docs/team.md."


class RulesChanged(Trouble):
    """Somebody else has set other rules since these were compared with them."""

    title = "The rules were changed meanwhile"
    advice = "Nothing was set. Look at what is in force now, then set yours again."


class RulesChange(Struct, frozen=True):
    """Rules that could be set, beside those that are in force.

    Attributes:
        text: The rules as TOML; untrusted.
        changed: What they change, a line each in harmless words; empty for nothing.
        replaces: The number of the entry whose rules they replace; 0 for none.
        unsure: What could not be looked at, in a sentence; empty where all was.
    """

    text: str
    changed: tuple[str, ...]
    replaces: int
    unsure: str = ""


async def look_at_change(session: Session, text: str) -> RulesChange:
    """Check rules that somebody wants to set, as at a start, and compare them with those in force; sets nothing.

    Args:
        session: The session of whoever leads the desk.
        text: The rules as TOML, with the keys of a connector's table of rules at the top.

    Raises:
        RulesNotShared: The connector shares no team's record.
        NotLeading: The role may not.
        BadRules: A rule is none, or could never be met: this connector asks no phone, or the org has no such factor.
        LedgerError: The team's record could not be read.
    """
    if session.connector.store is None:
        raise RulesNotShared
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    reach = await read_reachable(session)
    rules = rules_from(text, reach.can)
    if not await asyncio.to_thread(session.ledger.leads):
        raise NotLeading
    try:
        now = await rules_now(session) or DEFAULT_RULES
    except RulesUnreadable:
        now = None
    found = session.team_rules.found
    if now is None:
        changed: tuple[str, ...] = ("all: what was in force could not be read",)
    elif found is None:
        changed = (
            "they count for the whole team, in the place of each agent's own; beside how rules come:",
            *differences(DEFAULT_RULES, rules),
        )
    else:
        changed = differences(now, rules)
    unsure = "" if reach.can is not None or not reach.looked else reach.said
    return RulesChange(text, changed, found.entry if found else 0, unsure)


async def set_rules(session: Session, change: RulesChange, reason: str) -> int:
    """Set rules for the whole team; returns the number of the ledger entry. They are in force when this returns.

    Args:
        session: The session of whoever leads the desk.
        change: What was looked at and confirmed.
        reason: Why.

    Raises:
        BadInput: There is no reason.
        RulesChanged: Somebody else was quicker.
        LedgerError: It could not be recorded, or the role may not.
    """
    reason = require_reason(reason)
    now = await asyncio.to_thread(session.ledger.desk_rules)
    if (now.seq if now else 0) != change.replaces:
        raise RulesChanged
    intent = intent_of(
        session,
        RULES,
        "Change the desk's rules",
        reason=reason,
        target="\n".join(change.changed),
        rules=change.text,
    )
    return await asyncio.to_thread(session.ledger.change_rules, intent)


def require_reason(reason: str) -> str:
    """Return a reason without what could harm a terminal.

    Raises:
        BadInput: It says nothing.
    """
    reason = plain(reason).strip()
    if len(reason.split()) < _WORDS:
        raise BadInput("Say why the rules change", advice="Add --reason, for the others who will read it.")
    return reason
