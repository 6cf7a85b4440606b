"""The texts of the notices that keydesk brings, by topic and language; none asks for a password or for a click."""

from __future__ import annotations

from typing import Final

from tui.desk.notices import Topic

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
_DIGEST_EN: Final = """\
Subject: keydesk: lockouts and passwords, {date}

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
    (Topic.DIGEST, "en"): _DIGEST_EN,
    (Topic.TEST, "en"): _TEST_EN,
}
