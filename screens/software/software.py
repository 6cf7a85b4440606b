"""The software screen of one person: a search over apps and groups, and the ways to grant or revoke each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.act.person_commands import person_commands
from screens.act.person_keys import ABOUT_A_PERSON, PersonKeys, person_bindings
from screens.asks import Command
from screens.software.group import GroupScreen
from screens.software.list import SoftwareList
from tui.desk.actions.grammar import TargetKind
from tui.desk.actions.software_actions import GIVE_APP_TO_GROUP
from tui.desk.ledger.entry import Outcome
from tui.desk.people.card import tone_of
from tui.desk.software.follow import AssignmentStage, follow
from tui.desk.software.ways import ways
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.software.detail import MOST, layout
from widgets.steady_text import SteadyText
from widgets.tones import STYLE, chip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.connectors.console import ConsolePage
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.desk.software.follow import Followed
    from tui.desk.software.offers import Offer
    from tui.desk.software.ways import SoftwareWay
    from tui.okta.entitlements import App
    from tui.okta.models import Group

FOLLOWED: int = 3
"""Most apps that are followed after one change."""
TONE = {
    AssignmentStage.DONE: Tone.GOOD,
    AssignmentStage.GONE: Tone.GOOD,
    AssignmentStage.FAILED: Tone.BAD,
    AssignmentStage.OPEN: Tone.WARN,
}
MARK = {
    AssignmentStage.DONE: "✓",
    AssignmentStage.GONE: "✓",
    AssignmentStage.FAILED: "✗",
    AssignmentStage.OPEN: "!",
    AssignmentStage.WAITING: "…",
}


class SoftwareScreen(SoftwareList, PersonKeys):
    """Pushed in front of a screen that shows the person; escape returns to that screen.

    In the list the person's letters are the same as wherever a person is; in the search box they are text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *person_bindings(),
        *(Binding(str(number), f"way({number})", f"Way {number}", show=False) for number in range(1, MOST + 1)),
    ]

    def __init__(
        self, session: Session, changed: Signal[Person], person: Person, *, typing_pause: float = 0.12
    ) -> None:
        super().__init__(session, changed, person, typing_pause=typing_pause)
        self.flow = ActionFlow(self, acted=self._acted, cancelled=self._cancelled)
        self._recipient = person
        self._ways: tuple[SoftwareWay, ...] = ()
        self._started: tuple[SoftwareWay, Offer] | None = None
        self._followed: dict[str, Followed] = {}

    def body(self) -> Iterable[Widget]:
        """Yield the list, and beneath it the assignments that are followed."""
        yield from super().body()
        yield SteadyText(id="following")

    def title_line(self) -> Content:
        """Return the person's name, login, title, department and status, so that a wrong namesake is noticed."""
        user = self._recipient.user
        details = (user.login, user.text("title"), user.text("department"))
        tone = tone_of(user.status, blocked=self._recipient.blocked)
        words = plain(okta_terms.status_words(user.status, blocked=self._recipient.blocked))
        return Content.assemble(
            (plain(user.name), "bold"),
            "".join(f" · {plain(part)}" for part in details if part),
            "  ",
            chip(words, tone),
        )

    def show(self, offer: Offer | None) -> None:
        """Show the detail of an offer, with the ways to change it."""
        self._ways = ways(self.session, self._recipient, offer) if offer else ()
        super().show(offer)

    def describe(self, offer: Offer, width: int) -> Content:
        """Return the text about how the person has the offer, and about the ways."""
        return layout(offer, self._ways, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: in the search box a number is a part of a name."""
        if action == "software":
            return False  # it is shown already
        if action == "way" or action in ABOUT_A_PERSON:
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    @property
    def person_id(self) -> str:
        """Okta's id of the person whom the software is for."""
        return self._recipient.user.id

    @property
    def known_person(self) -> Person:
        """The person whom the software is for, as last read."""
        return self._recipient

    def view_kept(self) -> dict[str, str]:
        """Return the text that was searched for last, also once the screen is closed."""
        return {"text": self.remembered or self.result.text}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Put the text of the last time into the box; nothing is searched before the agent asks for it."""
        if text := view.get("text", ""):
            self.remember(text)

    # -- acting

    def action_act(self, action_id: str) -> None:
        """Confirm an action for the person; it is none of the ways to software."""
        self._started = None
        super().action_act(action_id)

    def choose(self, offer: Offer) -> None:
        """Start the best way, or explain why there is none."""
        if self._shown != offer:
            self.show(offer)
        best = next((way for way in self._ways if way.best), None)
        if best is None and not offer.has:
            best = next((way for way in self._ways if way.by_hand), None)
        if best is not None:
            self._start(best, offer)
        elif offer.has:
            name = plain(self._recipient.user.name)
            self.notice.show(f"{name}: {offer.name}, {offer.how}", "The numbers beside it change that.")
        elif self._ways:
            self._explain(self._ways[0])

    def action_way(self, number: int) -> None:
        """Start a way by its number, or explain its obstacle."""
        offer = self.rows.current
        if offer is None:
            return
        if self._shown != offer:
            self.show(offer)
        if number <= len(self._ways):
            way = self._ways[number - 1]
            if way.obstacle is not None and not way.by_hand:
                self._explain(way)
            else:
                self._start(way, offer)

    def _explain(self, way: SoftwareWay) -> None:
        if way.obstacle is not None:
            self.notice.show(f"{way.title} is not possible: {way.obstacle.reason}", way.obstacle.advice, Tone.WARN)

    def _start(self, way: SoftwareWay, offer: Offer) -> None:
        self.notice.clear()
        self._started = way, offer
        if way.missing:
            self._choose_group(way, offer)
        else:
            self.flow.start(way.action, self._recipient, way.ids)

    def _choose_group(self, way: SoftwareWay, offer: Offer) -> None:
        def chosen(group: Group) -> None:
            self.flow.start(way.action, self._recipient, {**way.ids, TargetKind.GROUP: group.id})

        giving = [giver.group.id for giver in offer.givers]
        screen = GroupScreen(
            self.session,
            self.changed,
            chosen,
            purpose=f"Give {offer.name} to one of the groups of {plain(self._recipient.user.name)}",
            person=self._recipient,
            own=True,
            without=giving,
            typing_pause=self._typing_pause,
        )
        self.app.push_screen(screen)

    def _acted(self, performed: Performed) -> None:
        """Read the person's software again after an action, and follow the assignments that it changed."""
        started, self._started = self._started, None
        if performed.after is None:  # otherwise `on_person_changed` is called
            self._reread()
        if started is None or performed.outcome not in {Outcome.DONE, Outcome.UNKNOWN, Outcome.PARTLY}:
            return
        way, offer = started
        if way.action is GIVE_APP_TO_GROUP and offer.app is not None:
            self.software.forget_givers(offer.app.id, *(t.id for t in performed.targets if t.kind is TargetKind.GROUP))
        self._followed = {app: seen for app, seen in self._followed.items() if not seen.over}
        for app in _changed_apps(way, offer):
            self.follow(app, wanted=bool(way.action.wants))

    def _cancelled(self, person: Person, *, stale: bool) -> None:  # noqa: ARG002 - always the person of this screen
        """Read the person's software again if the action met an obstacle that is not shown yet."""
        self._started = None
        if stale:
            self._reread()

    def on_person_changed(self, person: Person) -> None:
        """Show the person's new state, and read their software again."""
        if person.user.id == self._recipient.user.id:
            self._recipient = person
            self.query_one("#who", Static).update(self.title_line())
            self._reread(shared=False)

    def _reread(self, *, shared: bool = True) -> None:
        self.software.forget(shared=shared)
        self.search_for(self.box.value)

    # -- following assignments

    @work(group="follow")
    async def follow(self, app: App, *, wanted: bool) -> None:
        """Follow an assignment until the app has made the account or has failed; closing the screen ends this."""
        stage = None
        async for seen in follow(self.session, app.id, app.title, self._recipient.user.id, wanted=wanted):
            self._followed[app.id] = seen
            self._show_followed()
            if seen.stage is not stage and seen.over:
                self._reread()
            stage = seen.stage

    def _show_followed(self) -> None:
        lines = []
        for seen in list(self._followed.values())[-FOLLOWED:]:
            seconds = "" if seen.over else f" … {round(seen.seconds)} s"
            text = f"{MARK[seen.stage]} {seen}" if seen.over else f"{MARK[seen.stage]} {seen.text}{seconds}"
            lines.append(Content.styled(text, STYLE[TONE.get(seen.stage, Tone.MUTED)]))
        line = self.query_one("#following", Static)
        line.update(Content("\n").join(lines))
        line.display = bool(lines)

    def notes_of(self, row: Offer) -> tuple[Note, ...]:
        """Return whether the person has a piece of software, or how they would get it, and who they are."""
        from tui.desk.notes.notes import software_notes

        return software_notes(self._recipient.user, row)

    def whom(self) -> tuple[str, str] | None:
        """Return the person whom the software is for."""
        return self._recipient.user.id, self._recipient.user.name

    def console_pages(self) -> tuple[ConsolePage, ...]:
        """Return the page on the app or the group under the cursor, and those on the person."""
        from tui.desk.connectors.console import app_page, group_page

        offer, pages = self.rows.current, super().console_pages()
        if offer is None or (offer.app is not None and not offer.app.name):
            return pages
        if offer.app is not None:
            return (app_page(offer.app.id, offer.app.name or "", offer.name), *pages)
        return (group_page(offer.key, offer.name), *pages)

    def palette_commands(self) -> Iterable[Command]:
        """Yield the ways for the software under the cursor, and the actions for the person."""
        for number, way in enumerate(self._ways[:MOST], 1):
            if way.obstacle is None:
                yield Command(f"{way.title}: {plain(self._recipient.user.name)}", way.action.effect, f"way({number})")
        for command in person_commands(self.session, self._recipient):
            if command.action != "software":
                yield command


def _changed_apps(way: SoftwareWay, offer: Offer) -> tuple[App, ...]:
    """Return the apps whose assignment a way changes."""
    if way.action.wants is False:
        other_givers = [giver for giver in offer.through if giver.group.id != way.ids.get(TargetKind.GROUP)]
        stays = bool(other_givers) or (TargetKind.GROUP in way.ids and bool(offer.direct))
        return () if stays or offer.app is None else (offer.app,)
    new = [offer.app] if offer.app is not None and not offer.has else []
    giver = next((giver for giver in offer.givers if giver.group.id == way.ids.get(TargetKind.GROUP)), None)
    more = [app for app in (giver.apps if giver else None) or () if app.provisions and app not in new]
    return tuple([*new, *more][:FOLLOWED])
