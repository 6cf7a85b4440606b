"""Start the app, which opens its session itself once the first screen is drawn."""

from __future__ import annotations

import gc
import os
import sys
from functools import cache
from typing import TYPE_CHECKING

from tui.commands.key_logs import refuse_dumb, refuse_key_logs
from tui.commands.own_keys import own_keymap
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from tui.desk.connectors.desk_settings import ThemeName
    from tui.desk.left_off.left_off import LeftOff
    from tui.switchboard import Switchboard


def start(
    *,
    demo: bool,
    read_only: bool,
    verify_only: bool = False,
    connector: str = "",
    theme: str = "",
    people: int | None = None,
    callers: bool = False,
    fresh: bool = False,
) -> int:
    """Run the app until the agent quits it.

    Args:
        demo: Whether it works with the embedded demo org.
        read_only: Whether it sends no change, whatever the connector may do.
        verify_only: Whether it asks callers to prove themselves, and sends no other change.
        connector: The connector to start with; empty for the default one.
        theme: The theme's name; empty for the one in the environment, or else the one remembered.
        people: The number of people in the demo org.
        callers: Whether callers are on the line in the demo org.
        fresh: Whether to begin without the connector and the view of the last time.

    Raises:
        NoConnector: Nothing says which org to use, and there is no terminal to ask at.
        Trouble: There is no terminal, no such theme, the keys would be logged, or no session can be opened.
    """
    refuse_key_logs(os.environ)
    _refuse_together(demo=demo, connector=connector, callers=callers)
    unnamed = not (demo or connector or _org_is_named())
    at_terminal = sys.stdout.isatty() and sys.stdin.isatty()
    if unnamed and (not at_terminal or _half_named()):
        from tui.switchboard import Switchboard

        Switchboard(read_only=read_only, verify_only=verify_only).open()  # raises, and the error says what is missing
    _require_terminal(at_terminal=at_terminal)
    refuse_dumb(os.environ)
    from tui.desk.connectors.settings_toml import cell_diff_of, theme_of

    chosen, cell_diff = theme_of(theme, os.environ), cell_diff_of(os.environ)
    if unnamed:
        choice = _ask_how_to_begin(chosen, cell_diff=cell_diff)
        if choice == "connect" and (code := _connect(chosen)):
            return code
        demo = choice == "demo"
        if choice == "quit" or not (demo or _org_is_named()):  # the wizard was left before it saved anything
            return 0
    return _run_app(
        demo=demo,
        read_only=read_only,
        verify_only=verify_only,
        connector=connector,
        theme=chosen,
        cell_diff=cell_diff,
        people=people,
        callers=callers,
        fresh=fresh,
    )


def _require_terminal(*, at_terminal: bool) -> None:
    """Refuse to run the app where nobody could see it.

    Raises:
        Trouble: There is no terminal.
    """
    if not at_terminal:
        raise Trouble(
            "The app needs a terminal", advice="Start it in one, or use a command such as `keydesk find NAME --json`."
        )


def _refuse_together(*, demo: bool, connector: str, callers: bool) -> None:
    """Refuse options of which one makes no sense with the other, or without it.

    Raises:
        BadInput: There are such.
    """
    if demo and connector:
        raise BadInput("--demo and --connector cannot be used together", advice="Leave one of them out.")
    if callers and not demo:
        raise BadInput("--callers is for the demo org", advice="Start it with --demo --callers.")


def _ask_how_to_begin(theme: ThemeName | None, *, cell_diff: bool) -> str:
    """Return what to do where nothing says which org to use: `demo`, `connect` or `quit`."""
    from tui.welcome_app import WelcomeApp

    return WelcomeApp(theme=theme, cell_diff=cell_diff, keymap=own_keymap()).run() or "quit"


def _connect(theme: ThemeName | None) -> int:
    """Run the wizard, and return its exit code."""
    from tui.commands.connect import run_wizard

    return run_wizard(theme=theme)


def _run_app(
    *,
    demo: bool,
    read_only: bool,
    verify_only: bool,
    connector: str,
    theme: ThemeName | None,
    cell_diff: bool,
    people: int | None,
    callers: bool,
    fresh: bool,
) -> int:
    """Run the app; arguments, result and errors as for `start`."""

    @cache
    def switchboard() -> Switchboard:
        from tui.switchboard import Switchboard

        last = "" if fresh else left_off().connector
        return Switchboard(
            name=connector,
            demo=demo,
            people=people,
            callers=callers,
            last=last,
            read_only=read_only,
            verify_only=verify_only,
        )

    @cache
    def left_off() -> LeftOff:
        from tui.desk.connectors.settings import places
        from tui.desk.left_off.left_off import LeftOff

        return LeftOff(places(demo=demo).left_off)

    from tui.app import Keydesk

    gc.freeze()  # imported objects stay for good; scanning them all would block the screen for a tenth of a second
    app = Keydesk(
        lambda: switchboard().open(),
        switchboard=switchboard,
        theme=theme,
        cell_diff=cell_diff,
        keymap=own_keymap(),
        left_off=left_off,
        fresh=fresh,
    )
    app.run()
    if app.trouble is not None:
        raise app.trouble
    return app.return_code or 0


def _half_named() -> bool:
    """Whether the environment begins to name an org and leaves something out."""
    return any(os.environ.get(name) for name in ("KEYDESK_ORG", "KEYDESK_API_TOKEN"))


def _org_is_named() -> bool:
    """Whether the environment or a profile names an org; checked quickly, before anything heavy is imported."""
    if os.environ.get("KEYDESK_CONNECTOR") or (os.environ.get("KEYDESK_ORG") and os.environ.get("KEYDESK_API_TOKEN")):
        return True
    from tui.desk.connectors import settings

    return settings.places().connectors.exists()
