"""What an agent says while a phone is asked, and what each end of it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.verification.asking import AskingStage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.verification.asking import Asked

_SAY: Final = (
    "Say: “Your phone shows a sign-in. It may name another place: that is where my program runs. That is me. "
    "{tap} If you did not call us, tap No.”"
)
ENDED: Final[Mapping[AskingStage, str]] = {
    AskingStage.DENIED: (
        "DENIED. Somebody tapped No, or another number: treat this call as an attack. Nothing of weight is done for "
        "this person for a day. Reach them in another way, and tell your security team."
    ),
    AskingStage.NOBODY: "Nobody answered in time. That proves nothing: ask again, or in another way.",
    AskingStage.WRONG: "The code was wrong. Okta counts that against the caller: three for one call at most.",
    AskingStage.UNKNOWN: "What came of it is not known, so it proves nothing. Ask again, or in another way.",
    AskingStage.FAILED: "Okta did not ask.",
}
"""What each end means that proves nothing."""


def script(asked: Asked) -> str:
    """Return what the agent says while the phone is asked: Okta's message on it holds no text of ours."""
    return _SAY.format(tap=f"Tap {asked.number}." if asked.number is not None else "Tap Yes.")
