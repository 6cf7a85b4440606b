"""The exit codes, one meaning each."""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Code(IntEnum):
    """The meanings of keydesk's exit code, for scripts.

    Attributes:
        meaning: What the code means, as the help and the man page say it.
    """

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Make a code from its number and its meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "It worked."
    FAILED = 1, "An expected failure: Okta, the network, the ledger; the message says which."
    USAGE = 2, "The command line is wrong, or nothing says which org to use."
    NOT_POSSIBLE = 3, "Read-only mode or the person's state is in the way; the steps by hand were printed."
    NOT_FOUND = 4, "Nobody matches, or more than one does."
    UNKNOWN = 5, "The change was sent and the answer was lost; the ledger has it as unknown."
    TAMPERED = 6, "`ledger verify` found the ledger changed."
    PARTLY = (
        7,
        ("Some of it was done, some was not: a further call, an account in the app, a secret, some of several people."),
    )
    UNRECORDED = 8, "Okta answered, and the outcome could not be recorded: the ledger has the entry without one."
    HUNG_UP = 129, "SIGHUP, as when the terminal is closed; what was under way stands in the ledger as unknown."
    INTERRUPTED = 130, "Ctrl+C."
    TERMINATED = 143, "SIGTERM; what was under way stands in the ledger as unknown."
