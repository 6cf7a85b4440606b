"""The dialog that sends one notice to each of several people, after a look at every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from screens.list_dialog import ListDialog
from screens.notices.notice import NAMES, TOPICS
from tui.desk.connectors import settings
from tui.desk.notices.notice import Topic
from tui.desk.notices.rules import load_for
from tui.desk.notices.several import MOST, Telling, Told
from tui.desk.text.named_keys import key_said
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.columns import Column
from widgets.drawn import Drawn
from widgets.field import Field
from widgets.filter_box import FilterBox
from widgets.notice import Notice
from widgets.rows import Rows
from widgets.steady_text import SteadyText
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.notices.rules import NoticeRules
    from tui.desk.notices.several import TellLine
    from tui.desk.session import Session
    from widgets.key_queue import Taking, Typed

_STYLE: Final = {
    Told.READY: "",
    Told.UNREAD: "rows--muted",
    Told.LEFT_OUT: "rows--warning",
    Told.SENT: "rows--good",
    Told.FAILED: "rows--danger",
    Told.UNKNOWN: "rows--danger",
}
_SIGN: Final = {Told.SENT: "✓ ", Told.FAILED: "✗ ", Told.UNKNOWN: "? ", Told.LEFT_OUT: "! "}
COLUMNS: tuple[Column[TellLine], ...] = (
    Column("Name", lambda line: plain(line.user.name) if line.user else "…", 12, grow=1, fit=True, drop=2),
    Column("Login", lambda line: plain(line.user.login if line.user else line.user_id), 16, grow=2, whole=True),
    Column("To", lambda line: plain(line.to), 16, grow=2, drop=3),
    Column("State", lambda line: f"{_SIGN.get(line.state, '')}{line.state}", 12, style=lambda line: _STYLE[line.state]),
    Column("Why", lambda line: plain(line.note), 12, grow=3, drop=1),
)


class TellSeveralScreen(ListDialog[None]):
    """Looks at everybody, asks for their number, and sends; nothing of it changes Okta.

    Args:
        session: The session.
        ids: Okta's ids of the people.
        topic: The first topic, as `Topic` names it.
        told: Called with the ids of those who were told, or perhaps.
    """

    CSS_PATH = "several.tcss"
    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "to_number", "To the number"),
        Binding("d", "topic", "Next topic"),
        Binding("i", "way", "Other way"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(
        self,
        session: Session,
        ids: Sequence[str],
        topic: str = "lockout",
        told: Callable[[Collection[str]], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._session = session
        self._ids = tuple(ids)
        self._topic = Topic(topic)
        self._told = told
        self._way = ""
        self._rules: NoticeRules | None = None
        self._telling: Telling | None = None
        self._looked = self._sending = self._over = False
        self._drawn = Drawn(self)

    def compose(self) -> ComposeResult:
        """Yield what it is about, the people, the notice of the one under the cursor, and the number."""
        with Vertical(id="box") as box:
            box.border_title = Content(f"A notice to each of {len(self._ids)} people")
            yield SteadyText(id="about", markup=False)
            yield FilterBox("lines", folded=True)
            yield Rows(COLUMNS, key=lambda line: line.user_id, empty="Reading …", id="lines")
            with VerticalScroll(id="scroll", can_focus=False):
                yield SteadyText(id="text", markup=False)
            yield Field(id="count", max_length=4)
            yield SteadyText(id="keys", markup=False)
            yield Notice()

    def on_mount(self) -> None:
        """Look at everybody."""
        self.preview()

    def taking(self, typed: Typed) -> Taking:
        """Drop an enter that was typed before all who are told were on the screen."""
        return self._drawn.taking(typed)

    @property
    def lines(self) -> Rows[TellLine]:
        """Return the table of the people."""
        return self.query_one("#lines", Rows)

    # -- the look at everybody

    @work(exclusive=True, group="several")
    async def preview(self) -> None:
        """Read the rules and everybody's state, and show what each would be told."""
        self._looked = False
        try:
            connector = self._session.connector
            self._rules = load_for(settings.places().notices, connector.name, made_up=connector.made_up)
            usual = self._rules.expiries if self._topic is Topic.EXPIRY else self._rules.lockouts
            self._way = self._way or usual or next(iter(self._rules.ways), "")
            if not self._way:
                self.query_one(Notice).show("notices.toml describes no way", "So nobody can be told.", Tone.WARN)
                return
            self._telling = Telling(
                self._session, self._rules, self._ids, topic=self._topic, way=self._way, on_change=self._draw
            )
            self._draw()
            await self._telling.preview()
        except Trouble as trouble:
            self.query_one(Notice).show(trouble.title, trouble.advice, Tone.BAD)
            return
        self._looked = True
        self._draw()

    def _draw(self) -> None:
        telling = self._telling
        if telling is None or not self.is_mounted:
            return
        self._drawn.changed()
        self.lines.rows = telling.lines
        ready, all_of_them = telling.count(Told.READY), len(telling.lines)
        quiet = self._rules is not None and self._rules.is_quiet(self._session.now())
        parts = (
            NAMES[self._topic],
            f"by {self._way}",
            f"{ready} of {all_of_them} ready" if self._looked else f"{telling.count(Told.UNREAD)} to be looked at",
            f"the first {MOST}; the others stay marked" if len(self._ids) > MOST else "",
            "these are quiet hours" if quiet else "",
        )
        self.query_one("#about", Static).update(" · ".join(filter(None, parts)))
        count = self.query_one("#count", Field)
        count.placeholder = f"Type {ready}, the number of people, to send" if ready else "Nobody can be told this now"
        count.display = self._looked and not self._over
        sends = (("enter", "to the number"),) if self._looked and ready and not self._over else ()
        others = () if self._sending or self._over else (("d", "next topic"), ("i", "other way"))
        leaves = "stops" if self._sending and not self._over else "back"
        shown = keys(*sends, *others, ("/", "filter"), ("esc", leaves))
        self.query_one("#keys", Static).update(Content.assemble(*shown))

    @on(Rows.Highlighted, "#lines")
    def highlighted(self, event: Rows.Highlighted[TellLine]) -> None:
        """Show what the person under the cursor is told."""
        line = event.row
        text = line.text if line is not None else None
        self.query_one("#text", Static).update(
            Content.assemble((text.subject, "bold"), "\n", text.body) if text else Content("")
        )

    # -- choosing, and the number

    def action_topic(self) -> None:
        """Switch to the next topic."""
        if not self._sending:
            self._topic = TOPICS[(TOPICS.index(self._topic) + 1) % len(TOPICS)]
            self.preview()

    def action_way(self) -> None:
        """Choose the next way of sending."""
        ways = list(self._rules.ways) if self._rules else []
        if ways and not self._sending:
            self._way = ways[(ways.index(self._way) + 1) % len(ways)] if self._way in ways else ways[0]
            self.preview()

    def action_to_number(self) -> None:
        """Go to the field for the number."""
        if self._looked and not self._sending:
            self.query_one("#count", Field).focus()

    @on(Rows.Selected, "#lines")
    def selected(self) -> None:
        """Go to the field for the number."""
        self.action_to_number()

    @on(Input.Submitted, "#count")
    def confirmed(self, event: Input.Submitted) -> None:
        """Send, if the number is right and on the screen."""
        telling = self._telling
        if telling is None or not self._looked or self._sending or not self._drawn.complete:
            return
        ready = telling.count(Told.READY)
        if not ready or event.value.strip() != str(ready):
            told = f"Type {ready} to send." if ready else "Nobody of them can be told this now."
            self.query_one(Notice).show(told, "", Tone.WARN)
            return
        self._sending = True
        self.lines.focus()
        self.send(telling)

    # -- sending

    @work(exclusive=True, group="several")
    async def send(self, telling: Telling) -> None:
        """Tell one after the other; each is an entry of the ledger."""
        notice = self.query_one(Notice)
        notice.show("Sending …", "esc stops before the next person.")
        try:
            await telling.send()
        except Trouble as trouble:
            notice.show(trouble.title, trouble.advice, Tone.BAD)
        else:
            clean = not telling.count(Told.FAILED, Told.UNKNOWN, Told.READY)
            tone = Tone.GOOD if clean else Tone.WARN
            notice.show(telling.sentence, f"{key_said('app.go.notices')} lists them.", tone)
        self._over = True
        self._draw()
        self._told(telling.told_ids)

    def action_back(self) -> None:
        """Go from the number to the list, stop before the next person, or close."""
        if self._sending and not self._over and self._telling is not None:
            self._telling.stop()
            self.query_one(Notice).show("Stopping after the one that is under way", "", Tone.WARN)
        elif isinstance(self.focused, Input):
            self.lines.focus()
        else:
            self.dismiss(None)

    def may_leave(self) -> bool:
        """Return whether keydesk may end now; whoever is being told is told first."""
        if not self._sending or self._over or self._telling is None:
            return True
        self.action_back()
        return False
