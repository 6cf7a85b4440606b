"""Password expiry on the screen: a scan on request, by day and by person, exported, and a notice by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from screens.notices.notice import NoticeScreen
from screens.notices.several import TellSeveralScreen
from tests.desk.notices.mail_server import mail_server
from tests.desk.support import fault
from tests.screens.support import NARROW, WIDE, seated
from tui.desk.ledger.entry import Intent, Outcome
from tui.okta.policy import Mode
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Desk, Wire
    from tests.desk.notices.mail_server import MailServer
    from tests.screens.support import Seat
    from tui.demo.org import Org


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as made:
        home.mkdir(parents=True, exist_ok=True)
        (home / "notices.toml").write_text(
            '[notices]\nlockouts = "mail"\nexpiries = "mail"\n'
            f'[way.mail]\nkind = "mail"\nhost = "127.0.0.1"\nport = {made.port}\ntls = "none"\n'
            'sender = "it@acme.example"\n',
            "utf-8",
        )
        yield made


async def nothing_is_asked_before_the_scan_is_wanted(seat: Seat, org: Org, wire: Wire) -> None:
    await seat.press("f7")
    assert wire.sent == []
    assert "Not scanned yet." in seat.words
    fault(org, "500", match="/api/v1/users", times=9)
    await seat.press("r")
    assert "Okta has a fault of its own" in seat.words
    assert "stopped, r goes on" in seat.words
    org.faults.clear()
    await seat.press("r")
    assert "stopped" not in seat.words
    assert "expire within 14 days, estimated · as of 06:00" in seat.words
    assert "Active Directory" in seat.words
    assert "past their age, not asked yet" in seat.words
    assert "day" in seat.line("▸ ")


async def the_arrows_choose_a_day_and_escape_lists_all_again(seat: Seat) -> None:
    whole = len(seat.one("#people", Rows).rows)
    await seat.press("right")
    assert "is listed, esc lists all" in seat.words
    first = {row.expires.astimezone().date() for row in seat.one("#people", Rows).rows}
    assert len(first) == 1
    await seat.press("right")
    second = {row.expires.astimezone().date() for row in seat.one("#people", Rows).rows}
    assert second > first or min(second) > min(first)
    await seat.press("left")
    assert {row.expires.astimezone().date() for row in seat.one("#people", Rows).rows} == first
    await seat.press("escape")
    assert len(seat.one("#people", Rows).rows) == whole


async def what_is_exported_is_what_the_filter_leaves_in_a_new_file(seat: Seat, folder: Path) -> None:
    out = folder / "soon.csv"
    out.write_text("mine", "utf-8")
    await seat.press("x")
    await seat.type(str(out))
    await seat.press("enter")
    assert "There is such a file already" in seat.words
    assert seat.focused == "out"  # and what was typed stays where it cannot be
    await seat.press(*["backspace"] * 4)
    await seat.type("2.csv")
    await seat.press("enter")
    assert "rows written" in seat.words
    assert out.read_text("utf-8") == "mine"
    assert (folder / "soon2.csv").read_text("utf-8").startswith("login,")
    await seat.press("slash")
    await seat.type("dev.patel")
    await seat.press("enter", "x")
    await seat.type(str(folder / "dev.csv"))
    await seat.press("enter")
    assert "1 row written" in seat.words
    assert len((folder / "dev.csv").read_text("utf-8").splitlines()) == 2


async def enter_opens_the_person_who_is_listed(seat: Seat) -> None:
    assert "dev.patel@acme.example" in seat.line("▸ ")
    await seat.press("enter")
    assert "Dev Patel" in seat.text
    assert seat.focused == "card"
    await seat.press("f7", "slash", "escape")


async def other_days_take_another_scan_and_fewer_take_none(seat: Seat, wire: Wire) -> None:
    await seat.press("d")
    assert "r scans for 30 days" in seat.words
    await seat.press("r")
    assert "expire within 30 days" in seat.words
    listed, sent = len(seat.one("#people", Rows).rows), len(wire.sent)
    await seat.press("d", "d", "d")  # 90, 7, 14
    assert "expire within 14 days" in seat.words
    assert "r scans for" not in seat.words
    assert 0 < len(seat.one("#people", Rows).rows) < listed
    assert len(wire.sent) == sent


async def test_scanned_chosen_filtered_and_exported(desk: Desk, org: Org, wire: Wire, tmp_path: Path) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await nothing_is_asked_before_the_scan_is_wanted(seat, org, wire)
        await seat.resize(*WIDE)
        await the_arrows_choose_a_day_and_escape_lists_all_again(seat)
        await what_is_exported_is_what_the_filter_leaves_in_a_new_file(seat, tmp_path)
        await enter_opens_the_person_who_is_listed(seat)
        await other_days_take_another_scan_and_fewer_take_none(seat, wire)
    assert wire.writes == []


@pytest.fixture
def real_server(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    way = '[way.mail]\nkind = "mail"\nhost = "mail.example.com"\nsender = "it@acme.example"\n'
    (home / "notices.toml").write_text(f'[notices]\nlockouts = "mail"\n{way}', "utf-8")


async def test_all_who_are_marked_are_told_after_a_look_and_the_chosen_day_comes_back(
    desk: Desk, wire: Wire, tmp_path: Path
) -> None:
    kept = tmp_path / "left-off.json"
    session = desk.session()
    async with seated(session, kept=kept) as seat:
        await seat.press("f7", "r", "right", "asterisk")
        count = len(seat.one("#people", Rows).rows)
        day = seat.app.screen.day  # type: ignore[attr-defined]  # of the expiry screen
        await seat.press("n")
        assert isinstance(seat.app.screen, TellSeveralScreen)
        assert f"password expires · by outbox · {count} of {count} ready" in seat.words
        assert "Your password expires in" in seat.words
        await seat.press("enter", *str(count + 1), "enter")
        assert f"Type {count} to send." in seat.words
        assert session.ledger.notices() == []
        seat.one("#count", Input).value = str(count)
        await seat.press("enter")
        assert f"{count} of {count} told" in seat.words
        await seat.press("escape")
        assert len(session.ledger.notices()) == count
        assert not seat.one("#people", Rows).marked
        await seat.press("home", "space", "n")
        assert "0 of 1 ready" in seat.words
        assert "told already" in seat.words
        await seat.press("escape", "ctrl+q")
    assert wire.writes == []
    async with seated(desk.session(), kept=kept) as seat:
        assert "Not scanned yet." in seat.words
        await seat.press("r")
        assert seat.app.screen.day == day  # type: ignore[attr-defined]  # as above
        assert "is listed, esc lists all" in seat.words


@pytest.mark.usefixtures("real_server")
async def test_made_up_people_are_told_nothing_by_a_real_server(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "n", "enter")
        assert "made-up people: the demo org writes only to a server on this machine" in seat.words


async def test_a_notice_by_hand_is_sent_once_and_kept_and_only_where_it_is_true(
    desk: Desk, server: MailServer, wire: Wire
) -> None:
    async with seated(desk.session(mode=Mode.READ_ONLY)) as seat:
        for name, why in (
            ("carla.diaz", ""),  # blocked by device
            ("iris.blanc", ""),  # locked in the directory
            ("bob.martin", "they are not locked"),
        ):
            await seat.look_up(f"{name}@acme.example")
            await seat.press("enter", "n", "enter")
            assert "An example: it is not sent" in seat.words, name
            assert why in seat.words
            await seat.press("escape")
        assert server.raw == []
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "n")
        assert isinstance(seat.app.screen, NoticeScreen)
        assert "Hello Ann," in seat.text
        await seat.press("enter")
        assert "sent: 250 queued. Ledger entry 1." in seat.words
        await seat.press("enter")
        assert "sent: 250 queued" not in seat.words
        await seat.press("n", "enter")
        assert "told already, or perhaps" in seat.words
        await seat.press("escape", "f8")
        assert "250 queued" in seat.line("▸ ")
    assert [mail["To"] for mail in server.mails] == ["ann.lee@acme.example"]
    assert wire.writes == []


async def test_without_rules_the_notice_says_how_to_begin(desk: Desk) -> None:
    session = desk.session()
    real = replace(session, connector=replace(session.connector, made_up=False))  # the demo org needs no rules
    async with seated(real) as seat:
        await seat.look_up("bob.martin@acme.example")
        await seat.press("enter", "n")
        assert "There are no rules for notices yet" in seat.words


INTENT = Intent(
    "notice", "Notice: locked out", "demo", "http://127.0.0.1:9", "00u1", "\x1b[31mann@example.com", "Ann", "", (), "",
    "", "tess", "", "mail: ann@example.com",
)  # fmt: skip


async def test_what_perhaps_went_out_stands_on_top_until_it_is_settled(desk: Desk) -> None:
    session = desk.session()
    for key, outcome in (("a", Outcome.UNKNOWN), ("b", Outcome.DONE), ("c", Outcome.UNKNOWN), ("d", Outcome.UNKNOWN)):
        number = session.ledger.claim(INTENT, key)
        assert number is not None
        session.ledger.outcome(number, outcome)
    async with seated(session, NARROW) as seat:
        assert "outcome of" not in seat.words  # it changes nothing at Okta, so nobody is held up by it
        await seat.press("f8")
        assert "unknown" in seat.line("▸ ")
        await seat.press("plus")
        assert "Entry 7 is settled" in seat.words
        await seat.press("asterisk", "b")
        assert "2 of 4, of which nobody knows" in seat.words
        await seat.press("plus")
        assert "2 entries are settled" in seat.words
        assert "unknown" not in seat.text
        await seat.press("c")
        assert seat.app.clipboard.count("Ann") == 4
        await seat.press("d")
        assert "Every outcome is known." in seat.words
