"""Start the app. Its session is opened by the app itself, after the first screen is drawn."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.desk.session import Session


def start(*, demo: bool, read_only: bool, people: int | None = None) -> int:
    """Run the app until it is left.

    Args:
        demo: Against the embedded demo org.
        read_only: Change nothing, whatever the connector may.
        people: How many people the demo org has.

    Raises:
        Trouble: There is no terminal, or no session to be had.
    """
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise Trouble(
            "The app needs a terminal", advice="Start it in one, or use a command such as `keydesk find NAME --json`."
        )
    if not (demo or (os.environ.get("KEYDESK_ORG") and os.environ.get("KEYDESK_API_TOKEN"))):
        from tui import wiring  # noqa: PLC0415 - its own words for what is missing

        wiring.from_environment()

    def opening() -> Session:
        from tui import wiring  # noqa: PLC0415 - in a thread, once the first screen is drawn

        connector = wiring.demo(people=people) if demo else wiring.from_environment()
        return wiring.session(connector, read_only=read_only)

    from tui.app import Keydesk  # noqa: PLC0415 - brings Textual

    app = Keydesk(opening)
    app.run()
    if app.trouble is not None:
        raise app.trouble
    return app.return_code or 0
