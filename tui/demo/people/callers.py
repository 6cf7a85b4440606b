"""Who is on the line in a demo: honest callers and attackers, what they say, and how people's phones answer."""

from __future__ import annotations

from typing import NamedTuple


class Caller(NamedTuple):
    """One call to the desk.

    Attributes:
        person: The login, without its domain, of the person whom the caller says they are.
        honest: Whether they are that person.
        wants: The subcommand of what they want.
        says: What they say.
        answers: How that person's phone answers a push, a key of ``challenges.ANSWERS``.
        after: Seconds until it does.
        behind: What is behind it, and what the agent is to see.
    """

    person: str
    honest: bool
    wants: str
    says: str
    answers: str
    after: float
    behind: str

    @property
    def login(self) -> str:
        """The full login."""
        return f"{self.person}@acme.example"


CALLERS: tuple[Caller, ...] = (
    Caller(
        "zoe.martin", True, "temp-password",
        "Hi, this is Zoe. I am back from leave and cannot remember my password.",
        "approve", 4.0,
        "Zoe herself: she taps the number that you tell her, and is served within a minute.",
    ),
    Caller(
        "jack.frost", False, "temp-password",
        "Jack Frost here, I board in ten minutes. Just read me a new password, my boss is waiting.",
        "deny", 4.0,
        "An attacker. The real Jack sees a sign-in that he did not start and taps No: the call ends here, for a day.",
    ),
    Caller(
        "julia.novak", False, "reset-mfa",
        "It's Julia. New phone, so take the old one off, please. The number? Forty-something, I tapped it.",
        "wrong", 5.0,
        "An attacker. The real Julia taps a number to make it go away, and it is not the one: as good as a denial.",
    ),
    Caller(
        "iris.blanc", False, "reset-link",
        "Iris Blanc, Legal. I see no message. Can you not skip that, just this once?",
        "ignore", 0.0,
        "An attacker; the real Iris is asleep. Nobody answers, which proves nothing: call back on the number in Okta.",
    ),
    Caller(
        "ivan.petrov", False, "reset-mfa",
        "Ivan. My phone keeps asking, I say yes each time, so go on.",
        "blind", 3.0,
        "An attacker, and a tired owner who taps anything: one number is right one time in three, two in a row one "
        "time in nine. That is why all factors take two.",
    ),
    Caller(
        "maria.silva", False, "temp-password",
        "Maria Silva, from IT. You know me. I need a password for the migration, quickly.",
        "deny", 3.0,
        "An attacker who has read the org chart. She is a super administrator: the highest tier, and a denial.",
    ),
    Caller(
        "yusuf.demir", True, "reset-mfa",
        "Yusuf here. My phone was stolen on the train this morning, so there is nothing to tap.",
        "ignore", 0.0,
        "Yusuf himself. What is to be reset proves nothing: see him and his badge on video, and say what you saw.",
    ),
)  # fmt: skip


def told(caller: Caller) -> str:
    """Return one call as a few lines of text, as ``demo-org --callers`` prints it."""
    who = "honest" if caller.honest else "ATTACKER"
    return f"  {caller.login}, wants {caller.wants} ({who})\n    “{caller.says}”\n    {caller.behind}"
