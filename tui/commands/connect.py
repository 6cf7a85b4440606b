"""`keydesk connect`: the wizard, and its checklist for Okta's side as Markdown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.key_logs import refuse_dumb, refuse_key_logs
from tui.commands.output import print_line
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    import argparse

    from tui.desk.connectors.desk_settings import ThemeName
    from tui.desk.connectors.profiles import Profile


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "connect",
        parents=[common],
        help="set a connector up: the wizard",
        description="Sets a connector up in seven steps and proves what it can do. With --demo it is a tour against "
        "the demo org, which keeps nothing.",
    )
    sub.add_argument("--change", metavar="NAME", default="", help="change this connector instead of making a new one")
    group = sub.add_argument_group("the checklist alone, without a terminal")
    group.add_argument("--print-checklist", action="store_true", help="print what to do in Okta, as Markdown")
    group.add_argument("--org", metavar="ADDRESS", default="", help="for the links: the org's address")
    group.add_argument("--capabilities", metavar="A,B", default="", help="only these (default: the usual ones)")
    group.add_argument(
        "--software-by",
        metavar="WHAT",
        default="groups-and-apps",
        help="groups, or groups-and-apps (default): groups take no right on apps",
    )
    group.add_argument("--read-write", action="store_true", help="a connector that may change things too")
    group.add_argument("--api-token", action="store_true", help="sign in by an API token instead of a private key")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the checklist, or run the wizard."""
    if arguments.print_checklist:
        return _print_checklist(arguments)
    refuse_key_logs(os.environ)
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise Trouble(
            "The wizard needs a terminal",
            advice="Start it in one; `keydesk connect --print-checklist` prints what to do in Okta anywhere.",
        )
    refuse_dumb(os.environ)
    demo = getattr(arguments, "demo", False)
    if demo and arguments.change:
        raise BadInput("--demo and --change cannot be used together", advice="Leave one of them out.")
    return run_wizard(demo=demo, change=arguments.change, people=getattr(arguments, "people", None))


def run_wizard(
    *, demo: bool = False, change: str = "", people: int | None = None, theme: ThemeName | None = None
) -> int:
    """Run the wizard at this terminal, and print what came of it. Return the exit code.

    Args:
        demo: Whether it is a tour against the demo org.
        change: The connector to change; empty to make a new one.
        people: The number of people in the demo org.
        theme: The theme; `None` for the one in the environment, or else the one remembered.

    Raises:
        Trouble: There is no such connector, or the demo's packages are not installed.
    """
    from tui import wiring
    from tui.desk.connectors import settings

    places = settings.places(demo=demo)
    profile = _profile_to_change(change) if change else None
    tour = wiring.tour(people=people) if demo else None

    from tui.desk.connectors.settings_toml import cell_diff_of, theme_of

    theme = theme or theme_of("", os.environ)

    from tui.commands.own_keys import own_keymap
    from tui.setup_app import SetupApp

    drawn, keys = cell_diff_of(os.environ), own_keymap()
    app = SetupApp(places, profile=profile, tour=tour, theme=theme, cell_diff=drawn, keymap=keys)
    app.run()
    if app.return_code:
        return app.return_code
    outcome = app.outcome
    if outcome is None:
        print_line("Nothing was saved." if demo or profile else "Not finished: `keydesk connect` goes on from there.")
    elif demo:
        print_line("That was the tour: nothing was kept. `keydesk connect` sets up your own org.")
    else:
        _print_saved(outcome)
    return Code.OK


def _profile_to_change(name: str) -> Profile:
    from tui.desk.connectors import profiles, settings
    from tui.desk.text.plain import plain
    from tui.wiring import NoConnector

    profile = profiles.load(settings.places().connectors).get(name)
    if profile is None:
        from tui.desk.text.nearest import did_you_mean

        likely = did_you_mean(name, [known.name for known in profiles.load(settings.places().connectors).profiles])
        advice = f"{likely} `keydesk connectors list` shows them.".strip()
        raise NoConnector(f"There is no connector called {plain(name)}", advice=advice)
    return profile


def _print_saved(profile: Profile) -> None:
    from tui.desk.connectors import profiles, settings

    stored = profiles.load(settings.places().connectors)
    print_line(f"Saved: {profile.name}, {profile.org.host}, {profile.mode}. The profile is in {stored.path}.")
    print_line("Start it:  keydesk" + ("" if stored.default == profile.name else f" --connector '{profile.name}'"))
    print_line(f"Prove it:  keydesk check --connector '{profile.name}'")


def _print_checklist(arguments: argparse.Namespace) -> int:
    from tui.desk.connectors.connector import SignInKind, parse_address
    from tui.desk.setup.checklist_items import checklist
    from tui.okta.policy import USUAL, Capability, Mode, SoftwareBy

    names = [name.strip().casefold() for name in arguments.capabilities.split(",") if name.strip()]
    known = {str(capability): capability for capability in Capability}
    for name in names:
        if name not in known:
            raise BadInput(f"{name} is no capability", advice=f"There are: {', '.join(known)}.", field="capabilities")
    ways = [str(way) for way in SoftwareBy]
    if arguments.software_by not in ways:
        known_ways = f"There are: {', '.join(ways)}."
        raise BadInput(f"{arguments.software_by} is no way to give software", advice=known_ways, field="software_by")
    items = checklist(
        parse_address(arguments.org) if arguments.org else None,
        SignInKind.API_TOKEN if arguments.api_token else SignInKind.PRIVATE_KEY_JWT,
        frozenset(known[name] for name in names) or USUAL,
        Mode.READ_WRITE if arguments.read_write else Mode.READ_ONLY,
        software_by=SoftwareBy(arguments.software_by),
    )
    sys.stdout.write(items.markdown().rstrip("\n") + "\n")
    return Code.OK
