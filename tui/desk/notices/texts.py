"""The texts of notices: templates by topic and language, keydesk's own and the admin's, filled with a person's data.

None of keydesk's own texts asks for a password or for a click.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from tui.desk.notices.notice import Message, Topic
from tui.desk.text.plain import plain
from tui.local_file import read_limited
from tui.trouble import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.notices.notice import Occasion

LONGEST: Final = 200
"""Characters of one value: whoever can change their own profile cannot fill a message with it."""
LARGEST: Final = 64 * 1024
"""Characters of a template."""
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
PERSON: Final = ("name", "first_name", "login", "email", "id")
DESK: Final = ("desk", "desk_phone", "portal")
FIELDS: Final = {
    Topic.LOCKOUT: frozenset({*PERSON, *DESK, "when", "where", "what", "unlock"}),
    Topic.EXPIRY: frozenset({*PERSON, *DESK, "days", "date", "how"}),
    Topic.UNLOCKED: frozenset({*PERSON, *DESK, "when"}),
    Topic.RESET: frozenset({*PERSON, *DESK, "when", "what"}),
    Topic.FACTORS: frozenset({*PERSON, *DESK, "when", "what"}),
    Topic.DIGEST: frozenset({"desk", "date", "summary"}),
    Topic.ALARM: frozenset({"desk", "date", "summary"}),
    Topic.TEST: frozenset({*PERSON, *DESK}),
}
"""The fields that the template of each topic may name in braces."""

_LOCKOUT_EN: Final = """\
Subject: Your account was locked

Hello {first_name},

your account {login} was locked on {when}, because sign-ins with a wrong password failed too often.
{what}
{where}

{unlock}

Was it not you? Then tell {desk} at once. {desk_phone}
{portal}

Nobody at {desk} ever asks for your password, and this message has no link to sign in with.
"""
_EXPIRY_EN: Final = """\
Subject: Your password expires in {days}

Hello {first_name},

the password of your account {login} expires in {days}, on about {date}.

{how}
{portal}

If that does not work, ask {desk}. {desk_phone}

Nobody at {desk} ever asks for your password, and this message has no link to sign in with.
"""
_LOCKOUT_DE: Final = """\
Subject: Dein Konto wurde gesperrt

Hallo {first_name},

dein Konto {login} wurde am {when} gesperrt, weil Anmeldungen mit falschem Passwort zu oft fehlschlugen.

Warst du das nicht? Dann melde dich sofort bei {desk}. {desk_phone}
{portal}

Niemand bei {desk} fragt je nach deinem Passwort, und diese Nachricht enth\u00e4lt keinen Link zum Anmelden.
"""
_EXPIRY_DE: Final = """\
Subject: Dein Passwort l\u00e4uft bald ab

Hallo {first_name},

das Passwort deines Kontos {login} l\u00e4uft etwa am {date} ab.

Melde dich wie gewohnt an und \u00e4ndere es in den Einstellungen deines Kontos.
{portal}

Wenn das nicht geht, frage {desk}. {desk_phone}

Niemand bei {desk} fragt je nach deinem Passwort, und diese Nachricht enth\u00e4lt keinen Link zum Anmelden.
"""
_UNLOCKED_EN: Final = """\
Subject: Your account was unlocked

Hello {first_name},

your account {login} was unlocked by {desk} on {when}. You can sign in again with your password.
{portal}

Did you not ask for this? Then tell {desk} at once. {desk_phone}

Nobody at {desk} ever asks for your password, and this message has no link to sign in with.
"""
_RESET_EN: Final = """\
Subject: Your password was reset

Hello {first_name},

the password of your account {login} was reset by {desk} on {when}.
{what}
{portal}

Did you not ask for this? Then tell {desk} at once. {desk_phone}

Nobody at {desk} ever asks for your password, and this message has no link to sign in with.
"""
_FACTORS_EN: Final = """\
Subject: Your sign-in methods were changed

Hello {first_name},

the sign-in methods of your account {login} were changed by {desk} on {when}.
{what}
{portal}

Did you not ask for this? Then tell {desk} at once. {desk_phone}

Nobody at {desk} ever asks for your password, and this message has no link to sign in with.
"""
_UNLOCKED_DE: Final = """\
Subject: Dein Konto wurde entsperrt

Hallo {first_name},

dein Konto {login} wurde am {when} von {desk} entsperrt. Du kannst dich wieder mit deinem Passwort anmelden.
{portal}

Hast du nicht darum gebeten? Dann melde dich sofort bei {desk}. {desk_phone}

Niemand bei {desk} fragt je nach deinem Passwort, und diese Nachricht enth\u00e4lt keinen Link zum Anmelden.
"""
_RESET_DE: Final = """\
Subject: Dein Passwort wurde zur\u00fcckgesetzt

Hallo {first_name},

das Passwort deines Kontos {login} wurde am {when} von {desk} zur\u00fcckgesetzt.
{portal}

Hast du nicht darum gebeten? Dann melde dich sofort bei {desk}. {desk_phone}

Niemand bei {desk} fragt je nach deinem Passwort, und diese Nachricht enth\u00e4lt keinen Link zum Anmelden.
"""
_FACTORS_DE: Final = """\
Subject: Deine Anmeldemethoden wurden ge\u00e4ndert

Hallo {first_name},

die Anmeldemethoden deines Kontos {login} wurden am {when} von {desk} ge\u00e4ndert.
{portal}

Hast du nicht darum gebeten? Dann melde dich sofort bei {desk}. {desk_phone}

Niemand bei {desk} fragt je nach deinem Passwort, und diese Nachricht enth\u00e4lt keinen Link zum Anmelden.
"""
_DIGEST_EN: Final = """\
Subject: keydesk: lockouts and passwords, {date}

{summary}
"""
_ALARM_EN: Final = """\
Subject: keydesk: a push was denied during a call, {date}

{summary}
"""
_TEST_EN: Final = """\
Subject: A test from keydesk

This is a test of the notices that keydesk sends for {desk}. If you can read it, this way works.
"""

DEFAULTS: Final = {
    (Topic.LOCKOUT, "en"): _LOCKOUT_EN,
    (Topic.EXPIRY, "en"): _EXPIRY_EN,
    (Topic.LOCKOUT, "de"): _LOCKOUT_DE,
    (Topic.EXPIRY, "de"): _EXPIRY_DE,
    (Topic.UNLOCKED, "en"): _UNLOCKED_EN,
    (Topic.UNLOCKED, "de"): _UNLOCKED_DE,
    (Topic.RESET, "en"): _RESET_EN,
    (Topic.RESET, "de"): _RESET_DE,
    (Topic.FACTORS, "en"): _FACTORS_EN,
    (Topic.FACTORS, "de"): _FACTORS_DE,
    (Topic.DIGEST, "en"): _DIGEST_EN,
    (Topic.ALARM, "en"): _ALARM_EN,
    (Topic.TEST, "en"): _TEST_EN,
}
"""keydesk's own templates, by topic and language."""


class BadTemplate(BadInput):
    """A template cannot be used."""

    title = "A text of the notices cannot be used"


class Template(Struct, frozen=True):
    """A text of one topic in one language.

    Attributes:
        topic: What the notice is about.
        language: Two letters, or two letters and a region: `en`, `de-CH`.
        subject: One line.
        body: Lines.
    """

    topic: Topic
    language: str
    subject: str
    body: str


class Wording(Struct, frozen=True):
    """How the texts of one connector are worded, whatever they are about.

    Attributes:
        language: The language for people whose own is not known.
        language_attribute: The profile attribute that names a person's language.
        desk: The help desk's name.
        desk_phone: The help desk's phone number; may be empty.
        portal: A page that the texts send people to; empty for none.
        templates: The templates, by topic and language.
    """

    language: str = "en"
    language_attribute: str = "preferredLanguage"
    desk: str = "the help desk"
    desk_phone: str = ""
    portal: str = ""
    templates: Mapping[tuple[Topic, str], Template] = field(default_factory=dict)


def parse(text: str, topic: Topic, language: str, where: str) -> Template:
    """Read a template: `Subject: …` in the first line, an empty line, the text.

    Raises:
        BadTemplate: It has no subject, or names a field that does not exist.
    """
    first, _, rest = text.replace("\r\n", "\n").partition("\n")
    label, colon, subject = first.partition(":")
    if not colon or label.strip().casefold() != "subject" or not subject.strip():
        raise BadTemplate(f"{where} has no subject", advice="Its first line has to be `Subject: …`.")
    known = FIELDS[topic]
    for name in _FIELD.findall(text):
        if name not in known:
            fields = ", ".join(f"{{{field}}}" for field in sorted(known))
            raise BadTemplate(
                f"{where} names {{{plain(name, limit=40)}}}, which there is not", advice=f"Known: {fields}."
            )
    return Template(topic, language, subject.strip(), rest.strip("\n"))


def templates(folder: Path) -> dict[tuple[Topic, str], Template]:
    """All templates: keydesk's own, each replaced by the file `<topic>.<language>.txt` of a folder if there is one.

    Raises:
        BadTemplate: One of the files cannot be used.
    """
    chosen = {key: parse(text, *key, f"keydesk's own text {key}") for key, text in DEFAULTS.items()}
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        topic, _, language = path.stem.partition(".")
        if topic not in {known.value for known in Topic} or not language:
            raise BadTemplate(f"{path.name} is not named as a text", advice="Name it like lockout.en.txt.")
        try:
            text = read_limited(path).decode("utf-8").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadTemplate(f"{path} cannot be read", detail=type(error).__name__) from None
        if len(text) > LARGEST:
            raise BadTemplate(f"{path} is too large")
        chosen[Topic(topic), language.casefold()] = parse(text, Topic(topic), language.casefold(), str(path))
    return chosen


def choose(available: Mapping[tuple[Topic, str], Template], topic: Topic, language: str, default: str) -> Template:
    """The template in a person's language, else in the desk's language, else in English.

    Raises:
        BadTemplate: There is none for the topic.
    """
    wanted = language.replace("_", "-").casefold()
    for name in (wanted, wanted.partition("-")[0], default.casefold(), "en"):
        if (topic, name) in available:
            return available[topic, name]
    raise BadTemplate(f"There is no text for {topic.value}")


def message(occasion: Occasion, wording: Wording, to: str) -> Message:
    """The message for an occasion: the template, filled with the person's data.

    Each value becomes one line of harmless text, and braces in a value are not filled again.

    Args:
        occasion: What the notice is about, and the person.
        wording: The templates, and what they say of the help desk.
        to: The address that it goes to; empty for channels that know their receiver.

    Raises:
        BadTemplate: There is no template for the topic.
    """
    user = occasion.user
    language = user.text(wording.language_attribute) if user else ""
    template = choose(wording.templates, occasion.topic, language, wording.language)
    values = {
        "name": user.name if user else "",
        "first_name": (user.first_name or user.name) if user else "",
        "login": user.login if user else "",
        "email": user.email if user else "",
        "id": user.id if user else "",
        "desk": wording.desk,
        "desk_phone": wording.desk_phone,
        "portal": wording.portal,
    } | dict(occasion.fields)
    lined = {name: value if name == "summary" else plain(value, limit=LONGEST) for name, value in values.items()}

    def fill(text: str) -> str:
        return _FIELD.sub(lambda match: lined.get(match[1], ""), text)

    body = "\n".join(line.rstrip() for line in fill(template.body).splitlines())
    body = re.sub(r"\n{3,}", "\n\n", body).strip("\n")  # a line with only an empty value in it leaves no gap
    return Message(to, plain(fill(template.subject), limit=LONGEST), body, template.language, lined)
