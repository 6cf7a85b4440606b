from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tui.demo.serve import command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PROGRAM = (
    "import argparse, sys\n"
    "from tui.demo.serve import command\n"
    "assert 'starlette' not in sys.modules and 'uvicorn' not in sys.modules\n"
    "parser = argparse.ArgumentParser()\n"
    "command.add_arguments(parser)\n"
    "sys.exit(command.run(parser.parse_args()))\n"
)


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--people", "100", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    process = start("--json", "--until-stdin-closes", "--lockouts-per-minute", "0", "--principal", "helpdesk")
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def client(server: dict[str, Any]) -> httpx.Client:
    headers = {"authorization": f"SSWS {server['token']}", "x-demo-token": server["control_token"]}
    return httpx.Client(base_url=server["url"], headers=headers, trust_env=False)


def test_the_line_is_enough_to_connect(server: dict[str, Any]) -> None:
    assert set(server) == {"url", "token", "tokens", "control", "control_token"}
    assert server["token"] == server["tokens"]["helpdesk"]
    with client(server) as okta:
        answer = okta.get("/api/v1/users?limit=1")
        assert answer.json()[0]["profile"]["login"] == "ann.lee@acme.example"
        assert [name for name, _ in answer.headers.raw].count(b"link") == 2
        assert answer.headers.get_list("date") == [answer.headers["date"]]
        assert okta.get(server["control"]).json()["org"]["people"] == 100


def test_the_control_token_is_another_one_each_time_or_the_one_that_was_given(
    server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYDESK_DEMO_CONTROL_TOKEN", "given-by-somebody")
    process = start("--json", "--until-stdin-closes", "--lockouts-per-minute", "0")
    assert process.stdout is not None
    given = json.loads(process.stdout.readline())
    process.communicate(timeout=10)
    assert given["control_token"] == "given-by-somebody"
    assert len(server["control_token"]) >= 32


def test_a_cut_connection_is_really_cut(server: dict[str, Any]) -> None:
    with client(server) as okta:
        okta.post("/__demo/faults", json={"fault": "cut", "match": "/unlock"})
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            okta.post("/api/v1/users/ann.lee/lifecycle/unlock")
        assert okta.get("/api/v1/users/ann.lee").json()["status"] == "ACTIVE"
        okta.post("/__demo/faults", json={"fault": "truncated"})
        with pytest.raises(httpx.RemoteProtocolError, match=r"peer closed"):
            okta.get("/api/v1/users")
        assert okta.get("/api/v1/users").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_quietly_even_with_an_open_connection(number: signal.Signals) -> None:
    process = start()
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "A demo Okta org with 100 people is at http://127.0.0.1:" in first
    url = first.split()[-1]
    with httpx.Client(trust_env=False) as okta:
        assert okta.get(f"{url}/.well-known/okta-organization").status_code == 200
        shown = [process.stdout.readline() for _ in range(9)]
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")
    assert f"  export KEYDESK_ORG={url}\n" in shown
    assert any(line.startswith("  export KEYDESK_API_TOKEN=00") for line in shown)
    assert shown[-1] == "ctrl+c stops.\n"
    assert any(line.startswith("  curl -H 'x-demo-token: ") and line.endswith(f" {url}/__demo\n") for line in shown)


@pytest.mark.parametrize("inherited", [False, True])
async def test_a_small_answer_leaves_at_once(*, inherited: bool) -> None:
    """Else the body waits some 40 ms for the client to acknowledge the head (Nagle's algorithm)."""
    delays: asyncio.Queue[bool] = asyncio.Queue()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        await delays.put(not own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with socket.create_server(("127.0.0.1", 0)) as other:
        listener = command.open_listener(0, other.detach() if inherited else None)
    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await delays.get() is False
        writer.close()


def arguments(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(options)


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert command.run(arguments("--port", str(port))) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"demo-org: cannot listen on 127.0.0.1:{port}: ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    "options", [("--people", "0"), ("--people", "200001"), ("--fault", "nonsense"), ("--port", "70000")]
)
def test_bad_options_are_one_line(capsys: pytest.CaptureFixture[str], options: tuple[str, ...]) -> None:
    assert command.run(arguments(*options)) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_NEEDS", ("no_such_server",))
    assert command.run(arguments()) == 1
    assert "keydesk[demo]" in capsys.readouterr().err


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, tui.demo, tui.demo.serve.command\n"
        "print(sorted({'starlette', 'uvicorn', 'httpx', 'textual', 'asyncio'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
