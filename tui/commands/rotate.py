"""`keydesk connectors rotate`: a new token or key, proved before the old one is dropped; never an argument."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from functools import partial
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import print_line
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import Secret


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Declare the verb, whose `run` takes the arguments and the profiles' path."""
    sub = verbs.add_parser(
        "rotate",
        help="put a new token or key in the place of the old",
        description="Takes a new API token or private key, proves that it signs in, then drops the old one. "
        "An API token is asked for without an echo. The secret is never an argument.",
    )
    sub.add_argument("name", nargs="?", default="", help="the default if left out")
    sub.add_argument("--from-file", metavar="FILE", help="read it from a file; - for the standard input")
    sub.add_argument(
        "--make-key", nargs="?", const="RSA", choices=("RSA", "EC"), help="make a new key pair here (default: RSA)"
    )
    sub.add_argument("--key-id", metavar="KID", default="", help="of the new key, if Okta shows another than its own")
    sub.add_argument("--no-check", action="store_true", help="do not prove that it signs in")
    return sub


def run(arguments: argparse.Namespace, path: Path) -> int:
    """Read the new secret, prove that it signs in, and drop the old one."""
    from tui import wiring
    from tui.desk.connectors import profiles, rotation

    stored = profiles.load(path)
    old = profiles.require(stored, arguments.name or stored.default)
    rotation.refuse_early(old, key_wanted=bool(arguments.make_key or arguments.key_id))
    kind = rotation.kind_of_secret(old)
    secret, key_id = (_read_token(arguments), "") if kind == "token" else _read_key(arguments, old)

    async def prove(new: Profile, secret: Secret) -> None:
        connector = wiring.assemble(
            new, secret, renewal="Copy it again, or make another one in Okta; the old one stays in use."
        )
        if not arguments.no_check:
            await wiring.try_sign_in(connector)
            print_line("It signs in.")

    new = rotation.candidate(old, key_id)
    old_secret_notice = asyncio.run(rotation.prove_and_rotate(path, old, new, secret, prove))
    print_line(f"{old.name} signs in with the new {kind} now.")
    print_line(old_secret_notice)
    return Code.OK


def _read_token(arguments: argparse.Namespace) -> Secret:
    from tui.desk.connectors.secrets import Secret

    if arguments.from_file:
        return Secret(_read_file(arguments.from_file).strip())
    if not sys.stdin.isatty():
        raise Trouble("There is no terminal to ask at", advice="Give the token with `--from-file -` or a file.")
    return Secret(getpass.getpass("New API token (not shown): ").strip())


def _read_key(arguments: argparse.Namespace, old: Profile) -> tuple[Secret, str]:
    from tui.desk.connectors import rotation
    from tui.desk.connectors.secrets import Secret
    from tui.okta.keys import ClientKey

    if arguments.make_key:
        key = ClientKey.make(arguments.make_key)
        print_line(
            f"Add this public key to the app {old.sign_in.client_id} in Okta (General, Client Credentials, Add key):"
        )
        print_line(json.dumps(key.public_jwk(), indent=2))
    elif arguments.from_file:
        ask = partial(getpass.getpass, "Passphrase of the key (not shown): ") if sys.stdin.isatty() else None
        key = rotation.load_key(_read_file(arguments.from_file), ask)
    else:
        raise BadInput(
            "Say where the new key comes from",
            advice="`--make-key` makes a pair here; `--from-file FILE` reads one (- for the standard input).",
            field="private_key",
        )
    key_id = arguments.key_id or key.thumbprint
    if sys.stdin.isatty() and not arguments.key_id:
        sys.stderr.write(f"Key id that Okta shows for it [{key_id}]: ")
        sys.stderr.flush()
        key_id = sys.stdin.readline().strip() or key_id
    return Secret(key.private_pem()), key_id


def _read_file(name: str) -> str:
    from tui.desk.connectors import rotation

    return sys.stdin.read(rotation.LARGEST) if name == "-" else rotation.read_secret_file(name)
