"""What an agent is told before an action: who, what will happen, what it does to them, what is sent. Harmless text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.people.card import tone_of
from tui.desk.people.providers import DIRECTORIES
from tui.desk.text import okta_terms as words
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.actions.grammar import Action, Plan
    from tui.desk.people.person import Person
    from tui.okta.calls import Call
    from tui.okta.models import User


LINE: Final = 74
"""Characters of a call that fit a confirmation's line in a terminal of 80."""


@dataclass(frozen=True, slots=True)
class Told:
    """One paragraph.

    Attributes:
        text: Harmless text.
        tone: How it is meant.
        strong: Whether it is to stand out.
    """

    text: str
    tone: Tone = Tone.PLAIN
    strong: bool = False


def who(person: Person, now: datetime, namesakes: tuple[str, ...] = ()) -> tuple[Told, ...]:
    """The person: enough to notice the wrong namesake.

    Args:
        person: Whom it is about.
        now: The local time.
        namesakes: The logins of others whom the agent saw under the same name.
    """
    user = person.user
    manager = user.text("manager") or user.text("managerId")
    facts = (
        user.login,
        user.text("title"),
        user.text("department"),
        f"manager {manager}" if manager else "no manager known",
        f"last sign-in {words.ago(user.when('last_login'), now)}",
    )
    told = [
        Told(plain(user.name), strong=True),
        Told(" · ".join(plain(fact) for fact in facts if fact)),
        Told(plain(person.headline(now)), tone_of(user.status, blocked=person.blocked)),
    ]
    if namesakes:
        others = f" and {len(namesakes) - 1} more" if len(namesakes) > 1 else ""
        told.append(Told(f"Not the only one of this name: there is also {plain(namesakes[0])}{others}.", Tone.WARN))
    return tuple(told)


def attacked(words: str) -> Told:
    """What an agent has to know before an unlock that an attacker may be waiting for."""
    return Told(f"May be an attack: {words}. Tell security first; unlocked, it can go on.", Tone.BAD)


def consequences(plan: Plan) -> tuple[Told, ...]:
    """What will happen, what it does to the person, what to know before, who gets a mail, what comes next."""
    action, user = plan.action, plan.person.user
    told = [Told(plan.sentence, strong=True), Told(plan.effect)]
    told += [Told(note) for target in plan.targets for note in target.notes]
    told += notes(action, user)
    if action.after:
        told.append(Told(f"What they do next: {action.after}", Tone.MUTED))
    return tuple(told)


def notes(action: Action, user: User) -> list[Told]:
    """What to know of this person before, whatever it is aimed at."""
    told: list[Told] = []
    if action.directory_note and user.provider_type in DIRECTORIES:
        told.append(Told(f"{plain(words.provider_words(user))}: {action.directory_note}", Tone.WARN))
    if action.mails:
        told.append(_mail(user))
    return told


def call_lines(call: Call) -> list[str]:
    """A call as it is sent; a long one goes on with its query and its body on lines of their own."""
    path, question, query = call.target.partition("?")
    parts = [f"{call.method} {path}", f"{question}{query}", call.body.decode("utf-8", "replace")]
    if len("".join(parts)) <= LINE and not call.body:
        return [plain(str(call))]
    indent = " " * (len(call.method) + 1)
    return [plain(parts[0]), *(f"{indent}{plain(part)}" for part in parts[1:] if part)]


def _mail(user: User) -> Told:
    """Which addresses get the mail; Okta decides on the second one by a setting that no call tells."""
    first, second = plain(user.email), plain(user.text("secondEmail"))
    if not first and not second:
        return Told("No address is known: the mail will reach nobody.", Tone.BAD)
    text = f"Okta mails it to {first or 'no primary address'}."
    if second:
        text += f" The second address, {second}, gets it too where the org's settings say so."
    return Told(text, Tone.PLAIN if first else Tone.WARN)
