"""The paragraphs of a confirmation: who the person is, what will happen to them, what is sent. All text is harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.people.badges import admin_badge
from tui.desk.people.card import tone_of
from tui.desk.text import okta_terms as words
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.actions.grammar import Action, Plan
    from tui.desk.people.person import Person
    from tui.okta.calls import Call
    from tui.okta.models import User


SHORTEST_NAME: Final = 2
LAST: Final = 4
"""The last characters of an employee number that name its person."""
LINE: Final = 74
"""Characters of a call that fit a confirmation's line in a terminal of 80."""


class ConfirmationLine(Struct, frozen=True):
    """One paragraph of a confirmation.

    Attributes:
        text: Harmless text.
        tone: The meaning, from which the colour follows.
        strong: Whether the paragraph stands out.
    """

    text: str
    tone: Tone = Tone.PLAIN
    strong: bool = False


def who(person: Person, now: datetime, namesakes: tuple[str, ...] = ()) -> tuple[ConfirmationLine, ...]:
    """Return the paragraphs about the person: enough to notice that it is a namesake.

    Args:
        person: The person whom the action is for.
        now: The local time.
        namesakes: The logins of other people of the same name whom the agent has seen.
    """
    user = person.user
    manager = user.text("manager") or user.text("managerId")
    facts = (user.login, user.text("title"), user.text("department"))
    known = (
        f"manager {manager}" if manager else "no manager known",
        f"last sign-in {words.last_sign_in(user, now)}",
    )
    paragraphs = [
        ConfirmationLine(plain(user.name), strong=True),
        ConfirmationLine(" · ".join(plain(fact) for fact in facts if fact)),
        ConfirmationLine(" · ".join(map(plain, known))),
        ConfirmationLine(plain(person.headline(now)), tone_of(user.status, blocked=person.blocked)),
    ]
    if role := person.admin.value:
        badge = admin_badge(role)
        paragraphs.append(
            ConfirmationLine(f"{badge.text}: they have an admin role of Okta's; make sure who asks.", badge.tone)
        )
    if namesakes:
        others = f" and {len(namesakes) - 1} more" if len(namesakes) > 1 else ""
        paragraphs.append(
            ConfirmationLine(f"Not the only one of this name: there is also {plain(namesakes[0])}{others}.", Tone.WARN)
        )
    return tuple(paragraphs)


def typed_words(user: User) -> str:
    """Return what an agent may type to confirm what cannot be undone, for the placeholder of that field."""
    parts = ["the login", *(["the first name"] if _first_name(user) else [])]
    parts += ["the last 4 of the employee number"] if _last_four(user) else []
    return f"Type {', '.join(parts[:-1])} or {parts[-1]}" if len(parts) > 1 else "Type the login"


def is_typed(user: User, typed: str) -> bool:
    """Whether a text names the person, so that a destructive action is for nobody else and not confirmed by rhythm.

    That is the login, the first name, or the last four characters of the employee number, which the caller reads out,
    each in either case. A first name or number too short to be typed on purpose does not count. The app and the command
    line ask the same.
    """
    names = {name.casefold() for name in (user.login, _first_name(user), _last_four(user)) if name}
    return typed.strip().casefold() in names


def _first_name(user: User) -> str:
    name = plain(user.text("firstName")).strip()
    return name if len(name) >= SHORTEST_NAME else ""


def _last_four(user: User) -> str:
    number = plain(user.employee_number).strip()
    return number[-LAST:] if len(number) >= LAST else ""


def attack(words: str, step: str) -> tuple[ConfirmationLine, ...]:
    """Return the warning before a change that an attacker may be waiting for; nothing where no attack is known.

    Args:
        words: The verdict, in a harmless sentence without a full stop; empty for none.
        step: What to do first, in harmless sentences.
    """
    if not words:
        return ()
    return (
        ConfirmationLine(f"May be an attack: {words}.", Tone.BAD, strong=True),
        ConfirmationLine(f"First: {step}", Tone.BAD),
    )


def looked(unread: str | None) -> ConfirmationLine | None:
    """Return whether somebody looked for an attack; `None` where the log was read, since the rest is said then.

    Args:
        unread: Why nobody looked, in a harmless sentence without a full stop; empty where the log was read, `None`
            while it is being read.
    """
    if unread is None:
        return ConfirmationLine("Looking in the System Log whether it may be an attack …", Tone.MUTED)
    return ConfirmationLine(f"Nobody looked whether it may be an attack: {unread}.", Tone.WARN) if unread else None


def unsuspected() -> ConfirmationLine:
    """Return that somebody looked for an attack, and that nothing points to one.

    A dialog with room for it shows it where it said that it was looking, so that nothing in it moves.
    """
    return ConfirmationLine("Nothing in the System Log of the last week points to an attack.", Tone.MUTED)


def consequences(plan: Plan) -> tuple[ConfirmationLine, ...]:
    """Return the paragraphs about the action: its effects, notes, who gets a mail, and the person's next step."""
    action = plan.action
    paragraphs = [ConfirmationLine(plan.sentence, strong=True), ConfirmationLine(plan.effect)]
    paragraphs += [ConfirmationLine(note) for target in plan.targets for note in target.notes]
    paragraphs += notes(action, plan.person)
    if action.after:
        paragraphs.append(ConfirmationLine(f"What they do next: {action.after}", Tone.MUTED))
    return tuple(paragraphs)


def notes(action: Action, person: Person) -> list[ConfirmationLine]:
    """Return the notes that follow from the person and the action alone, without its targets."""
    paragraphs: list[ConfirmationLine] = []
    user = person.user
    if note := action.note_on_directory(person):
        paragraphs.append(ConfirmationLine(f"{plain(words.provider_words(user))}: {note}", Tone.WARN))
    if action.mails:
        paragraphs.append(_mail(user))
    return paragraphs


def call_lines(call: Call, width: int = LINE) -> list[str]:
    """Return the lines that show a call as it is sent; the query and the body of a long call get lines of their own.

    Args:
        call: The call.
        width: The characters that fit a line; a line is longer only where nothing in it can be broken.
    """
    path, question, query = call.target.partition("?")
    if len(str(call)) <= width and not call.body:
        return [plain(str(call))]
    indent = " " * (len(call.method) + 1)
    first, *parts = _broken(path, "(?=/)", width - len(indent))
    parts += _broken(f"{question}{query}", "(?=&)", width - len(indent))
    parts += _broken(call.body.decode("utf-8", "replace"), "(?<=,)", width - len(indent))
    return [plain(f"{call.method} {first}"), *(f"{indent}{plain(part)}" for part in parts if part)]


def _broken(text: str, where: str, width: int) -> list[str]:
    """Return a text in lines that end where a pattern says, so that none breaks within a word if it can be helped."""
    lines = [""]
    for part in re.split(where, text):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _mail(user: User) -> ConfirmationLine:
    """Return which addresses get the mail. A setting that no call returns decides about the second one."""
    first, second = plain(user.email), plain(user.text("secondEmail"))
    if not first and not second:
        return ConfirmationLine("No address is known: the mail will reach nobody.", Tone.BAD)
    text = f"Okta mails it to {first or 'no primary address'}."
    if second:
        text += f" The second address, {second}, gets it too where the org's settings say so."
    return ConfirmationLine(text, Tone.PLAIN if first else Tone.WARN)
