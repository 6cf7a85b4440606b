"""What is kept of a proof: for the same connector only, privately, and never in the way of a start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.desk.proof.proving import app_connector, prove_app, prove_token, run, token_connector
from tui.desk.connectors.connector import OrgAddress
from tui.desk.files.private import FileTrouble
from tui.desk.proof.store import recall, remember
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "proofs.json"


def written(path: Path) -> str:
    return path.read_text("utf-8")


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def looks(path: Path) -> tuple[int, list[str]]:
    return path.stat().st_mode & 0o777, [file.name for file in path.parent.iterdir()]


async def test_a_proof_comes_back_as_it_was_without_its_steps(
    path: Path, org: Org, line: Line, clock: FakeClock
) -> None:
    proof = await prove_app(org, line, clock, "keydesk-few-scopes", mode=Mode.READ_WRITE)
    remember(path, proof)
    assert proof.denied
    assert recall(path, app_connector(org, "keydesk-few-scopes", mode=Mode.READ_WRITE)) == replace(proof, lines=())


async def test_a_failed_proof_comes_back_too(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "revoked")
    remember(path, proof)
    found = recall(path, token_connector(org, "revoked"))
    assert found is not None
    assert not found.works


async def test_it_is_private_and_holds_no_secret(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    remember(path, await prove_token(org, line, clock, "super"))
    token = next(principal.token for principal in org.principals if principal.name == "super")
    assert looks(path) == (0o600, ["proofs.json"])
    assert token not in written(path)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"org": OrgAddress("https://other.okta.com")},
        {"client_id": "0oaother"},
        {"mode": Mode.READ_WRITE},
        {"capabilities": frozenset({Capability.IDENTIFY})},
    ],
)
async def test_another_connector_gets_none(
    change: dict[str, Any], path: Path, org: Org, line: Line, clock: FakeClock
) -> None:
    connector = token_connector(org, "readonly")
    remember(path, await run(connector, line, clock))
    assert recall(path, connector) is not None
    assert recall(path, replace(connector, **change)) is None


async def test_both_modes_of_a_connector_are_kept(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    for mode in Mode:
        remember(path, await prove_token(org, line, clock, "readonly", mode=mode))
    for mode in Mode:
        found = recall(path, token_connector(org, "readonly", mode=mode))
        assert found is not None
        assert found.mode == mode


async def test_a_new_proof_leaves_those_of_other_connectors(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    connector = token_connector(org, "readonly")
    proof = await run(connector, line, clock)
    remember(path, replace(proof, connector="kept"))
    remember(path, proof)
    remember(path, replace(proof, at=proof.at + 60))
    kept, again = recall(path, replace(connector, name="kept")), recall(path, connector)
    assert kept is not None
    assert again is not None
    assert (kept.at, again.at) == (proof.at, proof.at + 60)


def test_recalling_makes_no_file(path: Path, org: Org) -> None:
    assert recall(path, token_connector(org, "readonly")) is None
    assert not path.exists()


BROKEN = [
    b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"[" * 100_000, b'{"version": 2, "proofs": {}}', b'{"version": 1}',
    b'{"version": 1, "proofs": []}', b'{"version": 1, "proofs": {"acme": 1}}',
    b'{"version": 1, "proofs": {"acme": {"read-only": {}}}}',
]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN)
async def test_a_broken_file_is_none_and_is_replaced(
    content: bytes, path: Path, org: Org, line: Line, clock: FakeClock
) -> None:
    write(path, content)
    connector = token_connector(org, "readonly")
    assert recall(path, connector) is None
    remember(path, await run(connector, line, clock))
    assert recall(path, connector) is not None


async def test_each_field_may_be_broken_without_a_fault(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    connector = app_connector(org, "keydesk-few-scopes")
    remember(path, await run(connector, line, clock))
    whole = json.loads(written(path))
    for name in ("org", "at", "granted", "findings", "warnings", "denied", "client_id", "mode", "fault"):
        for value in ({"a": 1}, [1], "nan?", 7.5):
            broken = json.loads(json.dumps(whole))
            broken["proofs"]["acme"]["read-only"][name] = value
            write(path, json.dumps(broken).encode())
            found = recall(path, connector)
            assert found is None or (name, value) in [("at", 7.5), ("fault", "nan?")]


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-1", "1e300", "true"])
async def test_a_time_that_is_none_cannot_stop_a_start(
    at: str, path: Path, org: Org, line: Line, clock: FakeClock
) -> None:
    connector = token_connector(org, "readonly")
    proof = await run(connector, line, clock)
    remember(path, proof)
    write(path, written(path).replace(f'"at": {proof.at}', f'"at": {at}').encode())
    found = recall(path, connector)
    assert found is None or found.at == 1.0


def test_nothing_kept_is_none(path: Path, org: Org) -> None:
    assert recall(path, token_connector(org, "super")) is None
    path.mkdir(parents=True)
    assert recall(path, token_connector(org, "super")) is None


async def test_a_place_that_cannot_be_written_is_named(path: Path, org: Org, line: Line, clock: FakeClock) -> None:
    write(path.parent, b"a file where the folder should be")
    proof = await prove_token(org, line, clock, "readonly")
    with pytest.raises(FileTrouble):
        remember(path, proof)
