"""Give this person X: one search over groups and apps together, and the ways to grant it or take it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.base import Command
from screens.software.group import GroupScreen
from screens.software.list import SoftwareList
from tui.desk.actions.catalogue import GIVE_APP_TO_GROUP
from tui.desk.actions.grammar import TargetKind
from tui.desk.ledger.entry import Outcome
from tui.desk.people.card import tone_of
from tui.desk.software.follow import AssignmentStage, follow
from tui.desk.software.ways import ways
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.software.detail import MOST, layout
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.people.person import Person
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.desk.software.follow import Followed
    from tui.desk.software.offers import Offer
    from tui.desk.software.ways import SoftwareWay
    from tui.okta.entitlements import App
    from tui.okta.models import Group

FOLLOWED: int = 3
"""How many apps are followed after one change."""
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


class SoftwareScreen(SoftwareList):
    """Pushed over the card of a person; escape goes back to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"way({number})", f"Way {number}", show=False) for number in range(1, MOST + 1)
    ]

    def __init__(
        self, session: Session, changed: Signal[Person], person: Person, *, typing_pause: float = 0.12
    ) -> None:
        super().__init__(session, changed, person, typing_pause=typing_pause)
        self.flow = ActionFlow(self, acted=self._acted, cancelled=self._cancelled)
        self._whom = person
        self._ways: tuple[SoftwareWay, ...] = ()
        self._begun: tuple[SoftwareWay, Offer] | None = None
        self._followed: dict[str, Followed] = {}

    def body(self) -> Iterable[Widget]:
        """The list, and what is followed below it."""
        yield from super().body()
        yield Static(id="following")

    def title_line(self) -> Content:
        """Who it is for: enough to notice the wrong namesake."""
        user = self._whom.user
        rest = (user.login, user.text("title"), user.text("department"))
        state = okta_terms.status_words(user.status)
        return Content.assemble(
            (plain(user.name), "bold"),
            "".join(f" · {plain(part)}" for part in rest if part),
            (f" · {plain(state)}", STYLE[tone_of(user.status, blocked=self._whom.blocked)]),
        )

    def show(self, offer: Offer | None) -> None:
        """Show one offer, with the ways to it."""
        self._ways = ways(self.session, self._whom, offer) if offer else ()
        super().show(offer)

    def describe(self, offer: Offer, width: int) -> Content:
        """How they have it, and the ways."""
        return layout(offer, self._ways, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the box a number is a part of a name."""
        if action == "way":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    # -- acting

    def choose(self, offer: Offer) -> None:
        """Enter: the best way."""
        if self._shown != offer:
            self.show(offer)
        best = next((way for way in self._ways if way.best), None)
        if best is None and not offer.has:
            best = next((way for way in self._ways if way.by_hand), None)
        if best is not None:
            self._begin(best, offer)
        elif offer.has:
            name = plain(self._whom.user.name)
            self.notice.show(f"{name}: {offer.name}, {offer.how}", "The numbers beside it change that.")
        elif self._ways:
            self._explain(self._ways[0])

    def action_way(self, number: int) -> None:
        """One of the ways by its number."""
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
                self._begin(way, offer)

    def _explain(self, way: SoftwareWay) -> None:
        if way.obstacle is not None:
            self.notice.show(f"{way.title} is not possible: {way.obstacle.reason}", way.obstacle.advice, Tone.WARN)

    def _begin(self, way: SoftwareWay, offer: Offer) -> None:
        self.notice.clear()
        self._begun = way, offer
        if way.missing:
            self._choose_group(way, offer)
        else:
            self.flow.start(way.action, self._whom, way.ids)

    def _choose_group(self, way: SoftwareWay, offer: Offer) -> None:
        def chosen(group: Group) -> None:
            self.flow.start(way.action, self._whom, {**way.ids, TargetKind.GROUP: group.id})

        giving = [giver.group.id for giver in offer.givers]
        screen = GroupScreen(
            self.session,
            self.changed,
            chosen,
            purpose=f"Give {offer.name} to one of the groups of {plain(self._whom.user.name)}",
            person=self._whom,
            own=True,
            without=giving,
            typing_pause=self._typing_pause,
        )
        self.app.push_screen(screen)

    def _acted(self, performed: Performed) -> None:
        """Something was sent, or was not; what was given or taken is followed."""
        begun, self._begun = self._begun, None
        if performed.after is None:  # else it is told to every screen, and so to this one
            self._reread()
        if begun is None or performed.outcome not in {Outcome.DONE, Outcome.UNKNOWN, Outcome.PARTLY}:
            return
        way, offer = begun
        if way.action is GIVE_APP_TO_GROUP and offer.app is not None:
            self.software.forget_givers(offer.app.id, *(t.id for t in performed.targets if t.kind is TargetKind.GROUP))
        self._followed = {app: seen for app, seen in self._followed.items() if not seen.over}
        for app in _followed(way, offer):
            self.follow(app, wanted=bool(way.action.wants))

    def _cancelled(self, person: Person, *, stale: bool) -> None:  # noqa: ARG002 - always the person of this screen
        """The agent turned back; what stood in the way may be news."""
        self._begun = None
        if stale:
            self._reread()

    def on_person_changed(self, person: Person) -> None:
        """The person was read anew, here or elsewhere: what they have may be otherwise."""
        if person.user.id == self._whom.user.id:
            self._whom = person
            self.query_one("#who", Static).update(self.title_line())
            self._reread()

    def _reread(self) -> None:
        self.software.forget()
        self.look_for(self.box.value)

    # -- what comes of it

    @work(group="follow")
    async def follow(self, app: App, *, wanted: bool) -> None:
        """Look at an assignment until the app has made the account, or has not; leaving the screen ends it."""
        stage = None
        async for seen in follow(self.session, app.id, app.title, self._whom.user.id, wanted=wanted):
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

    def palette_commands(self) -> Iterable[Command]:
        """The ways for the software under the cursor."""
        for number, way in enumerate(self._ways[:MOST], 1):
            if way.obstacle is None:
                yield Command(f"{way.title}: {plain(self._whom.user.name)}", way.action.effect, f"way({number})")


def _followed(way: SoftwareWay, offer: Offer) -> tuple[App, ...]:
    """The apps whose assignment changes by a way."""
    if way.action.wants is False:
        still = [giver for giver in offer.through if giver.group.id != way.ids.get(TargetKind.GROUP)]
        stays = bool(still) or (TargetKind.GROUP in way.ids and bool(offer.direct))
        return () if stays or offer.app is None else (offer.app,)
    new = [offer.app] if offer.app is not None and not offer.has else []
    giver = next((giver for giver in offer.givers if giver.group.id == way.ids.get(TargetKind.GROUP)), None)
    more = [app for app in (giver.apps if giver else None) or () if app.provisions and app not in new]
    return tuple([*new, *more][:FOLLOWED])
