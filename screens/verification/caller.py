"""The dialog that proves a caller: the ways they have, the number to tap, what to say, and what came of it."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace
from textual import on, work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Digits, Input, Static

from tui.desk.connectors.secrets import Secret
from tui.desk.rules.judging import WORDS, Ban, Want
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.desk.verification.asking import AskingStage, ask
from tui.desk.verification.attesting import attest
from tui.desk.verification.ruling import rule
from tui.desk.verification.saying import (
    ENDED,
    ended_words,
    how_else,
    look_at,
    phones_of,
    refused_words,
    script,
    so_far,
)
from tui.desk.verification.ways import ways_of
from tui.okta.errors import MissingRole
from tui.trouble import Trouble
from widgets.choice import Choice, Option
from widgets.dialog import Dialog
from widgets.drawn import Drawn
from widgets.field import Field, LabelledLine
from widgets.tones import STYLE, keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.asking import Asked
    from tui.desk.verification.ruling import Ruling
    from tui.desk.verification.ways import Way
    from widgets.key_queue import Taking, Typed

_TONES: Final = {AskingStage.DENIED: Tone.BAD, AskingStage.WRONG: Tone.BAD, AskingStage.FAILED: Tone.BAD}


class CallerScreen(Dialog[bool]):
    """Dismissed with whether the agent goes on with the action, the caller being proven well enough for it.

    Closing it stops the asking, which the ledger then says.

    Args:
        session: The session.
        person: The person whom the caller claims to be.
        action: What the caller wants.
        targets: What that is aimed at.
    """

    CSS_PATH = "caller.tcss"
    AUTO_FOCUS = "Choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", "Ask"),
        Binding("escape", "back", "Back"),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    def __init__(self, session: Session, person: Person, action: Action, targets: tuple[Target, ...] = ()) -> None:
        super().__init__()
        self._session = session
        self._person = person
        self._action = action
        self._targets = targets
        self._ways: tuple[Way, ...] = ()
        self._ruling: Ruling | None = None
        self._proven = False
        self._asking = False
        self._numbers = True
        self._over = False
        self._refused: dict[str, str] = {}  # by factor, what this role may not ask
        self._drawn = Drawn(self, tell=lambda text: self._say(text, Tone.WARN))

    def compose(self) -> ComposeResult:
        """Yield what the rules want, the ways, the number, what to say, the fields and the keys."""
        user = self._person.user
        with VerticalScroll(id="box") as box:
            box.can_focus = False
            box.border_title = Content(plain(f"Who is calling? {user.name} · {user.login}", limit=70))
            yield Static(id="wanted", markup=False)
            yield Static(id="how", markup=False)
            yield Choice("way", ())
            yield Digits(id="number")
            yield Static(id="script", markup=False)
            yield Static(id="look", markup=False)
            yield LabelledLine("Code", Field(placeholder="what they read out", id="code", max_length=20))
            seen = "badge 4711 on video, seen by me"
            yield LabelledLine("Seen", Field(placeholder=seen, id="seen", max_length=300))
            yield Static(id="came", markup=False)
            yield Static(id="keys")

    def on_mount(self) -> None:
        """Read the ways and what the rules want."""
        self._show_fields()
        self._say("Reading how they can be asked …", Tone.MUTED)
        self.read()

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could ask somebody and was typed before the ways were on the screen."""
        return self._drawn.taking(typed)

    @property
    def way(self) -> Way | None:
        """The way that is chosen; `None` while none is."""
        value = self.query_one(Choice).value
        return self._ways[int(value)] if value else None

    @work(exclusive=True, group="read")
    async def read(self, *, tell: bool = True) -> None:
        """Read the factors and the rules' judgement, and choose the way that they want first."""
        session, user = self._session, self._person.user
        try:
            self._ruling = await rule(session, self._action, self._person, self._targets, reason="", typed=False)
            factors = await session.factors_of(user.id)
        except Trouble as trouble:
            self._say(f"{trouble.title}. {trouble.advice}", Tone.BAD)
            return
        rules = session.rules or DEFAULT_RULES
        need = self._ruling.judgement.proof or Strength.PUSH
        ways = ways_of(
            factors,
            rules,
            need,
            now=session.now().timestamp(),
            aimed_at=self._ruling.aimed_at,
            numbers=self._numbers,
            phones=phones_of(self._person),
        )
        refused = [replace(way, cannot=self._refused.get(way.factor, way.cannot)) for way in ways]
        shown = [way for way in refused if session.verifies or isinstance(way.kind, Attested)]
        chosen = self.way
        self._ways = tuple(sorted(shown, key=lambda way: bool(way.cannot)))
        self._draw(chosen)
        if tell:
            self._tell_proof()
        self._drawn.changed()

    def _draw(self, chosen: Way | None) -> None:
        """Show what is wanted and the ways, of which the one that was chosen stays so where it can still be asked."""
        if self._ruling is None:
            return
        judgement = self._ruling.judgement
        self._proven = bool(judgement.proof) and not {Want.PROOF, Want.TOP_PROOF} & set(judgement.wants)
        wanted = WORDS.get(judgement.proof, "no proof for this")
        lines = [Content.assemble(("For      ", "$muted"), self._action.title)]
        lines.append(Content.assemble(("Wanted   ", "$muted"), plain(wanted), ", or what you vouch for"))
        unseen = filter(None, (*judgement.why, judgement.unseen))
        lines += [Content.assemble("         ", (plain(why), STYLE[Tone.WARN])) for why in unseen]
        self.query_one("#wanted", Static).update(Content("\n").join(lines))
        how = self.query_one("#how", Static)
        how.update(how_else(self._session, self._ways))
        how.display = bool(how_else(self._session, self._ways))
        self._tell_tries(self._ruling.facts.tries_left)
        choice = self.query_one(Choice)
        choice.options = tuple(
            Option(str(number), plain(_title(way)), style="bold" if way.wanted else "", off=plain(way.cannot))
            for number, way in enumerate(self._ways)
        )
        usable = {str(number): way for number, way in enumerate(self._ways) if not way.cannot}
        same = (number for number, way in usable.items() if chosen and _is_same(way, chosen))
        choice.value = next(same, next(iter(usable), ""))
        self._show_fields()

    def _tell_proof(self) -> None:
        """Say how far the caller is proven."""
        if self._proven:
            self._say("PROVEN, well enough for this. Enter goes on.", Tone.GOOD)
        elif self._ruling is not None and self._ruling.judgement.ban is not None and self._ruling.obstacle is not None:
            obstacle = self._ruling.obstacle
            if self._ruling.judgement.ban is Ban.DENIED:
                self._end_tries()
            self._say(f"{obstacle.reason.capitalize()}. {obstacle.advice}", Tone.BAD)
        elif self._ruling is not None:
            some = self._ruling.judgement.have
            self._say(so_far(self._ruling.judgement), Tone.WARN if some else Tone.MUTED)

    def _tell_tries(self, left: int) -> None:
        """Say in the field for a code how many there may be."""
        tries = f"{left} {'try' if left == 1 else 'tries'} left" if left else "no try is left"
        self.query_one("#code", Input).placeholder = f"what they read out; {tries}"

    @on(Choice.Changed)
    def _show_fields(self) -> None:
        """Show the field that the chosen way needs, and go to it."""
        way = None if self._over else self.way
        self.query_one(Choice).display = not self._over
        for name, shown in (
            ("code", way is not None and way.kind is Measured.CODE),
            ("seen", way is not None and isinstance(way.kind, Attested)),
        ):
            line = self.query_one(f"#{name}", Input).parent
            if line is not None:
                line.display = shown
        self.query_one("#number").display = False
        self.query_one("#script").display = False
        look = self.query_one("#look", Static)
        text = "" if way is None else look_at(way, self._person)
        look.update(text)
        look.display = bool(text)
        self._show_keys()

    @on(Input.Submitted)
    def action_ask(self) -> None:
        """Ask in the chosen way; once the caller is proven, go on."""
        way = self.way
        if self._proven:
            self.dismiss(self._proven)
        elif self._asking or way is None or not self._drawn.complete:
            return
        elif isinstance(way.kind, Attested):
            self.vouch(way)
        elif way.kind is Measured.CODE and not self.query_one("#code", Input).value.strip():
            self.query_one("#code", Input).focus()
            self._say("Type the code that they read out.", Tone.WARN)
        else:
            self.ask(way)

    @work(exclusive=True, group="ask")
    async def vouch(self, way: Way) -> None:
        """Record what the agent vouches for."""
        field = self.query_one("#seen", Input)
        try:
            await attest(self._session, self._person, way, self._action.id, field.value)
        except Trouble as trouble:
            field.focus()
            self._say(f"{trouble.title}. {trouble.advice}", Tone.WARN)
            return
        self.read()

    @work(exclusive=True, group="ask")
    async def ask(self, way: Way) -> None:
        """Ask a factor, and show each thing that happens."""
        box = self.query_one("#code", Input)
        code = Secret("".join(box.value.split())) if way.kind is Measured.CODE else None
        box.value = ""
        self._asking = True
        try:
            async with aclosing(ask(self._session, self._person, way, self._action.id, code=code)) as states:
                async for asked in states:
                    self._show(asked, way)
        except Trouble as trouble:
            self._asking = False
            self._say(f"{trouble.title}. {trouble.advice}", Tone.BAD)
        finally:
            self._asking = False

    def _show(self, asked: Asked, way: Way) -> None:
        number, said = self.query_one("#number", Digits), self.query_one("#script", Static)
        waiting = asked.stage is AskingStage.WAITING
        self.query_one(Choice).display = not waiting and not self._over  # the number and what to say need the room
        number.display = waiting and asked.number is not None
        said.display = waiting
        if waiting:
            number.update("" if asked.number is None else str(asked.number))
            said.update(script(asked, (self._session.rules or DEFAULT_RULES).place))
            until = f" It waits until {asked.ends.astimezone():%H:%M:%S}." if asked.ends else ""
            plainly = " It shows no number, so it proves less." if asked.plain else ""
            self._say(f"Waiting for {plain(way.name)}.{until}{plainly}", Tone.MUTED)
        elif asked.stage is AskingStage.PASSED:
            self._asking = False
            self._numbers = self._numbers and (asked.step is None or asked.step.kind is not Measured.PUSH)
            self.read()
        elif asked.stage in ENDED:
            self._asking = False
            if asked.stage is AskingStage.DENIED:
                self._end_tries()
                self.sound(asked.entry)
            self._note_end(asked, way)
            self._say(ended_words(asked, way), _TONES.get(asked.stage, Tone.WARN))
        else:
            self._say("Writing it to the ledger …", Tone.MUTED)

    def _note_end(self, asked: Asked, way: Way) -> None:
        """Keep what an end says of this way, so that the ways show it: this factor, and no other."""
        if asked.tries_left is not None:
            self._tell_tries(asked.tries_left)
        if asked.plain and asked.stage is AskingStage.FAILED:
            self._numbers = False
        elif isinstance(asked.trouble, MissingRole):
            self._refused[way.factor] = refused_words(way)
        else:
            return
        self.read(tell=False)  # what is said of the end stays

    def _end_tries(self) -> None:
        """Take the ways away: nobody is asked again in this call, and what matters now has the room."""
        self._over = True
        self.add_class("-over")
        self._show_fields()

    @work(group="alarm")
    async def sound(self, entry: int) -> None:
        """Tell the desk's channel, where its rules name one; that it could not be told is said, too."""
        from tui.desk.notices.alarm import sound

        try:
            line = await sound(self._session, self._person, entry)
        except Trouble as trouble:
            told = f"The desk's channel was not told: {trouble.title}."
        else:
            told = "" if line is None else f"The desk's channel: {line.words.replace(': ', ', ', 1)}."
        if told and self.is_attached:
            self._say(f"{ENDED[AskingStage.DENIED]} {told}", Tone.BAD)

    def _say(self, text: str, tone: Tone) -> None:
        mark = {Tone.BAD: "✗ ", Tone.WARN: "! ", Tone.GOOD: "✓ "}.get(tone, "")
        came = self.query_one("#came", Static)
        came.update(Content.styled(mark + plain(text, limit=600), STYLE[tone]))
        self._show_keys()
        if tone is not Tone.MUTED:  # in a small terminal it is below the visible part
            self.call_after_refresh(came.scroll_visible, animate=False)

    def _show_keys(self) -> None:
        """Show the keys that do something now, with what each does."""
        pairs, way = [("esc", "stops asking" if self._asking else "goes back")], self.way
        if self._proven:
            pairs.insert(0, ("enter", "goes on"))
        elif way is not None and not self._over and not self._asking:
            pairs.insert(0, ("enter", "keeps what you saw" if isinstance(way.kind, Attested) else "asks"))
        self.query_one("#keys", Static).update(Content.assemble(*keys(*pairs)))

    def action_scroll(self, pages: int) -> None:
        """Scroll the dialog by pages, where it is higher than the terminal."""
        box = self.query_one("#box", VerticalScroll)
        box.scroll_relative(y=pages * max(1, box.size.height - 1), animate=False)

    def action_back(self) -> None:
        """Close without going on; an asking that is under way is stopped, and what was proven stays proven."""
        self.dismiss(False)


def _is_same(way: Way, other: Way) -> bool:
    return way.factor == other.factor and (bool(way.factor) or way.kind is other.kind)


def _title(way: Way) -> str:
    if isinstance(way.kind, Attested):
        return way.title
    return f"{way.title} · {way.name}" if way.title and way.title != way.name else way.name
