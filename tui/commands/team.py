"""`keydesk team`: make a team's record, join it, look at it, carry a ledger over, check the database."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.commands.codes import Code
from tui.commands.output import print_hanging, print_json, print_line, print_to_stderr
from tui.desk.text.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    import argparse

    from tui.desk.connectors.profile import Profile
    from tui.desk.connectors.secrets import SecretPlace
    from tui.desk.connectors.settings import Places
    from tui.desk.team.ledger import TeamLedger

_DSN = "the database: postgresql://owner@db.acme.example/keydesk; a password comes from PGPASSWORD or a password file"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command and its verbs."""
    team = commands.add_parser(
        "team",
        help="one ledger for all agents of a desk, on PostgreSQL",
        description="A desk's record on PostgreSQL, shared by all its agents; docs/team.md tells how it is set up.",
    )
    verbs = team.add_subparsers(title="verbs", metavar="VERB", required=True)
    sub = verbs.add_parser("init", help="as the database's owner: make the schema or bring it up to date, let roles in")
    sub.add_argument("--dsn", help=_DSN)
    sub.add_argument("--org", metavar="URL", help="the Okta org: https://acme.okta.com")
    sub.add_argument("--agent", metavar="ROLE", action="append", default=[], help="let the role of one agent in")
    sub.add_argument("--machine", metavar="ROLE", action="append", default=[], help="let a machine's role in")
    sub.add_argument("--lead", metavar="ROLE", action="append", default=[], help="let one in who changes the rules")
    sub.add_argument("--sql", action="store_true", help="print the SQL for review, and do nothing")
    sub.set_defaults(run=_init)
    sub = verbs.add_parser("join", parents=[common], help="have a connector share the team's record")
    sub.add_argument("--dsn", required=True, help="the database, with the agent's role and without a password")
    sub.add_argument("--machine", action="store_true", help="the role is this machine's, and several agents use it")
    sub.add_argument("--by-ssh-key", action="store_true", help="the command of each agent's SSH key names the agent")
    sub.add_argument("--secret", metavar="KIND=WHERE", default="", help="where the password is kept: keyring=NAME, "
                     "file=PATH, environment=NAME or command=LINE")  # fmt: skip
    sub.set_defaults(run=_join)
    sub = verbs.add_parser("status", parents=[common], help="where the record is, and how far it goes")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=_status)
    sub = verbs.add_parser("migrate", parents=[common], help="as the owner: carry this machine's ledger over")
    sub.add_argument("--dsn", required=True, help=_DSN)
    sub.set_defaults(run=_migrate)
    sub = verbs.add_parser(
        "check", parents=[common], help="rights, TLS, clock, latency, replica; what lacks, and its cure"
    )
    sub.set_defaults(run=_check)


def _init(arguments: argparse.Namespace) -> int:
    from tui.desk.connectors.connector import parse_address
    from tui.desk.team import schema
    from tui.desk.team.database import SCHEMA

    if arguments.sql:
        for _, text in sorted(schema.migrations().items()):
            print_line(text)
        print_line(schema.SEARCH)
        return Code.OK
    if not arguments.dsn:
        raise BadInput("The database is not named", advice="Add --dsn postgresql://owner@db.acme.example/keydesk.")
    admissions = [
        *(schema.Admission(role) for role in arguments.agent),
        *(schema.Admission(role, machine=True) for role in arguments.machine),
        *(schema.Admission(role, leads=True) for role in arguments.lead),
    ]
    if admissions and not arguments.org:
        raise BadInput("Roles are let in to an org", advice="Add --org https://acme.okta.com.")
    with schema.owner_connection(arguments.dsn) as db:
        done = schema.bring_up_to_date(db)
        print_line(f"Schema {SCHEMA}: {'made' if done else 'was there already'}.")
        if not schema.add_trigrams(db):
            print_to_stderr("This server has no pg_trgm, so a ledger of many years is searched slowly: docs/team.md.")
        schema.add_digests(db)
        if arguments.org:
            made = schema.admit(db, parse_address(arguments.org).origin, admissions)
            for one in admissions:
                print_line(f"{plain(one.role)} works for {plain(arguments.org)}.")
            for role in made:
                print_line(rf"The role {plain(role)} is new and has no password: set one with \password in psql.")
    return Code.OK


def _join(arguments: argparse.Namespace) -> int:
    from tui.desk.connectors import profiles
    from tui.desk.connectors.store_address import StoreAddress

    paths, profile = _chosen(arguments)
    keyed = arguments.by_ssh_key
    address = StoreAddress(
        arguments.dsn, _secret_place(arguments.secret, profile.name), arguments.machine or keyed, by_ssh_key=keyed
    )
    joined = replace(profile, store=address)
    with closing(_team_ledger(joined, paths)) as ledger:
        if (trouble := ledger.look()) is not None:
            raise trouble
        print_line(f"{plain(ledger.agent)} writes into the team's record for {plain(profile.org.origin)}.")
    profiles.save(paths.connectors, joined, replacing=profile.name)
    print_line(f"The connector {plain(profile.name)} shares it from now on. `keydesk team check` looks at the rest.")
    return Code.OK


def _secret_place(text: str, name: str) -> SecretPlace | None:
    """Return the place of the password; where it is the keyring, the password is asked for and put there."""
    from tui.desk.connectors import secrets

    if not text:
        return None
    kind, _, where = text.partition("=")
    if kind not in list(secrets.Keep):
        raise BadInput(
            "This is no place for a password", advice="Write keyring, file, environment or command before `=`."
        )
    if kind != secrets.Keep.KEYRING:
        return secrets.SecretPlace(secrets.Keep(kind), where)
    import getpass

    place = secrets.SecretPlace(secrets.Keep.KEYRING, where or f"{name} team")
    secrets.store(place, secrets.Secret(getpass.getpass("Password of the database role: ")), replace=True)
    return place


def _status(arguments: argparse.Namespace) -> int:
    paths, profile = _chosen(arguments)
    if profile.store is None:
        if arguments.json:
            print_json({"connector": profile.name, "shared": False})
        else:
            print_line(f"{plain(profile.name)} has a ledger on this machine: {paths.ledger}")
        return Code.OK
    with closing(_team_ledger(profile, paths)) as ledger:
        away = ledger.look()
        told = {
            "connector": profile.name, "shared": True, "role": profile.store.role, "name": ledger.agent,
            "writable": away is None,
        }  # fmt: skip
        if away is None:
            told |= {"records": ledger.newest(), "open": len(ledger.open_entries())}
    if arguments.json:
        print_json(told)
    else:
        for label, value in told.items():
            print_hanging(
                f"{label.capitalize():<12}", plain(("no", "yes")[value] if isinstance(value, bool) else value)
            )
    if away is not None:
        raise away
    return Code.OK


def _migrate(arguments: argparse.Namespace) -> int:
    from tui.desk.ledger.ledger import Ledger
    from tui.desk.team.carry import carry_over
    from tui.desk.team.schema import owner_connection

    paths, profile = _chosen(arguments)
    with (
        closing(_team_ledger(profile, paths)) as target,
        closing(Ledger(paths.ledger)) as source,
        owner_connection(arguments.dsn) as db,
    ):
        carried = carry_over(db, source, target, profile.org.origin)
    print_line(f"{carried.records} records are in the team's ledger, {carried.new} of them new. Both chains are whole.")
    if carried.left:
        print_line(f"{carried.left} records of other orgs stay in {paths.ledger}.")
    if not carried.same_chain:
        print_line(
            "They have new numbers there, so a head that was noted earlier is found in the old file only; keep it."
        )
    return Code.OK


def _check(arguments: argparse.Namespace) -> int:
    from tui.desk.team.check import check_store

    paths, profile = _chosen(arguments)
    fine = True
    with closing(_team_ledger(profile, paths)) as ledger:
        for finding in check_store(ledger.database, profile.org.origin):
            fine = fine and finding.fine
            print_hanging(f"{'✓' if finding.fine else '✗'} {finding.what:<14}", finding.said)
            if finding.cure:
                print_hanging(f"  {'':<14}", finding.cure)
    return Code.OK if fine else Code.FAILED


def _chosen(arguments: argparse.Namespace) -> tuple[Places, Profile]:
    """Return the places of keydesk's files, and the profile that the flags choose."""
    from tui.commands.sessions import switchboard

    board = switchboard(arguments)
    profile = board.start_choice().profile
    if profile is None:
        raise BadInput("Only a connector that is kept can share a record", advice="Set one up with `keydesk connect`.")
    return board.places, profile


def _team_ledger(profile: Profile, paths: Places) -> TeamLedger:
    from tui import wiring
    from tui.desk.connectors import settings
    from tui.desk.connectors.agent import recording_agent

    if profile.store is None:
        raise BadInput(
            f"The ledger of {profile.name} is on this machine alone",
            advice="Share it first: `keydesk team join --dsn …`.",
        )
    name = recording_agent(profile.store, settings.load(paths.settings).agent).name
    return wiring.team_ledger(profile.store, profile.org.origin, name)
