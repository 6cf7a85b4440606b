"""The steps in the place of a confirmation: shown at once, filled in, copied, opened; they send nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.containers import VerticalScroll
from textual.widgets import Button, Input

from screens.act import instructions as module
from screens.act.instructions import InstructionsScreen
from tests.desk.support import Gate, aim, choose, someone_for, user_id
from tests.screens.support import NARROW, SIZES, SMALL, WIDE, seated, unfit
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.portals import Portals
from tui.okta.policy import Capability

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

ACME = OrgAddress("https://acme.okta.com")
LONG = "https://reset.acme.example/start?for={login}&by=keydesk&with=a-parameter-so-long-that-it-has-to-be-wrapped"


def public(session: Session, **changed: object) -> Session:
    """The same session, looked at as one of an org on the web, which has pages to link to."""
    return replace(session, connector=replace(session.connector, org=ACME, **changed))


async def opened(seat: Seat, session: Session, org: Org, action: str, user: str) -> InstructionsScreen:
    plan = await aim(seat.app.session, action, user, choose(org, action, user))
    screen = InstructionsScreen(session, plan.action, plan.person, plan.targets)
    await seat.app.push_screen(screen)
    await seat.rest()
    return screen


def words(seat: Seat) -> str:
    """The dialog as running text, without its border and what stands beside it; else the screen."""
    boxes = seat.app.screen.query("#box")
    first, end = (boxes.first().region.x, boxes.first().region.right) if boxes else (0, seat.app.size.width)
    return " ".join(
        "\n".join(line[first:end] for line in seat.lines).replace("╏", " ").replace("┃", " ").replace("│", " ").split()
    )


async def read_to_its_end(seat: Seat, screen: InstructionsScreen) -> None:
    """All of the steps can be read, page by page, and what leads back stays in sight."""
    assert "keydesk sends nothing" in words(seat)
    assert "c copy" in words(seat)
    assert "esc back" in words(seat)
    assert screen.instructions.allows not in words(seat)  # it is for admins
    await seat.press("d", "home")
    seen = words(seat)
    scroll = screen.query_one("#scroll", VerticalScroll)
    for _ in range(12):
        await seat.press("pagedown")
        seen += words(seat)
        assert not unfit(seat.text)
        if scroll.is_vertical_scroll_end:
            break
    assert scroll.is_vertical_scroll_end
    assert screen.instructions.allows.split()[-1] in seen
    assert "esc back" in words(seat)
    assert "{" not in seat.text
    assert not screen.query(Input)
    assert not screen.query(Button)
    await seat.press("home")
    await seat.until(lambda: scroll.scroll_y == 0)  # after the next drawing


async def test_every_action_can_be_read_to_its_end_at_every_size(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(read_only=True), NARROW) as seat:
        for action in ACTIONS:
            screen = await opened(seat, public(seat.app.session), org, action, someone_for(org, action))
            for size in (SMALL, WIDE, NARROW) if action in {"unlock", "give-app-to-group"} else (NARROW,):
                if seat.app.size != size:
                    await seat.resize(*size)
                await read_to_its_end(seat, screen)
                await seat.press("d")
            await seat.press("escape")
            assert seat.app.screen is not screen
        await opened(seat, public(seat.app.session, production=True), org, "unlock", user_id(org, "ann.lee"))
        assert "PRODUCTION · By hand · Read-only" in seat.text
        assert "acme.okta.com" in seat.lines[-2] + seat.lines[-3]
    assert wire.writes == []


async def test_the_steps_are_there_before_the_policy_is_read(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(read_only=True), WIDE) as seat:
        await seat.look_up("henry.stone@acme.example")
        await seat.press("enter")
        wire.watch = gate = Gate(lambda request: "/policies" in request.url.path)
        await seat.hit("u")
        await seat.until(lambda: gate.held)
        assert "Choose More Actions > Unlock Account" in words(seat)
        assert "Perhaps Henry Stone may unlock the account themselves" in words(seat)
        await seat.hit("y")
        assert "The person's part" in seat.text
        await seat.hit("escape")
        gate.opened.set()
        await seat.rest()
        assert "Henry Stone may not unlock the account themselves (password policy “Contractors”)" in words(seat)
        await seat.press("y")
        assert "The person's part" not in seat.text
        await seat.press("escape", "escape")
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        wire.watch = gate = Gate(lambda request: "/policies" in request.url.path)
        await seat.hit("u")
        await seat.until(lambda: gate.held)
        await seat.hit("escape")  # leaving stops the reading
        await seat.until(lambda: gate.cancelled)
        wire.watch = None
        await seat.press("u")
        assert "Ann Lee may unlock the account themselves" in words(seat)


async def test_all_of_it_the_persons_part_and_the_link_are_copied_and_the_link_is_opened(
    desk: Desk, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []  # to a browser
    monkeypatch.setattr("tui.app.Keydesk.open_url", lambda _, url, **__: given.append(url))
    async with seated(desk.session(read_only=True), NARROW) as seat:
        screen = await opened(seat, public(seat.app.session), org, "unlock", user_id(org, "ann.lee"))
        await seat.press("c")
        assert "The text: sent to the terminal, which may not allow it (OSC 52)" in words(seat)
        assert seat.app.clipboard == screen.instructions.text
        assert "Open https://acme-admin.okta.com/admin/user/profile/view/" in seat.app.clipboard
        await seat.press("y", "2")
        assert seat.app.clipboard.startswith("1. Open https://acme.okta.com/signin/unlock, or ")
        assert "keydesk" not in seat.app.clipboard
        await seat.press("y", "3")
        assert seat.app.clipboard == f"https://acme-admin.okta.com/admin/user/profile/view/{user_id(org, 'ann.lee')}"
        monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")
        await seat.press("ctrl+o")
        assert "! It cannot be opened from here: keydesk runs on another machine" in words(seat)
        assert "y copies the link" in words(seat)
        assert given == []
        await seat.press("escape")
        monkeypatch.setattr(module, "why_no_browser", lambda _: "")
        for size in SIZES:
            await seat.resize(*size)
            session = public(seat.app.session, portals=Portals(unlock=LONG))
            screen = await opened(seat, session, org, "unlock", user_id(org, "ann.lee"))
            parts = linked(seat, screen.instructions.link)
            assert len(parts) > 1, size  # wrapped, and still one link
            assert "".join(parts).replace(" ", "") == screen.instructions.link, size
            if size == WIDE:
                await seat.press("ctrl+o")
                assert given == [LONG.replace("{login}", "ann.lee%40acme.example")]
                assert "given to your browser" in words(seat)
            await seat.press("escape")
        await seat.look_up("ann.lee@acme.example")  # of the demo org, which has no pages to link to
        await seat.press("enter", "u")
        assert "ctrl+o open" not in seat.text
        await seat.press("ctrl+o")
        assert "! There is no link" in words(seat)
    assert len(given) == 1


def linked(seat: Seat, link: str) -> list[str]:
    """The pieces of text on the screen that carry this link."""
    return [
        segment.text
        for strip in seat.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style and segment.style.link == link and segment.text.strip()
    ]


async def test_hostile_people_make_no_link_and_no_mess(desk: Desk, org: Org) -> None:
    async with seated(desk.session(read_only=True), NARROW) as seat:
        for name in ("osc.link", "link.up", "mark.up", "rtl.override", "new.line"):
            session = public(seat.app.session, portals=Portals(password_reset=LONG))
            await opened(seat, session, org, "reset-password", user_id(org, name))
            links = {
                segment.style.link
                for strip in seat.app.screen._compositor.render_strips()
                for segment in strip
                if segment.style and segment.style.link
            }
            assert all(link.startswith(("https://reset.acme.example/", "https://acme.okta.com/")) for link in links)
            assert not unfit(seat.text)
            await seat.press("escape")


async def test_each_kind_of_read_only_looks_different(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        person = await seat.app.session.person_with_blocks(user_id(org, "erik.larsen"))
        action, shown = ACTIONS["reset-password"], []
        read_only, refused = desk.session(read_only=True), desk.session()
        off = desk.session(capabilities={Capability.IDENTIFY})
        from tui.okta.errors import MissingScope  # noqa: PLC0415 - here only

        refused.denied[action.endpoint.id] = MissingScope(scope="okta.users.manage")
        there = public(desk.session(), portals=Portals(directory=True, directory_where="Call 4711"))
        for session in (read_only, off, refused, there):
            await seat.app.push_screen(InstructionsScreen(session, action, person))
            await seat.rest()
            shown.append(words(seat))
            await seat.press("escape")
        for text, head in zip(
            shown, ("Read-only ·", "Switched off ·", "Not permitted ·", "The directory does it ·"), strict=True
        ):
            assert [head in one for one in shown].count(True) == 1
            assert head in text
        assert "Call 4711" in shown[3]
        assert "the scope okta.users.manage" in shown[2]
