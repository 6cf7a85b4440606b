"""The command that serves a demo org on the loopback until it is stopped."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from tui.demo.admins.principals import ACCOUNT_NAMES, BEARER, GROUPS_ONLY, MAIN
from tui.demo.base import client_keys
from tui.demo.base.faults import parse_fault
from tui.demo.base.limits import PROFILES
from tui.demo.people.callers import CALLERS, told

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from tui.demo.base.faults import Fault
    from tui.demo.org import Org

HOST = "127.0.0.1"
DEFAULT_PEOPLE = 2000
DEFAULT_SEED = 7
DEFAULT_RATE = 7.5
KEY_TYPES = {"rsa": "RS256", "ec": "ES256"}
"""The algorithms of the keys that `--admin` prints; the embedded org, whose keys nobody copies, stays with EC."""
_MOST_PEOPLE = 200_000
_NEEDS = ("starlette", "uvicorn")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON: url, token, tokens, control, control_token"
    )
    parser.add_argument(
        "--admin",
        action="store_true",
        help="print a client id, key id and private key too, as an admin gets them for a service app; with --json as "
        "client_id, key_id, private_key (and bearer_client_id, … for an app without DPoP, groups_client_id, … for one "
        "that may only read people and groups and change who is in a group)",
    )
    parser.add_argument(
        "--key-type",
        choices=KEY_TYPES,
        default="rsa",
        help="with --admin: the kind of the two apps' keys (default: rsa, which Okta's own SDK wants; ec is quicker)",
    )
    parser.add_argument(
        "--people",
        type=int,
        default=DEFAULT_PEOPLE,
        metavar="N",
        help="how many people, 200000 at most (default: 2000)",
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="another number, another org")
    parser.add_argument(
        "--lockouts-per-minute",
        type=float,
        default=DEFAULT_RATE,
        metavar="X",
        help="how fast people lock themselves out; 0 for a quiet org (default: 7.5)",
    )
    parser.add_argument(
        "--principal", choices=ACCOUNT_NAMES, default="super", metavar="NAME", help="whose token is the main one"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="SPEC",
        help="switch a fault on: NAME[:times=2,match=/lifecycle/,method=POST,value=3]; repeatable",
    )
    parser.add_argument("--pipeline", choices=("idx", "v1"), default="idx", help="Identity Engine or Classic")
    parser.add_argument("--custom-domain", default="", metavar="URL", help="a custom domain that the org says it has")
    parser.add_argument(
        "--no-number-matching", action="store_true", help="pushes show no number, as in an org without that feature"
    )
    parser.add_argument(
        "--callers", action="store_true", help="put honest callers and attackers on the line, and tell who they are"
    )
    parser.add_argument("--clock-ahead", type=float, default=0.0, metavar="S", help="seconds that its clock is ahead")
    parser.add_argument("--rate-limits", choices=PROFILES, default="workforce", help="whose rate limits hold")
    parser.add_argument("--fd", type=int, default=None, metavar="N", help="serve on this inherited listening socket")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input ends")


def run(args: argparse.Namespace) -> int:
    """Serve until stopped; returns the exit code."""
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        return _complain(f"the demo org needs {' and '.join(missing)}: install keydesk[demo]")
    if not 1 <= args.people <= _MOST_PEOPLE:
        return _complain(f"--people must be between 1 and {_MOST_PEOPLE}")
    try:
        faults = [parse_fault(spec) for spec in args.fault]
    except ValueError as error:
        return _complain(str(error))
    try:
        # From here on a client may connect; its first request waits for the server to take it.
        listener = open_listener(args.port, args.fd)
    except (OSError, OverflowError) as error:
        return _complain(f"cannot listen on {HOST}:{args.port}: {error}")
    with listener:
        return _serve(args, listener, faults)


def open_listener(port: int, fd: int | None = None) -> socket.socket:
    """Return the listening socket that the org is served on.

    The socket names its protocol, since asyncio sends without delay only then. Head and body of an answer are two
    writes: with a delay the second one waits some 40 ms, until the client acknowledges the first.

    Args:
        port: The port on the loopback; 0 for a free one.
        fd: A listening socket that was inherited, in the place of a new one.

    Raises:
        OSError: The port is taken, or the descriptor is none of a socket.
        OverflowError: There is no such port.
    """
    if fd is not None:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=fd)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _serve(args: argparse.Namespace, listener: socket.socket, faults: list[Fault]) -> int:
    import uvicorn  # noqa: PLC0415 - an optional dependency, and slow to import

    from tui.demo.serve.asgi import create_app  # noqa: PLC0415 - brings starlette
    from tui.demo.serve.embedded import CONTROL_TOKEN  # noqa: PLC0415 - with the server
    from tui.demo.story.begin import begin_org  # noqa: PLC0415 - with the server, not with the options

    # By the environment, which other people of this machine cannot read, unlike the list of processes.
    control_token = os.environ.pop(CONTROL_TOKEN, "") or secrets.token_urlsafe(32)
    org = begin_org(
        seed=args.seed,
        people=args.people,
        lockouts_per_minute=args.lockouts_per_minute,
        pipeline=args.pipeline,
        rate_limits=args.rate_limits,
        clock=lambda: time.time() + args.clock_ahead,
        custom_domain=args.custom_domain,
        number_matching=not args.no_number_matching,
        callers=args.callers,
        app_algorithm=KEY_TYPES[args.key_type] if args.admin else "",
    )
    for fault in faults:
        org.faults.set(fault)

    class Server(uvicorn.Server):
        # uvicorn's own handlers raise the signal again at the end, which would not be exit code 0.
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    server = Server(
        uvicorn.Config(
            create_app(org, control_token),
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
    )

    def stop(*_: object) -> None:
        # A second signal need not wait for open connections.
        server.force_exit = server.should_exit
        server.should_exit = True

    _announce(args, org, control_token, f"http://{HOST}:{listener.getsockname()[1]}")
    if args.until_stdin_closes:
        threading.Thread(target=_await_end_of_input, args=(stop,), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listener])
    return 0


def _await_end_of_input(stop: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop()


def _announce(args: argparse.Namespace, org: Org, control_token: str, url: str) -> None:
    from tui.demo.serve.control import TOKEN_HEADER  # noqa: PLC0415 - with the server, not with the options

    tokens = {principal.name: principal.token for principal in org.principals}
    token, control = tokens[args.principal], f"{url}/__demo"
    admin = _admin(org) if args.admin else {}
    if args.json:
        begin = {"url": url, "token": token, "tokens": tokens, "control": control, "control_token": control_token}
        calls = {"callers": [caller._asdict() for caller in CALLERS]} if args.callers else {}
        line = json.dumps(begin | admin | calls)
    else:
        line = (
            f"A demo Okta org with {len(org.people)} people is at {url}\n\n"
            f"  export KEYDESK_ORG={url}\n"
            f"  export KEYDESK_API_TOKEN={token}\n\n"
            f"That token is the principal {args.principal!r}; this lists the others, the people to know and the faults "
            f"to try:\n\n  curl -H '{TOKEN_HEADER}: {control_token}' {control}\n\n"
            f"{_shown(admin)}{_on_the_line(callers=args.callers)}ctrl+c stops."
        )
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _admin(org: Org) -> dict[str, str]:
    """Return what an admin gets for the main service apps."""
    given = {}
    for prefix, name in (("", MAIN), ("bearer_", BEARER), ("groups_", GROUPS_ONLY)):
        app = org.principal(name)
        given[f"{prefix}client_id"] = app.identity
        given[f"{prefix}key_id"] = client_keys.key_id(org.seed, name)
        given[f"{prefix}private_key"] = client_keys.private_pem(org.seed, name, app.algorithm)
    return given


def _shown(admin: dict[str, str]) -> str:
    if not admin:
        return ""
    return (
        "\nA service app of this org, as new ones are (DPoP required):\n\n"
        f"  client id  {admin['client_id']}\n"
        f"  key id     {admin['key_id']}\n\n{admin['private_key']}\n"
        f"The same without DPoP: client id {admin['bearer_client_id']}, key id {admin['bearer_key_id']}\n\n"
        f"{admin['bearer_private_key']}\n"
        "One that may only read people and groups and change who is in a group, for software by groups only: client id "
        f"{admin['groups_client_id']}, key id {admin['groups_key_id']}\n\n{admin['groups_private_key']}\n"
    )


def _on_the_line(*, callers: bool) -> str:
    if not callers:
        return ""
    return "On the line, whose phones answer as told:\n\n" + "\n\n".join(map(told, CALLERS)) + "\n\n"


def _complain(message: str) -> int:
    sys.stderr.write(f"demo-org: {message}\n")
    return 1
