"""`keydesk connectors`: list, show, choose, rename and remove the connectors; never a secret."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import print_hanging, print_json, print_line, print_table, print_trouble
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tui.desk.connectors.profiles import Profile


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command and its verbs."""
    del common  # these verbs send nothing to an org
    verbs = commands.add_parser("connectors", help="the connectors that are set up").add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    sub = verbs.add_parser("list", help="all of them")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_with_profiles(_list))
    sub = verbs.add_parser("show", help="one of them whole, without its secret")
    sub.add_argument("name", nargs="?", default="", help="the default if left out")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_with_profiles(_show))
    sub = verbs.add_parser("use", help="make one the default")
    sub.add_argument("name")
    sub.set_defaults(run=_with_profiles(_use))
    sub = verbs.add_parser("rename", help="give one another name")
    sub.add_argument("name")
    sub.add_argument("new")
    sub.set_defaults(run=_with_profiles(_rename))
    sub = verbs.add_parser("remove", help="take one out, with the secret that is kept in a keyring or file")
    sub.add_argument("name")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.add_argument("--keep-secret", action="store_true", help="leave its secret where it is")
    sub.set_defaults(run=_with_profiles(_remove))

    from tui.commands import rotate

    rotate.add(verbs).set_defaults(run=_with_profiles(rotate.run))


def _with_profiles(run: Callable[[argparse.Namespace, Path], int]) -> Callable[[argparse.Namespace], int]:
    """Return a verb's `run` that passes on the profiles' path, and reports a name that no profile has."""

    def run_verb(arguments: argparse.Namespace) -> int:
        from tui.desk.connectors import profiles, settings

        try:
            return run(arguments, settings.places().connectors)
        except profiles.UnknownConnector as trouble:
            print_trouble(trouble)
            return Code.NOT_FOUND

    return run_verb


def _facts(profile: Profile) -> dict[str, Any]:
    place = profile.sign_in.secret
    return {
        "name": profile.name, "org": profile.org.origin + profile.org.prefix, "mode": str(profile.mode),
        "colour": profile.colour, "production": profile.production,
        "capabilities": sorted(map(str, profile.capabilities)), "software_by": str(profile.software_by),
        "sign_in": str(profile.sign_in.kind), "client_id": profile.sign_in.client_id,
        "key_id": profile.sign_in.key_id,
        "ticket": {"pattern": profile.ticket.pattern, "needed": profile.ticket.needed},
        "secret": {"keep": str(place.keep), "where": place.where} if place else None,
        "store": {"dsn": profile.store.dsn, "machine": profile.store.machine} if profile.store else None,
    }  # fmt: skip


def _list(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    stored = profiles.load(path)
    if arguments.json:
        print_json([_facts(profile) | {"default": profile.name == stored.default} for profile in stored.profiles])
    elif stored.profiles:
        from tui.commands.colour import Toned
        from tui.desk.text.tone import Tone

        rows = [
            (
                "*" if profile.name == stored.default else "",
                profile.name,
                profile.org.origin,
                str(profile.mode),
                Toned("production" if profile.production else "", Tone.BAD),
            )
            for profile in stored.profiles
        ]
        print_table(("", "NAME", "ORG", "MODE", "MARK"), rows)
    else:
        print_line("There is none yet; set one up with `keydesk connect`.")
    return Code.OK


def _show(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles, secrets
    from tui.trouble import Trouble

    stored = profiles.load(path)
    if not stored.profiles and not arguments.name:
        raise profiles.UnknownConnector("There is no connector yet", advice="Set one up with `keydesk connect`.")
    profile = profiles.require(stored, arguments.name or stored.default)
    trouble = "No secret was chosen" if profile.sign_in.secret is None else ""
    try:
        if profile.sign_in.secret:
            secrets.fetch(profile.sign_in.secret)
    except Trouble as error:
        trouble = str(error)
    facts = _facts(profile) | {"default": profile.name == stored.default, "secret_trouble": trouble}
    if arguments.json:
        print_json(facts)
    else:
        for label, text in _fact_lines(profile, default=profile.name == stored.default, trouble=trouble):
            print_hanging(f"{label:<14}", plain(text))
    return Code.OK


def _fact_lines(profile: Profile, *, default: bool, trouble: str) -> list[tuple[str, str]]:
    """Return a connector in words, as label and text; what is empty is left out.

    Args:
        profile: The connector.
        default: Whether keydesk starts with it.
        trouble: Why its secret cannot be read now; empty where it can.
    """
    from tui.desk.connectors.connector import SignInKind
    from tui.desk.text.okta_terms import CAPABILITY, SOFTWARE_BY
    from tui.okta.policy import Capability, Mode

    sign_in, network, portals = profile.sign_in, profile.network, profile.portals
    writes = profile.mode is Mode.READ_WRITE
    on = [CAPABILITY[capability] for capability in Capability if capability in profile.capabilities]
    kind = "API token" if sign_in.kind is SignInKind.API_TOKEN else "OAuth 2.0 with a private key"
    at_directory = portals.directory_where or "outside keydesk"
    lines = [
        ("Name", f"{profile.name} (the default)" if default else profile.name),
        ("Org", profile.org.origin + profile.org.prefix),
        ("Production", "yes" if profile.production else "no"),
        ("May change", "yes, after confirmation" if writes else "nothing: read-only"),
        ("Allows", ", ".join(on) or "nothing"),
        ("Software", SOFTWARE_BY[profile.software_by] if Capability.PROVISIONING in profile.capabilities else ""),
        ("Signs in by", kind),
        ("Client id", sign_in.client_id),
        ("Key id", sign_in.key_id),
        ("Secret", _secret_words(profile)),
        ("Readable now", trouble or "yes"),
        ("Ticket", _ticket_words(profile)),
        ("Ledger", f"the team's, {profile.store.dsn}" if profile.store else ""),
        ("Password at", portals.password_reset),
        ("Unlock at", portals.unlock),
        ("Directory at", at_directory if portals.directory else ""),
        ("Proxy", "of its own" if network.proxy.strip() else ""),  # its URL may hold a password
        ("Certificates", network.ca_bundle),
        ("Colour", profile.colour),
    ]
    return [(label, text) for label, text in lines if text]


def _secret_words(profile: Profile) -> str:
    """Return where the secret is kept, in words; never the secret."""
    from tui.desk.connectors.secrets import Keep

    place = profile.sign_in.secret
    if place is None:
        return "no place was chosen"
    words = {
        Keep.KEYRING: "in the system's keyring, as",
        Keep.FILE: "in the file",
        Keep.ENVIRONMENT: "in the variable",
        Keep.COMMAND: "printed by the command",
    }
    locked = ", with a passphrase" if profile.sign_in.passphrase else ""
    return f"{words[place.keep]} {place.where}{locked}"


def _ticket_words(profile: Profile) -> str:
    """Return the rule for ticket numbers in words."""
    needed = "needed for every change" if profile.ticket.needed else "not needed"
    return f"{needed}, must match {profile.ticket.pattern}" if profile.ticket.pattern else f"{needed}, any number"


def _use(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    print_line(f"The default is {profiles.use(path, arguments.name).default}.")
    return Code.OK


def _rename(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles

    profiles.rename(path, arguments.name, arguments.new)
    print_line(f"Renamed to {arguments.new}.")
    return Code.OK


def _remove(arguments: argparse.Namespace, path: Path) -> int:
    from tui.desk.connectors import profiles, secrets

    profile = profiles.require(profiles.load(path), arguments.name)
    if not arguments.yes:
        if not sys.stdin.isatty():
            sys.stderr.write("keydesk: say --yes to remove without being asked\n")
            return Code.USAGE
        if input(f"Remove {profile.name}? [y/N] ").strip().casefold() not in {"y", "yes"}:
            return Code.FAILED
    others = [other for other in profiles.load(path).profiles if other.name != profile.name]
    used = {place for other in others for place in (other.sign_in.secret, other.sign_in.passphrase)}
    # Secrets are removed before the profile, so that nothing is lost where the keyring fails.
    for place in (profile.sign_in.secret, profile.sign_in.passphrase):
        if place is None or arguments.keep_secret or place in used:
            continue
        # Only a file in keydesk's own folder: any other may be the admin's, and in use elsewhere.
        own = Path(place.where).expanduser().resolve().parent == (path.parent / "secrets").resolve()
        if place.keep is secrets.Keep.FILE and not own:
            print_line(f"Its secret is left in {plain(place.where)}.")
        else:
            secrets.forget(place)
    profiles.remove(path, profile.name)
    print_line(f"Removed {profile.name}.")
    return Code.OK
