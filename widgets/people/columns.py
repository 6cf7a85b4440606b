"""The columns of a list of people; at any width they are enough to distinguish namesakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.people.card import tone_of
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column, Tail
from widgets.tones import state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.desk.people.badges import Badge, Badges
    from tui.okta.models import User

_STYLE: Final = {Tone.BAD: "rows--danger", Tone.WARN: "rows--warning", Tone.MUTED: "rows--dim"}
_BADGE: Final = {Tone.BAD: "rows--danger", Tone.WARN: "rows--warning"}


def tails_of(badges: Iterable[Badge]) -> Sequence[Tail]:
    """Return badges as the words behind a name in a table."""
    return [Tail(badge.text, _BADGE.get(badge.tone, "rows--muted"), badge.weighs) for badge in badges]


def _status(user: User, *, blocked: bool) -> str:
    words = plain(okta_terms.status_words(user.status, blocked=blocked))
    return state(words, tone_of(user.status, blocked=blocked))


def _person_style(user: User) -> str:
    return "rows--dim" if user.status in okta_terms.GONE else ""


def people_columns(badges: Badges) -> Sequence[Column[User]]:
    """Return the columns of the search's list.

    Args:
        badges: What the session knows of people beside what the search returns. Who is blocked by device is `Active` to
            Okta's search, and `Blocked` here.
    """

    def blocked(user: User) -> bool:
        return user.id in badges.blocked

    return (
        Column(
            "Name",
            lambda user: plain(user.name),
            12,
            grow=3,
            fit=True,
            style=_person_style,
            tails=lambda user: tails_of(badges.of(user)),
        ),
        Column("Login", lambda user: plain(user.login), 14, grow=3, whole=True, style=_person_style),
        Column(
            "Status",
            lambda user: _status(user, blocked=blocked(user)),
            14,
            grow=1,
            fit=True,
            style=lambda user: _STYLE.get(tone_of(user.status, blocked=blocked(user)), ""),
        ),
        Column("Department", lambda user: plain(user.text("department")), 12, grow=2, drop=3, style=_person_style),
        Column("Title", lambda user: plain(user.text("title")), 12, grow=2, drop=4, style=_person_style),
    )
