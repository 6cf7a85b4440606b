"""The dialog with the evidence of each wave: its source, the people it tried, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.asks import OpenPerson, Visit
from screens.clipboard import copy
from screens.list_dialog import ListDialog
from tui.desk.files.listing import ExportTable
from tui.desk.lockouts import words as lockouts_words
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.notice import Notice
from widgets.people.columns import tails_of
from widgets.rows import Rows
from widgets.steady_text import SteadyText
from widgets.tones import keys, state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from screens.save_as import Exported
    from tui.desk.lockouts.picture import Picture
    from tui.desk.lockouts.spray import Spray
    from tui.desk.people.badges import Badges
    from tui.desk.session import Session

_ADDRESSES: Final = 12
INTERNAL: Final = (
    "It may be an office, a VPN gateway or a proxy with a common fault: good sign-ins come from there too, or it is a "
    "RADIUS server, whose address Okta sees for everybody behind it. Ask there before you think of an attack."
)
OUTSIDE: Final = (
    "Nobody signs in well from there. Tell security first, so that they can block the source in a network zone; "
    "whoever is unlocked before that is locked again."
)


class TriedPerson(Struct, frozen=True):
    """One person whom a wave of failed sign-ins tried.

    Attributes:
        user_id: The person's Okta id.
        name: The person's name from the lockout's case, or else the login; untrusted.
        login: The login from the System Log; untrusted.
        state: The state of the person's lockout, in words.
        locked: Whether the person is locked or blocked now.
    """

    user_id: str
    name: str
    login: str
    state: str
    locked: bool


def _state(person: TriedPerson) -> str:
    return state(person.state, Tone.BAD if person.locked else Tone.PLAIN)


def _columns(badges: Badges) -> tuple[Column[TriedPerson], ...]:
    """Return the columns; administrators are marked, since a wave that reaches them is another matter."""
    return (
        Column(
            "Person",
            lambda person: plain(person.name),
            20,
            grow=1,
            fit=True,
            tails=lambda person: tails_of(badges.admin(person.user_id)),
        ),
        Column("Login", lambda person: plain(person.login), 24, grow=1, whole=True),
        Column("State", _state, 22, style=lambda person: "rows--danger" if person.locked else ""),
    )


class EvidenceScreen(ListDialog[None]):
    """Shows the evidence of the waves; from a person who was opened here, escape comes back to their row."""

    CSS_PATH = "evidence.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", key_display="esc"),
        Binding("tab", "next", "Next wave", show=False),
        Binding("c", "copy", "Copy"),
        Binding("x", "export", "Export", show=False),
    ]

    def __init__(self, session: Session, picture: Picture) -> None:
        super().__init__()
        self._now = session.now()
        self._badges = session.badges
        self._picture = picture
        self._shown = 0

    @property
    def wave(self) -> Spray:
        """Return the wave that is shown."""
        return self._picture.sprays[self._shown]

    def compose(self) -> ComposeResult:
        """Yield the facts, the people and the keys."""
        with Vertical(id="box"):
            yield SteadyText(id="facts", markup=False)
            yield FilterBox("tried", folded=True)
            yield Rows(_columns(self._badges), key=lambda person: person.user_id, id="tried")
            yield Notice()
            yield SteadyText(id="keys")

    def on_mount(self) -> None:
        """Show the first wave, which is the largest."""
        self.query_one(Rows).focus()
        self._draw()

    def _draw(self) -> None:
        count = len(self._picture.sprays)
        position = f" · {self._shown + 1} of {count}" if count > 1 else ""
        self.query_one("#box", Vertical).border_title = Content(f"Many people from one source{position}")
        self.query_one("#facts", Static).update("\n".join(facts(self.wave, self._now)))
        table: Rows[TriedPerson] = self.query_one(Rows)
        table.rows = tried_people(self.wave, self._picture)
        more = [("tab", "next wave")] if count > 1 else []
        shown = [("enter", "person"), ("c", "copy"), ("x", "export"), ("/", "filter"), *more, ("esc", "back")]
        self.query_one("#keys", Static).update(Content.assemble(*keys(*shown)))

    @on(Rows.Selected)
    def selected(self) -> None:
        """Open the chosen person."""
        if (message := OpenPerson.of(self._tried, lambda one: Visit(one.user_id, one.user_id, one.login))) is not None:
            self.post_message(message)

    def came_back(self, key: str) -> None:
        """Put the cursor on the person who was shown last."""
        self._tried.go_to(key)

    @property
    def _tried(self) -> Rows[TriedPerson]:
        return self.query_one("#tried", Rows)

    def action_next(self) -> None:
        """Show the next wave."""
        self._shown = (self._shown + 1) % len(self._picture.sprays)
        self._draw()

    def action_copy(self) -> None:
        """Copy the facts and the logins, for the security team."""
        lines = [
            *facts(self.wave, self._now),
            "",
            *(plain(person.login) for person in tried_people(self.wave, self._picture)),
        ]
        notice = self.query_one(Notice)
        copy(self, "\n".join(lines), lambda arrival: notice.show(f"The evidence: {arrival.value}", "", Tone.PLAIN))

    def action_export(self) -> None:
        """Ask into which file the people are written whom the wave tried, and write it."""
        from screens.save_as import ExportOffer, SaveAsScreen

        def written(exported: Exported | None) -> None:
            if exported is not None:
                self.query_one(Notice).show(exported.words, str(exported.path), Tone.GOOD)

        if (offer := ExportOffer.of("people tried", self._tried, listing)) is not None:
            self.app.push_screen(SaveAsScreen(offer, self._now), written)


def listing(people: Sequence[TriedPerson]) -> ExportTable:
    """Return the people whom a wave tried as values."""
    head = ("id", "login", "name", "state", "locked")
    return ExportTable(head, [(one.user_id, one.login, one.name, one.state, one.locked) for one in people])


def facts(spray: Spray, now: datetime) -> list[str]:
    """Return the facts of a wave as harmless lines, with what to do now."""
    kind = "Network  " if spray.network else "Address  "
    addresses = ", ".join(spray.addresses[:_ADDRESSES])
    more = f" and {len(spray.addresses) - _ADDRESSES} more" if len(spray.addresses) > _ADDRESSES else ""
    lines = [
        f"{kind} {plain(spray.source, limit=80)}",
        f"Place     {plain(spray.place or 'not known', limit=80)}",
        f"Client    {plain(spray.client or 'not known', limit=80)}",
        f"People    {len(spray.people)} tried, {spray.attempts} attempts, {spray.locked} locked",
        f"Since     {spray.first.astimezone():%H:%M}, newest {okta_terms.ago(spray.last, now)}",
    ]
    if spray.network:
        lines.insert(1, f"Addresses {plain(addresses, limit=200)}{more}")
    return [*lines, "", INTERNAL if spray.internal else OUTSIDE]


def tried_people(spray: Spray, picture: Picture) -> tuple[TriedPerson, ...]:
    """Return the people whom a wave tried, those tried most often first."""
    cases = {case.user_id: case for case in reversed(picture.cases)}  # the newest of each person
    rows = []
    for user_id in spray.people:
        case, login = cases.get(user_id), picture.tried.get(user_id, "")
        rows.append(
            TriedPerson(
                user_id,
                name=(case.name if case else "") or login or user_id,
                login=login or (case.login if case else ""),
                state=lockouts_words.state(case) if case else "not locked",
                locked=case is not None and case.open,
            )
        )
    return tuple(rows)
