"""Names that try something, on every screen: they are shown as text, whole screens stay free of what steers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

from tests.desk.support import fault
from tests.screens.support import NARROW, SMALL, WIDE, seated, unfit
from tui.demo.people.cast import HOSTILE
from tui.desk.ledger.entry import Intent
from tui.okta.calls import Call
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org

NASTY = "\x1b]52;c;AAAA\x07\x9b31m\u202e[@click=app.quit]x[/] =1+1 " + "W" * 300


def harmless(seat: Seat, where: str) -> None:
    strips = seat.app.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip) for strip in strips]
    assert not unfit("".join(lines)), (where, unfit("".join(lines)))
    width = seat.app.size.width
    assert all(len(line) <= width for line in lines if line.isascii()), where
    styles = {segment.style for strip in strips for segment in strip if segment.style}
    links = [(style.link, style.meta) for style in styles if style.link or (style._meta and "@click" in style.meta)]
    assert not [link for link in links if "quit" in str(link) or "evil" in str(link)], (where, links)


async def in_the_list_and_on_the_card(seat: Seat, login: str) -> None:
    await seat.look_up(login)
    assert login[:14] in seat.line("› "), login
    assert "Okta id" in seat.text
    harmless(seat, login)


async def on_the_way_to_the_confirmation(seat: Seat, name: str) -> None:
    await seat.resize(*NARROW)
    await seat.press("enter", "s")
    for size in (NARROW, SMALL):
        await seat.resize(*size)
        assert "╭" in seat.text, (name, size)
        harmless(seat, name)
        await seat.press("pageup", "pageup")
        harmless(seat, name)
    await seat.press("escape")
    harmless(seat, name)
    assert seat.app.is_running
    await seat.resize(*WIDE)


async def somebody_without_a_name_is_still_somebody(seat: Seat, name: str) -> None:
    await seat.look_up(f"{name}@acme.example")
    row = seat.one("#people", Rows).current
    assert row is not None
    line = seat.line("› ")
    assert line[2:17].strip(), (name, line)


async def in_the_lockouts(seat: Seat) -> None:
    harmless(seat, "lockouts")
    for login in ("c1.control", "mark.up", "sheet.formula", "long.name"):
        await seat.press("slash")
        seat.one("#find", Input).value = login
        await seat.press("enter")
        for size in (WIDE, NARROW):
            await seat.resize(*size)
            assert login in seat.text
            harmless(seat, login)
        await seat.press("escape")


async def test_every_hostile_person_on_every_screen(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        for member in HOSTILE:
            await in_the_list_and_on_the_card(seat, member.login)
            name = member.login.partition("@")[0]
            if name in {"osc.clip", "c1.control", "rtl.override", "long.name", "new.line", "zalgo"}:
                await on_the_way_to_the_confirmation(seat, name)
        for name in ("sync.agent", "blank.name", "no.first", "no.last"):
            await somebody_without_a_name_is_still_somebody(seat, name)
        await seat.press("f3")
        await in_the_lockouts(seat)
    assert wire.writes == []


async def test_markup_in_a_name_is_text_everywhere_and_the_palette_runs_what_it_offers(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("mark.up@acme.example")
        assert seat.text.count("[bold red]Mark[/] [/]Up[") == 1
        assert "[bold red]" in seat.line("›")
        await seat.press("enter", "u")
        assert "Unlock: [bold red]Mark[/] [/]Up[ · mark.up@acme.example" in seat.line("─ Unlock: ")
        await seat.press("escape", "ctrl+p")
        assert "Unlock: [bold red]Mark[/] [/]Up[" in seat.text
        await seat.type("unlock")
        assert "Unlock: [bold red]Mark[/] [/]Up[" in seat.text
        await seat.type(" mark")
        assert "Unlock: [bold red]Mark[/] [/]Up[" in seat.text
        await seat.press("enter")
        await seat.until(lambda: "will be unlocked" in seat.words)
        await seat.press("escape", "ctrl+p")
        await seat.type("who is locked")
        await seat.press("enter")
        await seat.until(lambda: "blocked by device" in seat.words)
        assert wire.writes == []
        await seat.press("f2", "u", "enter")
        assert "✓ Unlock: done for [bold red]Mark[/] [/]Up[ (Locked out → Active)" in seat.words
        await seat.press("f4")
        assert "[bold red]Mark[/] [/]Up[ · mark.up@acme.example" in seat.words
    assert len(wire.writes) == 1


async def test_steps_by_hand_for_hostile_people(desk: Desk) -> None:
    async with seated(desk.session(read_only=True), NARROW) as seat:
        for name in ("osc.clip", "c1.control", "mark.up", "rtl.override", "long.name", "new.line"):
            await seat.look_up(f"{name}@acme.example")
            await seat.press("enter", "u")
            assert "By hand · " in seat.text or "Instead · Not in this state · " in seat.text, name
            harmless(seat, name)
            await seat.press("c")
            assert not unfit(seat.app.clipboard), name
            await seat.press("escape")


async def test_a_ledger_that_others_have_written_into_and_what_is_typed_and_answered(desk: Desk, org: Org) -> None:
    session = desk.session()
    session = replace(session, agent=replace(session.agent, name="[b]te[/b]ss"))
    call = Call("POST", "/api/v1/users/00u1/lifecycle/unlock")
    values = dict.fromkeys(Intent.__struct_fields__, NASTY) | {"notice": ""}
    session.ledger.intend(Intent(**{**values, "title": "Unlock", "calls": (call,)}))  # type: ignore[arg-type]
    async with seated(session) as seat:
        for size in (WIDE, NARROW):
            await seat.resize(*size)
            assert "is not known" in seat.words
            harmless(seat, "start")
            await seat.press("f4")
            harmless(seat, "list")
            await seat.press("enter")
            assert "[@click=app.quit]x[/]" in seat.words
            harmless(seat, "entry")
            await seat.press("escape", "f2")
        box = seat.one("#query", Input)
        box.value = NASTY
        await seat.rest()
        harmless(seat, "box")
        assert "[b]te[/b]ss" in seat.lines[0]
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "u")
        seat.one("#reason", Input).value = NASTY
        await seat.rest()
        harmless(seat, "reason")
        fault(org, "wrong-json", "/lifecycle/")
        await seat.press("enter")
        harmless(seat, "notice")
        assert seat.app.is_running
