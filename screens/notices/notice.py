"""The dialog that sends one notice to one person by hand, after a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.connectors import settings
from tui.desk.notices.notice import Fate, Topic
from tui.desk.notices.preview import occasion
from tui.desk.notices.rules import load_for
from tui.desk.notices.sender import Notifier
from tui.desk.notices.texts import message
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.notice import Notice
from widgets.steady_text import SteadyText
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.notices.notice import Occasion
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User
    from widgets.key_queue import Taking, Typed

NAMES = {
    Topic.LOCKOUT: "locked out",
    Topic.EXPIRY: "password expires",
    Topic.UNLOCKED: "unlocked by the desk",
    Topic.RESET: "password reset by the desk",
    Topic.FACTORS: "factors removed by the desk",
}
TOPICS = tuple(NAMES)
_TONE = {Fate.SENT: Tone.GOOD, Fate.LATER: Tone.WARN, Fate.REFUSED: Tone.BAD, Fate.UNKNOWN: Tone.BAD}


class NoticeScreen(Dialog[None]):
    """Shows a notice and sends it once. It changes nothing in Okta, so it works with read-only connectors too.

    Args:
        session: The session.
        user: The person who gets the notice.
        topic: The first topic, as `Topic` names it: `lockout`, `unlocked`.
    """

    CSS_PATH = "notice.tcss"
    AUTO_FOCUS = "#scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send"),
        Binding("d", "topic", "Next topic"),
        Binding("i", "way", "Other way"),
        Binding("escape", "dismiss", "Back"),
    ]

    def __init__(self, session: Session, user: User, topic: str = "lockout") -> None:
        super().__init__()
        self._session = session
        self._user = user
        self._topic = Topic(topic)
        self._sent = False
        self._rules: NoticeRules | None = None
        self._way = ""
        self._occasion: Occasion | None = None
        self._untrue_because = ""
        self._sending = self._sent = False
        self._drawn = Drawn(self, tell=lambda text: self.query_one(Notice).show(text, "", Tone.WARN))

    def compose(self) -> ComposeResult:
        """Yield the notice's text, and beneath it the keys and the notice line."""
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"Notice to {self._user.name} · {self._user.login}", limit=70))
            with VerticalScroll(id="scroll"):
                yield SteadyText(id="text", markup=False)
            yield SteadyText(id="keys", markup=False)
            yield Notice()

    def on_mount(self) -> None:
        """Start to make the text."""
        self.prepare()

    def taking(self, typed: Typed) -> Taking:
        """Drop an enter that was typed before the notice was on the screen as it is now."""
        return self._drawn.taking(typed)

    @work(exclusive=True, group="prepare")
    async def prepare(self) -> None:
        """Read the rules for notices and the person's state, and show the text."""
        try:
            connector = self._session.connector
            self._rules = load_for(settings.places().notices, connector.name, made_up=connector.made_up)
            usual = self._rules.expiries if self._topic is Topic.EXPIRY else self._rules.lockouts
            self._way = self._way or usual or next(iter(self._rules.ways), "")
            self._occasion, self._untrue_because = await occasion(self._session, self._rules, self._user, self._topic)
        except Trouble as trouble:
            self.query_one(Notice).show(trouble.title, trouble.advice, Tone.BAD)
            return
        self._draw()

    def _draw(self) -> None:
        if self._rules is None or self._occasion is None:
            return
        self._drawn.changed()
        to = Notifier(self._session, self._rules).address(self._user)
        by_mail = bool(self._way) and self._rules.ways[self._way].to_address
        text = message(self._occasion, self._rules.wording, to)
        if not self._way:
            where = "nowhere: notices.toml describes no way"
        elif by_mail:
            where = f"{plain(to)} by {self._way}" if to else "nowhere: there is no address that can be written to"
        else:
            where = f"by {self._way}"
        self.query_one("#text", Static).update(
            Content.assemble(
                ("About    ", "$muted"), NAMES[self._topic], "\n",
                ("To       ", "$muted"), where, "\n",
                ("Subject  ", "$muted"), (text.subject, "bold"), "\n\n", text.body,
            )
        )  # fmt: skip
        if self._untrue_because:
            self.query_one(Notice).show(
                "An example: it is not sent", f"Their state: {self._untrue_because}.", Tone.WARN
            )
        else:
            self.query_one(Notice).clear()
        self._draw_keys()

    def _draw_keys(self) -> None:
        sends = () if self._untrue_because or not self._way else (("enter", "sends it"),)
        others = (("d", "the next topic"), ("i", "another way"))
        shown = keys(("enter", "back"), *others) if self._sent else keys(*sends, *others, ("esc", "back"))
        self.query_one("#keys", Static).update(Content.assemble(*shown))

    def action_topic(self) -> None:
        """Switch to the next topic."""
        self._topic = TOPICS[(TOPICS.index(self._topic) + 1) % len(TOPICS)]
        self._occasion, self._sent = None, False  # enter must not send what was shown before
        self.query_one("#text", Static).update("Reading …")
        self.prepare()

    def action_way(self) -> None:
        """Choose the next way of sending."""
        if self._rules and self._rules.ways:
            ways = list(self._rules.ways)
            self._way = ways[(ways.index(self._way) + 1) % len(ways)] if self._way in ways else ways[0]
            self._sent = False
            self._draw()

    def action_send(self) -> None:
        """Send the notice, unless it is an example or being sent already; once it is sent, the call goes on: close."""
        if self._sent:
            self.dismiss()
            return
        ready = self._drawn.complete and not self._untrue_because and not self._sending
        if ready and self._rules and self._occasion and self._way:
            self._sending = True
            self.send(self._rules, self._occasion, self._way)

    @work(group="send")
    async def send(self, rules: NoticeRules, occasion: Occasion, way: str) -> None:
        """Send the notice through the notifier, which records it in the ledger, and show the result."""
        notifier = Notifier(self._session, rules)
        notice = self.query_one(Notice)
        notice.show("Sending …")
        try:
            line = await notifier.send(occasion, way)
        except Trouble as trouble:
            notice.show(trouble.title, trouble.advice, Tone.BAD)
        else:
            tone = _TONE[line.delivery.fate] if line.delivery else Tone.WARN
            notice.show(f"{line.words}", f"Ledger entry {line.entry}." if line.entry else "", tone)
            self._sent = tone is Tone.GOOD
            self._draw_keys()
        finally:
            await notifier.aclose()
            self._sending = False
