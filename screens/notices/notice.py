"""Tell one employee by hand: the text with their data, by which way, then sent on Enter, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.desk.connectors import settings
from tui.desk.notices.notice import Fate, Topic
from tui.desk.notices.preview import occasion
from tui.desk.notices.rules import load
from tui.desk.notices.sender import Notifier
from tui.desk.notices.texts import message
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.notice import Notice

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.notices.notice import Occasion
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User

NAMES = {Topic.LOCKOUT: "locked out", Topic.EXPIRY: "password expires"}
_TONE = {Fate.SENT: Tone.GOOD, Fate.LATER: Tone.WARN, Fate.REFUSED: Tone.BAD, Fate.UNKNOWN: Tone.BAD}


class NoticeScreen(ModalScreen[None]):
    """It changes nothing in Okta, so it works with read-only connectors too.

    Args:
        session: The session.
        user: Whom to tell.
        topic: `lockout` or `expiry`, to begin with.
    """

    CSS_PATH = "notice.tcss"
    AUTO_FOCUS = "#scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send"),
        Binding("t", "topic", "Other topic"),
        Binding("w", "way", "Other way"),
        Binding("escape", "dismiss", "Back"),
    ]

    def __init__(self, session: Session, user: User, topic: str = "lockout") -> None:
        super().__init__()
        self._session = session
        self._user = user
        self._topic = Topic(topic)
        self._rules: NoticeRules | None = None
        self._way = ""
        self._occasion: Occasion | None = None
        self._untrue = ""
        self._sending = False

    def compose(self) -> ComposeResult:
        """The text, and beneath it the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"Notice to {self._user.name} · {self._user.login}", limit=70))
            with VerticalScroll(id="scroll"):
                yield Static(id="text", markup=False)
            yield Static(id="keys", markup=False)
            yield Notice()

    def on_mount(self) -> None:
        """Make the text."""
        self.prepare()

    @work(exclusive=True, group="prepare")
    async def prepare(self) -> None:
        """Read the rules and what there is to tell."""
        try:
            self._rules = load(settings.places().notices, self._session.connector.name)
            usual = self._rules.lockouts if self._topic is Topic.LOCKOUT else self._rules.expiries
            self._way = self._way or usual or next(iter(self._rules.ways), "")
            self._occasion, self._untrue = await occasion(self._session, self._rules, self._user, self._topic)
        except Trouble as trouble:
            self.query_one(Notice).show(trouble.title, trouble.advice, Tone.BAD)
            return
        self._draw()

    def _draw(self) -> None:
        if self._rules is None or self._occasion is None:
            return
        to = Notifier(self._session, self._rules).address(self._user)
        mail = bool(self._way) and self._rules.ways[self._way].kind == "mail"
        text = message(self._occasion, self._rules.wording, to)
        if not self._way:
            where = "nowhere: notices.toml describes no way"
        elif mail:
            where = f"{plain(to)} by {self._way}" if to else "nowhere: there is no address that can be written to"
        else:
            where = f"by {self._way}"
        self.query_one("#text", Static).update(
            Content.assemble(
                ("About    ", "$foreground-muted"), NAMES[self._topic], "\n",
                ("To       ", "$foreground-muted"), where, "\n",
                ("Subject  ", "$foreground-muted"), (text.subject, "bold"), "\n\n", text.body,
            )
        )  # fmt: skip
        if self._untrue:
            self.query_one(Notice).show("An example: it is not sent", f"Their state: {self._untrue}.", Tone.WARN)
        else:
            self.query_one(Notice).clear()
        sends = () if self._untrue or not self._way else (("enter", "bold reverse"), " sends it · ")
        self.query_one("#keys", Static).update(
            Content.assemble(
                *sends, ("t", "bold reverse"), " the other topic · ",
                ("w", "bold reverse"), " another way · ", ("esc", "bold reverse"), " back",
            )
        )  # fmt: skip

    def action_topic(self) -> None:
        """The other topic."""
        self._topic = Topic.EXPIRY if self._topic is Topic.LOCKOUT else Topic.LOCKOUT
        self.prepare()

    def action_way(self) -> None:
        """The next way."""
        if self._rules and self._rules.ways:
            ways = list(self._rules.ways)
            self._way = ways[(ways.index(self._way) + 1) % len(ways)] if self._way in ways else ways[0]
            self._draw()

    def action_send(self) -> None:
        """Send it, unless that is under way."""
        if self._rules and self._occasion and self._way and not self._untrue and not self._sending:
            self._sending = True
            self.send(self._rules, self._occasion, self._way)

    @work(group="send")
    async def send(self, rules: NoticeRules, what: Occasion, way: str) -> None:
        """Claim, send, record; then say what came of it."""
        notifier = Notifier(self._session, rules)
        said = self.query_one(Notice)
        said.show("Sending …")
        try:
            line = await notifier.send(what, way)
        except Trouble as trouble:
            said.show(trouble.title, trouble.advice, Tone.BAD)
        else:
            tone = _TONE[line.delivery.fate] if line.delivery else Tone.WARN
            said.show(f"{line.words}", f"Ledger entry {line.entry}." if line.entry else "", tone)
        finally:
            await notifier.aclose()
            self._sending = False
