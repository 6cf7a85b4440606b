"""Opening a page of the Admin Console, for every screen that shows something which has one."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from screens.clipboard import copy
from tui.desk.connectors.console import console_of
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.desk.connectors.console import ConsolePage
    from tui.desk.session import Session
    from widgets.notice import Notice


async def open_page(screen: Screen[Any], session: Session, page: ConsolePage, notice: Notice) -> None:
    """Open a page in a browser; where there is none, show its address and copy it.

    Args:
        screen: The screen in front.
        session: The session, whose org has the page.
        page: The page.
        notice: The line that says what happened.

    Raises:
        OktaError: The Admin Console's address could not be asked for.
    """
    from screens.open_link import why_no_browser

    link = page.link(await console_of(session.connector.org, session.client))
    if not link:
        made_up = session.connector.made_up
        notice.show(
            "This org has no Admin Console" if made_up else "The Admin Console's address is not known",
            f"The page in it is {page.path}" if page.path else "",
            Tone.WARN,
        )
    elif reason := await asyncio.to_thread(why_no_browser, dict(os.environ)):
        told = f"No browser can be opened: {reason}. The address is"
        copy(screen, link, lambda arrival: notice.show(f"{page.title}: {arrival.value}", f"{told} {link}"))
    else:
        screen.app.open_url(link)
        notice.show(f"{page.title}: given to your browser", link)
