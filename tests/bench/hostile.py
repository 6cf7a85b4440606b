"""Real servers on the loopback that mean harm: how long keydesk is held, how much memory it takes, what it says.

Each server is a process of its own, and so is each keydesk that meets it, so that one's memory is not the other's. A
ticker in keydesk's event loop shows whether the app could still draw: its longest gap is told too.

    python -m tests.bench.hostile            all of them, side by side; a minute and a half
    python -m tests.bench.hostile drip bomb  some
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui import wiring
from tui.desk.actions.needs import ENDPOINT_MAP
from tui.desk.connectors.connector import Connector, parse_address
from tui.desk.expiry.scan import ExpiryScan
from tui.desk.lockouts.feed import Feed
from tui.desk.lockouts.feed_store import FeedStore
from tui.desk.lockouts.now import lockouts
from tui.desk.people.card import card as card_of
from tui.desk.people.person import Person
from tui.okta import endpoints as ep
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.models import User
from tui.okta.policy import Approval, Mode, Policy
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.desk.session import Session

    Reply = Callable[[str, asyncio.StreamWriter, int], Awaitable[None]]

ROOT: Final = Path(__file__).parents[2]
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Okta-Request-Id: r1\r\n"
MEGABYTE: Final = 1024 * 1024
MOST_MEMORY: Final = 150.0
LONGEST: Final = 70.0
LONGEST_OF_ALL: Final = 180.0
"""Seconds for reading all people of an org: it has no deadline, since a large org takes minutes, but a cap on pages."""
PERSON: Final = "00u1person"


# -- the servers


def whole(body: bytes, *, status: bytes = b"200 OK", more: bytes = b"") -> bytes:
    head = HEAD.replace(b"200 OK", status) + more
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def pour(writer: asyncio.StreamWriter, piece: bytes, pause: float = 0.0) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


async def silent(_target: str, _writer: asyncio.StreamWriter, _number: int) -> None:
    await asyncio.sleep(3600)


async def continues(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    await pour(writer, b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


async def drip_head(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(HEAD + b"X-Slow: ")
    await pour(writer, b"x", 1.0)


async def drip(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n")
    await pour(writer, b" ", 1.0)


async def headers_for_ever(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(HEAD)
    await pour(writer, b"X-More: " + b"x" * 1000 + b"\r\n")


async def body_for_ever(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    await pour(writer, b"10000\r\n" + b" " * 65536 + b"\r\n")


async def crumbs_for_ever(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    await pour(writer, b"1\r\n \r\n" * 5000)


async def bomb(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    writer.write(HEAD + b"Content-Encoding: gzip\r\n\r\n")
    while True:
        writer.write(packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH))
        await writer.drain()


async def bomb_in_a_bomb(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    body = gzip.compress(gzip.compress(b" " * 64 * MEGABYTE))
    writer.write(whole(body, more=b"Content-Encoding: gzip, gzip\r\n"))


async def objects(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(whole(b"[" + b"{}," * (10 * MEGABYTE) + b"{}]"))


async def error_text(_target: str, writer: asyncio.StreamWriter, _number: int) -> None:
    body = json.dumps({"errorCode": "E0000001", "errorSummary": "no " * (10 * MEGABYTE)}).encode()
    writer.write(whole(body, status=b"400 Bad Request"))


async def long_names(target: str, writer: asyncio.StreamWriter, number: int) -> None:
    people = [person(n, "x" * 100_000) for n in range(200)]
    writer.write(whole(json.dumps(people if "users?" in target else people[number % 200]).encode()))


def following(target: str, number: int) -> bytes:
    path = target.partition("?")[0]
    return b'Link: <http://127.0.0.1:%d%s?after=c%d>; rel="next"\r\n' % (PORT[0], path.encode(), number)


async def cursor_empty(target: str, writer: asyncio.StreamWriter, number: int) -> None:
    writer.write(whole(b"[]", more=following(target, number)))


async def cursor_same(target: str, writer: asyncio.StreamWriter, number: int) -> None:
    items = [person(n) for n in range(200)] if "users" in target else [{"id": f"00g{n}"} for n in range(20)]
    items = [event(n) for n in range(200)] if "/logs" in target else items
    writer.write(whole(json.dumps(items).encode(), more=following(target, number)))


async def cursor_new(target: str, writer: asyncio.StreamWriter, number: int) -> None:
    items: list[Any] = [person(number * 200 + n) for n in range(200)]
    if "/logs" in target:
        items = [event(number * 200 + n) for n in range(200)]
    writer.write(whole(json.dumps(items).encode(), more=following(target, number)))


def person(number: int, name: str = "Ann") -> dict[str, Any]:
    profile = {"login": f"p{number}@acme.example", "firstName": name, "lastName": "Lee"}
    changed = "2020-08-01T00:00:00.000Z"
    return {"id": f"00u{number}", "status": "LOCKED_OUT", "passwordChanged": changed, "profile": profile}


def event(number: int) -> dict[str, Any]:
    actor = {"id": f"00u{number % 50}", "type": "User", "alternateId": f"p{number % 50}@acme.example"}
    return {
        "uuid": f"{number:08x}-0000", "published": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "eventType": "user.session.start", "actor": actor, "outcome": {"result": "FAILURE"},
    }  # fmt: skip


PORT: list[int] = []
SERVERS: Final[dict[str, tuple[Reply, str]]] = {
    "silent": (silent, "card"),
    "100 continue": (continues, "card"),
    "drip in the head": (drip_head, "card"),
    "drip": (drip, "card"),
    "drip, unlock": (drip, "unlock"),
    "headers for ever": (headers_for_ever, "card"),
    "body for ever": (body_for_ever, "card"),
    "body for ever, 16 at once": (body_for_ever, "many"),
    "crumbs for ever": (crumbs_for_ever, "card"),
    "gzip bomb": (bomb, "card"),
    "gzip bomb, 16 at once": (bomb, "many"),
    "gzip in gzip": (bomb_in_a_bomb, "card"),
    "31 MB of {}": (objects, "people"),
    "31 MB error text": (error_text, "card"),
    "names of 100 KB": (long_names, "people"),
    "new cursor, empty": (cursor_empty, "people"),
    "new cursor, same page": (cursor_same, "people"),
    "new cursor, new people": (cursor_new, "people"),
    "new cursor, groups": (cursor_empty, "groups"),
    "new cursor, scan, same": (cursor_same, "scan"),
    "new cursor, scan, new": (cursor_new, "scan"),
    "new cursor, feed, same": (cursor_same, "feed"),
    "new cursor, feed, new": (cursor_new, "feed"),
}


async def serve(name: str) -> None:
    reply, _ = SERVERS[name]
    numbers = itertools.count()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1].decode()
                await reply(target, writer, next(numbers))
                await writer.drain()
        writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0)
    PORT.append(listener.sockets[0].getsockname()[1])
    print(PORT[0], flush=True)
    await listener.serve_forever()


# -- keydesk


async def meet(port: int, what: str, folder: Path) -> dict[str, Any]:
    longest, told = 0.0, "it ended"

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before - 0.01)

    ticker = asyncio.create_task(tick())
    begin = time.perf_counter()
    try:
        told = await asyncio.wait_for(READS[what](port, folder), 600)
    except Trouble as trouble:
        told = f"{trouble.title} ({trouble.detail})"
    seconds = time.perf_counter() - begin
    ticker.cancel()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory, "gap": longest, "told": told}


def client(port: int) -> OktaClient:
    policy = Policy(f"http://127.0.0.1:{port}", Mode.READ_WRITE, endpoints=ENDPOINT_MAP)
    return OktaClient(policy, ApiToken("00hostile"))


async def card(port: int, _: Path) -> str:
    okta = client(port)
    parts = (okta.groups_of, okta.app_links_of, okta.factors_of, okta.blocks_of)
    answers = await asyncio.gather(okta.user(PERSON), *(part(PERSON) for part in parts), return_exceptions=True)
    if isinstance(answers[0], User):
        card_of(Person(answers[0], time.time()), datetime.now(UTC))
    raise next(answer for answer in answers if isinstance(answer, Exception))


async def many(port: int, _: Path) -> str:
    okta = client(port)
    answers = await asyncio.gather(*(okta.user(PERSON) for _ in range(16)), return_exceptions=True)
    raise next(answer for answer in answers if isinstance(answer, Exception))


async def people(port: int, folder: Path) -> str:
    told = ""
    async for found in lockouts(session(port, folder), blocks=False):
        told = f"{len(found.rows)} people{', and more than are read' if found.more else ''}"
    return told


async def groups(port: int, _: Path) -> str:
    return f"{len(await client(port).groups_of(PERSON))} groups"


async def scan(port: int, _: Path) -> str:
    okta = client(port)
    running = ExpiryScan(okta)
    running.client.all = no_groups  # type: ignore[method-assign]
    try:
        await running.run(lambda _: None)
    finally:
        print(running.progress, file=sys.stderr)
    return f"{len(running.rows)} listed"


async def no_groups(*_: object, **__: object) -> tuple[()]:
    return ()


async def feed(port: int, folder: Path) -> str:
    following = Feed(client(port), FeedStore(folder / "feed.sqlite3", f"http://127.0.0.1:{port}"))
    heard = 0

    def hear(events: Any) -> None:  # noqa: ANN401 - events
        nonlocal heard
        heard += len(events)

    with suppress(TimeoutError):
        await asyncio.wait_for(following.follow(hear), 60)
    return f"{heard} events in a minute, {following.state.pace}"


async def unlock(port: int, folder: Path) -> str:
    okta = session(port, folder)
    call = ep.UNLOCK.call({"id": PERSON})
    await okta.client.send(call, approval=Approval(1, (call,)))
    return "answered"


def session(port: int, folder: Path) -> Session:
    connector = Connector("hostile", parse_address(f"http://127.0.0.1:{port}"), ApiToken("00hostile"), Mode.READ_WRITE)
    return wiring.session(connector, environ={"KEYDESK_HOME": str(folder)})


READS: Final[dict[str, Callable[[int, Path], Awaitable[str]]]] = {
    "card": card, "many": many, "people": people, "groups": groups, "scan": scan, "feed": feed, "unlock": unlock,
}  # fmt: skip


# -- the table


def run(names: list[str]) -> None:
    """Meet some servers side by side, three at a time, and print what came of it."""
    print(f"{'server':28}{'read':8}{'seconds':>8}{'MB':>7}{'gap s':>7}  what is said")
    waiting = list(names)
    running: dict[str, tuple[subprocess.Popen[str], subprocess.Popen[str]]] = {}
    while waiting or running:
        while waiting and len(running) < 3:
            name = waiting.pop(0)
            command = [sys.executable, "-m", "tests.bench.hostile"]
            server = subprocess.Popen([*command, "--serve", name], stdout=subprocess.PIPE, text=True, cwd=ROOT)
            assert server.stdout is not None
            port, what = server.stdout.readline().strip(), SERVERS[name][1]
            folder = tempfile.mkdtemp()
            keydesk = subprocess.Popen(
                [*command, "--meet", port, what, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                cwd=ROOT,
            )  # fmt: skip
            running[name] = (server, keydesk)
        for name, (server, keydesk) in list(running.items()):
            if keydesk.poll() is not None:
                assert keydesk.stdout is not None
                tell(name, keydesk.stdout.read())
                server.kill()
                server.wait()
                del running[name]
        time.sleep(0.1)


def tell(name: str, printed: str) -> None:
    """Print one line of the table."""
    what = SERVERS[name][1]
    if not printed:
        print(f"{name:28}{what:8}  keydesk ended without a word")
        return
    met = json.loads(printed)
    longest = LONGEST_OF_ALL if what == "scan" else LONGEST
    mark = " " if met["memory"] < MOST_MEMORY and met["seconds"] < longest else "!"
    print(f"{name:28}{what:8}{met['seconds']:8.1f}{met['memory']:7.0f}{met['gap']:7.2f}{mark} {met['told'][:150]}")


def main() -> None:
    """Serve, meet, or print the table."""
    match sys.argv[1:]:
        case ["--serve", name]:
            asyncio.run(serve(name))
        case ["--meet", port, what, folder]:
            print(json.dumps(asyncio.run(meet(int(port), what, Path(folder)))))
        case names:
            run([name for name in SERVERS if not names or any(part in name for part in names)])


if __name__ == "__main__":
    main()
