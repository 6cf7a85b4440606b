"""What the card says first: what keeps the person out, how sure that is, and what to do, made of a verdict.

The verdict itself is made in `tui.desk.why`, which stands above; `tui.desk.why.on_card` fills this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.text.okta_terms import ago
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from datetime import datetime

SURE_SIGNS: Final = {"certain": "●●●", "likely": "●●○", "a guess": "●○○"}
"""How sure a verdict is as a sign; the word stands beside it, or in the line of the row under the cursor."""
READING: Final = "reading the log …"
"""What stands in the place of the step until the verdict is made."""


class Try(Struct, frozen=True):
    """One attempt to sign in, as the picture of attempts needs it.

    Attributes:
        at: When it ended.
        kind: `wrong`, `locked` (tried while locked), `ok`, or `other` for all else that did not get in.
    """

    at: datetime
    kind: str


class CardAnswer(Struct, frozen=True):
    """The headline of a card. All texts are harmless.

    Attributes:
        headline: The cause in words, without a full stop; where something was just done, `said` begins with that.
        tone: How the headline is meant: bad where it keeps somebody out.
        sure: How sure that is: `certain`, `likely`, `a guess`; empty where no rule of a verdict says so.
        step: What to do next, in a sentence.
        key: The key of keydesk's own action for the step; empty for none.
        attack: Whether it may be an attack.
        notes: What else to know, in a sentence each: a second blocker, and what could not be read.
        unread: That nobody looked in the log, in a few words; empty where it was read.
        tries: All attempts to sign in that were read, oldest first.
        last_in: When the log shows that the person last got in; `None` where it shows none.
        last_place: Where that was; empty where the log does not say.
        done: What this session has just done for the person: `Unlocked by you`; empty for nothing.
        done_at: When; `None` for nothing.
        done_then: What follows its age, in the place of the headline: `. ` and a sentence, or `; ` and the rest of one.
        max_age: Days after which the password policy has a password changed; 0 for never or where it is not known.
    """

    headline: str
    tone: Tone = Tone.BAD
    sure: str = ""
    step: str = ""
    key: str = ""
    attack: bool = False
    notes: tuple[str, ...] = ()
    unread: str = ""
    tries: tuple[Try, ...] = ()
    last_in: datetime | None = None
    last_place: str = ""
    max_age: int = 0
    done: str = ""
    done_at: datetime | None = None
    done_then: str = ""

    def said(self, now: datetime | None) -> str:
        """Return what the card says first, without a full stop: what was just done, then what the log says.

        Args:
            now: The time by Okta's clock; with `None` the age of what was done is left out.
        """
        age = f" {ago(self.done_at, now)}" if now else ""
        return f"{self.done}{age}{self.done_then}" if self.done else self.headline

    @property
    def sure_words(self) -> str:
        """How sure the headline is, as sign and word; empty where nothing says so."""
        return f"{SURE_SIGNS.get(self.sure, '')} {self.sure}".strip()
