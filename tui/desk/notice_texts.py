"""What notices say: templates with safe defaults in plain language, filled with a person's data as plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.notice_defaults import DEFAULTS
from tui.desk.notices import Message, Topic
from tui.desk.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.desk.notice_rules import NoticeRules
    from tui.desk.notices import Occasion

LONGEST: Final = 200
"""Characters of one value; a name is no novel."""
LARGEST: Final = 64 * 1024
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
PERSON: Final = ("name", "first_name", "login", "email", "id")
DESK: Final = ("desk", "desk_phone", "portal")
FIELDS: Final = {
    Topic.LOCKOUT: frozenset({*PERSON, *DESK, "when", "where", "what", "unlock"}),
    Topic.EXPIRY: frozenset({*PERSON, *DESK, "days", "date", "how"}),
    Topic.DIGEST: frozenset({"desk", "date", "summary"}),
    Topic.TEST: frozenset({*PERSON, *DESK}),
}
"""What the text of each topic may name in braces."""


class BadTemplate(BadInput):
    """A text cannot be used."""

    title = "A text of the notices cannot be used"


@dataclass(frozen=True, slots=True)
class Template:
    """A text of one topic in one language.

    Attributes:
        topic: What about.
        language: Two letters, or those with a region: `en`, `de-CH`.
        subject: One line.
        body: Lines.
    """

    topic: Topic
    language: str
    subject: str
    body: str


def parse(text: str, topic: Topic, language: str, where: str) -> Template:
    """Read a template: `Subject: …` in the first line, an empty line, the text.

    Raises:
        BadTemplate: It has no subject, or names a field that there is not.
    """
    first, _, rest = text.replace("\r\n", "\n").partition("\n")
    label, colon, subject = first.partition(":")
    if not colon or label.strip().casefold() != "subject" or not subject.strip():
        raise BadTemplate(f"{where} has no subject", advice="Its first line has to be `Subject: …`.")
    known = FIELDS[topic]
    for name in _FIELD.findall(text):
        if name not in known:
            told = ", ".join(f"{{{field}}}" for field in sorted(known))
            raise BadTemplate(
                f"{where} names {{{plain(name, limit=40)}}}, which there is not", advice=f"Known: {told}."
            )
    return Template(topic, language, subject.strip(), rest.strip("\n"))


def templates(folder: Path) -> dict[tuple[Topic, str], Template]:
    """All templates: keydesk's own, and over them the files `<topic>.<language>.txt` of a folder.

    Raises:
        BadTemplate: One of the files cannot be used.
    """
    found = {key: parse(text, *key, f"keydesk's own text {key}") for key, text in DEFAULTS.items()}
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        topic, _, language = path.stem.partition(".")
        if topic not in {one.value for one in Topic} or not language:
            raise BadTemplate(f"{path.name} is not named as a text", advice="Name it like lockout.en.txt.")
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadTemplate(f"{path} cannot be read", detail=type(error).__name__) from None
        if len(text) > LARGEST:
            raise BadTemplate(f"{path} is too large")
        found[Topic(topic), language.casefold()] = parse(text, Topic(topic), language.casefold(), str(path))
    return found


def choose(found: Mapping[tuple[Topic, str], Template], topic: Topic, language: str, default: str) -> Template:
    """The text in somebody's language, else in the language of the desk, else in English."""
    wanted = language.replace("_", "-").casefold()
    for name in (wanted, wanted.partition("-")[0], default.casefold(), "en"):
        if (topic, name) in found:
            return found[topic, name]
    raise BadTemplate(f"There is no text for {topic.value}")


def message(occasion: Occasion, rules: NoticeRules, to: str) -> Message:
    """The text for an occasion, filled with the person's data.

    A value is one line of harmless text, and what looks like a field in it stays as it is.
    """
    user = occasion.user
    language = user.text(rules.language_attribute) if user else ""
    template = choose(rules.templates, occasion.topic, language, rules.language)
    values = {
        "name": user.name if user else "",
        "first_name": (user.first_name or user.name) if user else "",
        "login": user.login if user else "",
        "email": user.email if user else "",
        "id": user.id if user else "",
        "desk": rules.desk,
        "desk_phone": rules.desk_phone,
        "portal": rules.portal,
    } | dict(occasion.fields)
    lined = {name: value if name == "summary" else plain(value, limit=LONGEST) for name, value in values.items()}

    def fill(text: str) -> str:
        return _FIELD.sub(lambda match: lined.get(match[1], ""), text)

    body = "\n".join(line.rstrip() for line in fill(template.body).splitlines())
    body = re.sub(r"\n{3,}", "\n\n", body).strip("\n")  # a line that only an empty value stood in leaves no hole
    return Message(to, plain(fill(template.subject), limit=LONGEST), body, template.language, lined)
