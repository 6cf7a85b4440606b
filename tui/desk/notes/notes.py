"""What can be copied of a person, a verdict, a lockout, an expiry or a ledger entry: one note for each part.

All texts are harmless, so they hold no control character whatever a profile holds; what is meant for a shell is quoted
for one.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.ledger.words import entry_lines, outcome_words
from tui.desk.lockouts import words as lockouts_words
from tui.desk.notes.template import NoteTemplate
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tui.desk.ledger.entry import Entry
    from tui.desk.lockouts.case import Case
    from tui.desk.people.person import Person
    from tui.desk.software.offers import Offer
    from tui.desk.why.verdict import Verdict
    from tui.okta.models import User

LABEL = 13
EVIDENCE_LINES = 6
"""Lines of evidence in a note for a ticket: the most important come first, the rest stays on the screen."""


class Note(Struct, frozen=True):
    """One text to copy.

    Attributes:
        title: What it is, as the choice of parts shows it: `The login`.
        text: Harmless text, of one line or several.
    """

    title: str
    text: str


def entry_notes(entry: Entry, template: NoteTemplate | None = None, *, state_now: str = "") -> tuple[Note, ...]:
    """Return the ticket text of a ledger entry, and its parts.

    Args:
        entry: The entry.
        template: The template of the ticket text; without one keydesk's own.
        state_now: The person's state as read after the action, in words; empty where nobody read it.
    """
    intent = entry.intent
    before = okta_terms.status_words(intent.status)
    values = {
        "action": intent.title,
        "outcome": outcome_words(entry),
        "name": intent.person_name,
        "login": intent.person_login,
        "target": intent.target,
        "before": before if state_now and state_now != before else "",
        "after": state_now if state_now != before else "",
        "reason": intent.reason,
        "ticket": intent.ticket,
        "agent": intent.agent,
        "origin": intent.origin,
        "time": f"{entry.at.astimezone():%Y-%m-%d %H:%M %Z}",
        "entry": str(entry.seq),
        "connector": intent.connector,
        "org": intent.org,
        "request": entry.request_id,
        "detail": entry.settled or (entry.detail if entry.open or outcome_words(entry) != "done" else ""),
    }
    notes = [
        Note("The ticket text", (template or NoteTemplate()).fill(values)),
        Note("The whole entry", labelled(entry_lines(entry))),
        Note("The login", plain(intent.person_login)),
    ]
    if entry.request_id:
        notes.append(Note("Okta's request id", plain(entry.request_id)))
    notes.append(Note("The command that shows it", shell("keydesk", "ledger", "show", str(entry.seq))))
    return tuple(note for note in notes if note.text)


def person_notes(person: Person, now: datetime, lines: Iterable[tuple[str, str]]) -> tuple[Note, ...]:
    """Return the parts of a person that can be copied, the whole card last.

    Args:
        person: The person.
        now: The time by Okta's clock.
        lines: The card as label and text, as `tui.desk.people.card.card_lines` makes it.
    """
    user = person.user
    where = " · ".join(filter(None, (plain(user.text("title")), plain(user.text("department")))))
    short = "\n".join(filter(None, (f"{plain(user.name)} ({plain(user.login)})", where, plain(person.headline(now)))))
    return (Note("Who it is, and their state", short), *_of_user(user), Note("The whole card", labelled(lines)))


def software_notes(user: User, offer: Offer | None) -> tuple[Note, ...]:
    """Return whether a person has a piece of software as a text for a ticket, and who they are.

    Args:
        user: The person.
        offer: The software, and how the person has it; `None` for none.
    """
    if offer is None:
        return _of_user(user)
    name = plain(offer.name, limit=80)
    has = f"has {name}: {plain(offer.how)}" if offer.has else f"does not have {name}"
    return (Note(name, f"{plain(user.name)} ({plain(user.login)}) {has}."), *_of_user(user))


def verdict_notes(verdict: Verdict, user: User, now: datetime) -> tuple[Note, ...]:
    """Return the verdict as a text for a ticket, and its parts.

    Args:
        verdict: The verdict, whose texts are harmless.
        user: The person whom it is about.
        now: The time by Okta's clock.
    """
    lines = [f"{plain(user.name)} ({plain(user.login)}): {verdict.headline}."]
    if verdict.since:
        lines.append(f"Since {verdict.since.astimezone():%Y-%m-%d %H:%M %Z}, {okta_terms.ago(verdict.since, now)}.")
    lines += [f"{text}." for text in (verdict.why,) if text]
    lines.append(f"How sure: {verdict.sure.value}.")
    lines.append(f"Next step: {verdict.step.text}")
    lines += [f"  {text}" for text in (verdict.step.detail,) if text]
    lines += [f"Also: {text}" for text in verdict.also]
    evidence = [_evidence(item.at, item.text, item.client, item.place, item.network) for item in verdict.evidence]
    shown = [*lines, "Evidence:", *evidence[:EVIDENCE_LINES]] if evidence else lines
    missing = [f"Not read: {text}" for text in verdict.missing]
    whole = Note("The verdict with all evidence", "\n".join([*lines, "Evidence:", *evidence, *missing]))
    return (
        Note("The verdict", "\n".join([*shown, *missing])),
        Note("The next step", " ".join(filter(None, (verdict.step.text, verdict.step.detail)))),
        *((whole,) if len(evidence) > EVIDENCE_LINES else ()),
        *_of_user(user),
    )


def case_notes(case: Case, now: datetime, taken_by: str = "") -> tuple[Note, ...]:
    """Return a lockout as a text for a ticket, and its parts.

    Args:
        case: The lockout.
        now: The time by Okta's clock.
        taken_by: The agent who takes care of it; empty for nobody.
    """
    login = plain(case.login)
    return (
        Note("The lockout", f"{plain(case.name) or login} ({login}): {lockouts_words.whole(case, now, taken_by)}"),
        Note("The login", login),
        Note("Okta's id of the person", plain(case.user_id)),
        Note("The command that says why", shell("keydesk", "why", login)),
    )


def user_notes(user: User, fact: str = "") -> tuple[Note, ...]:
    """Return the parts of a person in a list, with a fact that the list shows of them.

    Args:
        user: The person.
        fact: The fact in harmless words, such as when the password expires; may be empty.
    """
    who = f"{plain(user.name)} ({plain(user.login)})"
    return (Note("The row", f"{who}: {fact}" if fact else who), *_of_user(user))


def together(rows: Sequence[Sequence[Note]]) -> tuple[Note, ...]:
    """Return what can be copied of several rows as one note for each part: those of one row as they are.

    Texts of several lines have an empty line between them; the same line is not there twice.

    Args:
        rows: For each row its notes. A part that the first row does not have is left out.
    """
    if len(rows) < 2:  # noqa: PLR2004 - one row, or none
        return tuple(rows[0]) if rows else ()
    notes = []
    for title in (note.title for note in rows[0]):
        texts = list(dict.fromkeys(note.text for row in rows for note in row if note.title == title))
        between = "\n\n" if any("\n" in text for text in texts) else "\n"
        notes.append(Note(f"{title}, of {len(rows)}", between.join(texts)))
    return tuple(notes)


def labelled(lines: Iterable[tuple[str, str]]) -> str:
    """Return label and text as lines in two columns."""
    return "\n".join(f"{label:<{LABEL}}{text}".rstrip() for label, text in lines)


def shell(*words: str) -> str:
    """Return a command line for a POSIX shell in which no word can become another command, an option or a line end."""
    harmless = [plain(word) for word in words]
    last = harmless[-1]
    if last.startswith("-"):
        harmless[-1:] = ["--", last]
    return shlex.join(harmless)


def _of_user(user: User) -> tuple[Note, ...]:
    login = plain(user.login)
    parts = (
        Note("The login", login),
        Note("The mail address", plain(user.email) if user.email != user.login else ""),
        Note("Okta's id", plain(user.id)),
        Note("The command that says why", shell("keydesk", "why", login)),
    )
    return tuple(part for part in parts if part.text)


def _evidence(at: datetime | None, text: str, *where: str) -> str:
    when = f"{at.astimezone():%m-%d %H:%M}  " if at else ""
    return f"  {when}{' · '.join(filter(None, (text, *where)))}"
