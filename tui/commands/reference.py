"""What the help topics and the man page say beside the commands: examples, variables, files, exit codes."""

from __future__ import annotations

from typing import Final

from tui.commands.codes import Code
from tui.commands.paths import STORED

DESCRIPTION: Final = """\
keydesk finds a person in an Okta org by anything an agent has, says what keeps them out, why, and the one right next
step, and unlocks them, resets passwords and factors, or gives them software, after showing exactly what will be sent.
Without a command the app starts; each command does one of these things without it, for scripts and over ssh.

Every change is written to a ledger before it leaves the machine. In read-only mode nothing that changes anything can
leave it."""
EXAMPLES: Final = (
    ("keydesk --demo", "try it: a made-up org with 2,000 people, on this machine only"),
    ("keydesk --demo find ann", "the same from the command line"),
    ("keydesk connect", "the wizard: sets a connector up and proves what it can do"),
    ("keydesk", "starts with the default connector; --connector NAME for another"),
    ("keydesk check", "proves again what the connector can and cannot do"),
    ("keydesk why ann.lee@acme.example", "what keeps her out, how sure that is, the next step"),
    ("keydesk unlock ann.lee@acme.example --dry-run", "the calls and the steps by hand; sends nothing"),
    ("keydesk lockouts --json", "who is locked out, for a program"),
    ('eval "$(keydesk completion bash)"', "completion in this shell; help completion for the others"),
)
"""What can be typed, and what it does."""
ENVIRONMENT: Final = (
    ("KEYDESK_ORG", "the address of the org, such as https://acme.okta.com, without a connector set up"),
    ("KEYDESK_API_TOKEN", "an API token for it; reads and writes"),
    ("KEYDESK_CLIENT_ID", "a service app in the place of the token, with the next two"),
    ("KEYDESK_KEY_ID", "the id of its key at Okta"),
    ("KEYDESK_PRIVATE_KEY", "its private key, as PEM or JWK"),
    ("KEYDESK_CONNECTOR", "which connector to start with"),
    ("KEYDESK_READ_ONLY", "1: change nothing, whatever the connector may"),
    ("KEYDESK_VERIFY_ONLY", "1: ask callers to prove themselves, and change nothing else"),
    ("KEYDESK_AGENT", "who works here, where agents are named by their SSH keys; no other machine looks at it"),
    ("KEYDESK_CELL_DIFF", "0: send whole parts of the screen to the terminal, not only what changed in them"),
    ("KEYDESK_HOME", "one folder for settings, ledger and all else, in the place of the platform's own"),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "the proxy to Okta, and the hosts that need none"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "certificates to trust beside the system's"),
    ("NO_COLOR", "set: no colour"),
    ("FORCE_COLOR, CLICOLOR_FORCE", "set and not 0: colour in a pipe too"),
    ("ESCDELAY", "milliseconds that Esc waits, as it may begin another key; else 25, and 50 over SSH"),
    ("TEXTUAL_ANIMATIONS", "full or basic: lists glide; else nothing moves by itself"),
    ("TERM, COLORTERM, LC_ALL, LC_CTYPE, LANG", "what the terminal can show; see `keydesk doctor`"),
)
"""The variables that are read, and what each does."""
COLOURS: Final = """\
Tables are coloured on a terminal only. NO_COLOR switches colour off whatever else is set; FORCE_COLOR or
CLICOLOR_FORCE, set and not 0, switches it on in a pipe too; TERM=dumb and CLICOLOR=0 switch it off.
Colour never stands alone: the words say the same.

At a terminal tables are cut to its width and times are relative (12 min ago). --wide prints all columns whole and
the times themselves; so does a pipe or a file."""


def exit_codes() -> list[tuple[str, str]]:
    """Return each exit code and its meaning."""
    return [(str(code.value), code.meaning) for code in Code]


def files() -> list[tuple[str, str]]:
    """Return each file and folder that keydesk keeps, by its name, and what it holds; `keydesk paths` says where."""
    return [(stored.name, stored.about) for stored in STORED]
