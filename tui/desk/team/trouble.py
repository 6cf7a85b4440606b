"""What may be wrong with a team's record, in words for agents; PostgreSQL's errors become these."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.desk.ledger.errors import LedgerBusy, LedgerError, LedgerFull, LedgerTooNew, PersonBusy
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

# SQLSTATE, by PostgreSQL's appendix of error codes. The first are of connections and of servers that stop, start, are
# full of connections, or are replicas; they pass by themselves. KD… are raised by keydesk's own functions.
_AWAY: Final = ("08", "57P01", "57P02", "57P03", "53300", "25006", "25P03")
_HELD: Final = ("55P03", "57014", "40001", "40P01", "25P04")
_NO_ROOM: Final = ("53100", "58030", "53200")
_NOT_SET_UP: Final = ("42P01", "3F000", "42883", "3D000")
_NOT_ALLOWED: Final = ("42501", "28")


class StoreAway(LedgerError):
    """The database cannot be reached, or cannot be written to for now. keydesk goes on trying by itself."""

    title = "The team's record is away"
    advice = (
        "No change can be made, because no record can be made. Looking people up and the feed go on, and keydesk tries "
        "again by itself."
    )


class DriverMissing(LedgerError):
    """The package that speaks to PostgreSQL is not installed."""

    title = "keydesk cannot speak to PostgreSQL"
    advice = "Install keydesk with its team extra: `pipx install 'keydesk[team]'`. No change can be made until then."


class NotSetUp(LedgerError):
    """The database holds no record of keydesk's."""

    title = "This database holds no team's record yet"
    advice = "Its owner makes it with `keydesk team init`. No change can be made until then."


class NoMember(LedgerError):
    """The role may not work for this org, or not do this."""

    title = "The team's record does not let this role in"
    advice = "Its owner lets a role in with `keydesk team init --agent ROLE`. Looking people up still works."


class WrongName(LedgerError):
    """Somebody would have written under another's name."""

    title = "The team's record refused the name"
    advice = "An entry stands in the name of the role that the store's address names, and in no other."


class NotLeading(LedgerError):
    """Only those who lead the desk change its rules."""

    title = "This role does not lead the desk"
    advice = "Whoever leads it changes its rules; the record's owner names them with `keydesk team init --lead ROLE`."


class NoticeTaken(Exception):
    """Another watcher recorded a try of the same notice in the meantime."""


OF_THE_STORE: Final = (StoreAway, DriverMissing, NotSetUp, NoMember, LedgerTooNew, LedgerFull)
"""What keeps this agent from recording anything at all, unlike what is wrong with one record."""
_OURS: Final[dict[str, type[LedgerError]]] = {"KD001": NoMember, "KD002": WrongName, "KD008": NotLeading}
_OF_ENTRIES: Final = {
    "KD003": "There is no such entry in the ledger",
    "KD004": "That entry has its outcome already",
    "KD005": "That entry is not open",
}


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn every error of PostgreSQL into a `LedgerError`.

    Raises:
        NoticeTaken: A notice of that key was recorded just now.
    """
    try:
        yield
    except Trouble:
        raise
    except Exception as error:
        import psycopg  # noqa: PLC0415 - imported by now

        if isinstance(error, psycopg.Error):
            raise translated(error) from error
        raise


def translated(error: psycopg.Error) -> Exception:
    """Return what an error of PostgreSQL means here."""
    import psycopg  # noqa: PLC0415 - imported by now

    state = error.sqlstate or ""
    words = plain(error.diag.message_primary or str(error), limit=300)
    if state == "KD007":
        return _busy(error.diag.message_detail or "")
    if state in _OF_ENTRIES:
        return LedgerError(_OF_ENTRIES[state], advice="")
    if state in _OURS:
        return _OURS[state](detail=words)
    if error.diag.constraint_name == "record_notice":
        return NoticeTaken()
    for states, kind in (
        (_AWAY, StoreAway), (_HELD, LedgerBusy), (_NO_ROOM, LedgerFull), (_NOT_SET_UP, NotSetUp),
        (_NOT_ALLOWED, NoMember),
    ):  # fmt: skip
        if state.startswith(states):
            return kind(detail=words)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):  # a connection that broke has no state
        return StoreAway(detail=words)
    return LedgerError(detail=f"{state} {words}".strip())


def _busy(detail: str) -> PersonBusy:
    """Return who is acting on the person, what they do and since when."""
    try:
        told = json.loads(detail)
        since = datetime.fromtimestamp(float(told["since"]), UTC).astimezone()
        who, what = plain(str(told["agent"]), limit=80), plain(str(told["title"]), limit=80)
        return PersonBusy(
            f"{who} is acting on this person: {what}, since {since:%H:%M:%S}", detail=f"entry {told['entry']}"
        )
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return PersonBusy()
