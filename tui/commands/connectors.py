"""`keydesk connectors`: list, show, choose, rename and remove the connectors; never a secret."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import columns, complain, document, line
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tui.desk.connectors.profiles import Profile


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command and its verbs."""
    del common  # nothing is sent
    verbs = commands.add_parser("connectors", help="the connectors that are set up").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    sub = verbs.add_parser("list", help="all of them")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_named(_list))
    sub = verbs.add_parser("show", help="one of them whole, without its secret")
    sub.add_argument("name", nargs="?", default="", help="the default if left out")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_named(_show))
    sub = verbs.add_parser("use", help="make one the default")
    sub.add_argument("name")
    sub.set_defaults(run=_named(_use))
    sub = verbs.add_parser("rename", help="give one another name")
    sub.add_argument("name")
    sub.add_argument("new")
    sub.set_defaults(run=_named(_rename))
    sub = verbs.add_parser("remove", help="take one out, with the secret that is kept in a keyring or file")
    sub.add_argument("name")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.add_argument("--keep-secret", action="store_true", help="leave its secret where it is")
    sub.set_defaults(run=_named(_remove))

    from tui.commands import rotate

    rotate.add(verbs).set_defaults(run=_named(rotate.run))


def _named(run: Callable[[argparse.Namespace, Path], int]) -> Callable[[argparse.Namespace], int]:
    def ran(arguments: argparse.Namespace) -> int:
        from tui.desk.connectors import (
            profiles,
            settings,
        )

        try:
            return run(arguments, settings.places().connectors)
        except profiles.UnknownConnector as trouble:
            complain(trouble)
            return Code.NOT_FOUND

    return ran


def _facts(one: Profile) -> dict[str, Any]:
    place = one.sign_in.secret
    return {
        "name": one.name, "org": one.org.origin + one.org.prefix, "mode": str(one.mode), "colour": one.colour,
        "production": one.production, "capabilities": sorted(map(str, one.capabilities)),
        "sign_in": str(one.sign_in.kind), "client_id": one.sign_in.client_id, "key_id": one.sign_in.key_id,
        "ticket": {"pattern": one.ticket.pattern, "needed": one.ticket.needed},
        "secret": {"keep": str(place.keep), "where": place.where} if place else None,
    }  # fmt: skip


def _list(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    found = profiles.load(path)
    if arguments.json:
        document([_facts(one) | {"default": one.name == found.default} for one in found.profiles])
    elif found.profiles:
        rows = [("*" if o.name == found.default else "", o.name, o.org.origin, str(o.mode)) for o in found.profiles]
        columns(("", "NAME", "ORG", "MODE"), rows)
    else:
        line("There is none yet; set one up with `keydesk connect`.")
    return Code.OK


def _show(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import (
        profiles,
        secrets,
    )
    from tui.trouble import Trouble

    found = profiles.load(path)
    one = profiles.require(found, arguments.name or found.default)
    trouble = "No secret was chosen" if one.sign_in.secret is None else ""
    try:
        if one.sign_in.secret:
            secrets.fetch(one.sign_in.secret)
    except Trouble as error:
        trouble = str(error)
    facts = _facts(one) | {"default": one.name == found.default, "secret_trouble": trouble}
    if arguments.json:
        document(facts)
    else:
        for key, value in facts.items():
            line(f"{key}: {plain(str(value))}")
    return Code.OK


def _use(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    line(f"The default is {profiles.use(path, arguments.name).default}.")
    return Code.OK


def _rename(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    profiles.rename(path, arguments.name, arguments.new)
    line(f"Renamed to {arguments.new}.")
    return Code.OK


def _remove(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import (
        profiles,
        secrets,
    )

    one = profiles.require(profiles.load(path), arguments.name)
    if not arguments.yes:
        if not sys.stdin.isatty():
            sys.stderr.write("keydesk: say --yes to remove without being asked\n")
            return Code.USAGE
        if input(f"Remove {one.name}? [y/N] ").strip().casefold() not in {"y", "yes"}:
            return Code.FAILED
    others = [o for o in profiles.load(path).profiles if o.name != one.name]
    used = {place for o in others for place in (o.sign_in.secret, o.sign_in.passphrase)}
    for place in (one.sign_in.secret, one.sign_in.passphrase):  # first: should a keyring refuse, nothing is lost
        if place is None or arguments.keep_secret or place in used:
            continue
        # Only a file in keydesk's own folder: any other may be the admin's, and in use elsewhere.
        own = Path(place.where).expanduser().resolve().parent == (path.parent / "secrets").resolve()
        if place.keep is secrets.Keep.FILE and not own:
            line(f"Its secret is left in {plain(place.where)}.")
        else:
            secrets.forget(place)
    profiles.remove(path, one.name)
    line(f"Removed {one.name}.")
    return Code.OK
