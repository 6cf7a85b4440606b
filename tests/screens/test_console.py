"""The Admin Console's page on what is shown: in a browser where there is one, else shown and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import user_id
from tests.screens.support import WIDE, seated
from tui.desk.connectors.connector import OrgAddress

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org
    from tui.desk.session import Session

CONSOLE = "https://acme-admin.okta.com"


@pytest.fixture
def session(desk: Desk) -> Session:
    """A session whose org has a console; its requests go to the demo org all the same."""
    made = desk.session()
    return replace(made, connector=replace(made.connector, org=OrgAddress("https://acme.okta.com"), made_up=False))


def opened(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is given to the browser from now on."""
    links: list[str] = []
    monkeypatch.setattr("screens.open_link.why_no_browser", lambda _: "")
    monkeypatch.setattr(seat.app, "open_url", links.append)
    return links


async def test_the_page_opens_for_a_person_their_log_and_their_software(
    session: Session, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = user_id(org, "ann.lee")
    async with seated(session, WIDE) as seat:
        links = opened(seat, monkeypatch)
        await seat.look_up("ann.lee")
        await seat.press("ctrl+o")
        assert links == [f"{CONSOLE}/admin/user/profile/view/{ann}"]
        assert "given to your browser" in seat.words
        await seat.press("ctrl+p")
        await seat.type("system log of")
        await seat.press("enter")
        assert links[1].startswith(f"{CONSOLE}/report/system_log_2?search=actor.id%20eq%20%22{ann}")
        await seat.press("enter", "g", "enter", "ctrl+o")
        assert links[2].startswith((f"{CONSOLE}/admin/app/", f"{CONSOLE}/admin/group/"))


async def test_where_there_is_no_browser_it_is_shown_and_copied(
    session: Session, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("screens.clipboard.App.copy_to_clipboard", lambda _, text: copied.append(text))
    async with seated(session, WIDE) as seat:
        await seat.look_up("ann.lee")
        await seat.press("ctrl+o")
        link = f"{CONSOLE}/admin/user/profile/view/{user_id(org, 'ann.lee')}"
        assert copied == [link]
        assert link in seat.text.replace("\n", "")


async def test_where_nobody_is_shown_and_in_the_demo_org_it_says_so(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("ctrl+o")
        assert "There is no page of the Admin Console on what is shown here" in seat.words
        await seat.look_up("ann.lee")
        await seat.press("ctrl+o")
        assert "This org has no Admin Console" in seat.words
        assert "/admin/user/profile/view/" in seat.words
