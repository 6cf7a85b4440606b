"""Opens the ledger that a command reads: that on this machine, the demo org's, or the one that a team shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.output import print_to_stderr
from tui.desk.text.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    import argparse

    from tui.desk.connectors.settings import Places
    from tui.desk.ledger.protocol import LedgerStore


def open_ledger(arguments: argparse.Namespace) -> LedgerStore:
    """Return the ledger that the flags ask for, and say which one where it is not the one on this machine.

    Raises:
        Trouble: A connector was named that there is not, or the connectors' file cannot be read.
    """
    from tui.desk.connectors import settings

    demo = getattr(arguments, "demo", False)
    paths = settings.places(demo=demo)
    if demo:
        print_to_stderr(f"The demo org's own ledger: {paths.ledger}")
    elif _any_is_shared(paths, named=bool(getattr(arguments, "connector", ""))):
        shared = _shared(arguments, paths)
        if shared is not None:
            return shared
    from tui.desk.ledger.ledger import Ledger

    return Ledger(paths.ledger)


def _any_is_shared(paths: Places, *, named: bool) -> bool:
    """Whether any connector's ledger is a team's; most desks have none, and need not load what chooses a connector."""
    if not paths.connectors.exists():
        return False
    from tui.desk.connectors.profiles import load

    try:
        return any(profile.store is not None for profile in load(paths.connectors).profiles)
    except Trouble as trouble:
        if named:
            raise
        print_to_stderr(f"{trouble.title}: this is the ledger on this machine.")
        return False


def _shared(arguments: argparse.Namespace, paths: Places) -> LedgerStore | None:
    """Return the ledger that the team of the chosen connector shares; `None` where it has none."""
    from tui import wiring
    from tui.commands.sessions import switchboard
    from tui.desk.connectors import settings
    from tui.desk.connectors.agent import recording_agent

    try:
        profile = switchboard(arguments).start_choice().profile
    except wiring.NoConnector:
        return None
    if profile is None or profile.store is None:
        return None
    print_to_stderr(f"The ledger that the team of {plain(profile.name)} shares")
    name = recording_agent(profile.store, settings.load(paths.settings).agent).name
    return wiring.open_store(profile, paths.ledger, agent=name)
