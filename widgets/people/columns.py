"""The columns of a list of people; at any width they are enough to distinguish namesakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.people.card import tone_of
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column
from widgets.tones import state

if TYPE_CHECKING:
    from tui.okta.models import User

_STYLE: Final = {Tone.BAD: "rows--danger", Tone.WARN: "rows--warning", Tone.MUTED: "rows--dim"}


def _status_style(user: User) -> str:
    return _STYLE.get(tone_of(user.status), "")


def _status(user: User) -> str:
    return state(plain(okta_terms.status_words(user.status)), tone_of(user.status))


def _person_style(user: User) -> str:
    return "rows--dim" if user.status in okta_terms.GONE else ""


PEOPLE_COLUMNS: Final[tuple[Column[User], ...]] = (
    Column("Name", lambda user: plain(user.name), 12, grow=3, fit=True, style=_person_style),
    Column("Login", lambda user: plain(user.login), 14, grow=3, whole=True, style=_person_style),
    Column("Status", _status, 14, grow=1, fit=True, style=_status_style),
    Column("Department", lambda user: plain(user.text("department")), 12, grow=2, drop=3, style=_person_style),
    Column("Title", lambda user: plain(user.text("title")), 12, grow=2, drop=4, style=_person_style),
)
