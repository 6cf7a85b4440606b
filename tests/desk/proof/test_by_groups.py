"""Software by groups only: the proof is whole with rights on people and groups alone, and asks nothing about apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.desk.proof.proving import app_connector, run, verdicts
from tests.desk.support import FINDING_AND_GIVING
from tui.demo.admins.principals import GROUPS_ONLY
from tui.desk.proof import store
from tui.desk.proof.proof import CapabilityVerdict
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

V = CapabilityVerdict


async def test_it_is_whole_with_group_rights_alone(org: Org, wire: Line, clock: FakeClock) -> None:
    for mode, giving in ((Mode.READ_ONLY, V.WORKS), (Mode.READ_WRITE, V.NOT_PROVABLE)):
        connector = app_connector(
            org, GROUPS_ONLY, mode=mode, capabilities=FINDING_AND_GIVING, software_by=SoftwareBy.GROUPS
        )
        proof = await run(connector, wire, clock)
        assert proof.works
        assert verdicts(proof)[Capability.IDENTIFY] is V.WORKS
        assert verdicts(proof)[Capability.PROVISIONING] is giving
        assert (proof.denied, proof.warnings) == ((), ())
        assert not any(finding.missing_scopes or finding.roles for finding in proof.findings)
        assert not any(line.ok is False for line in proof.lines)
    asked = [f"{request.method} {request.url.raw_path.decode()}" for request in wire.sent]
    assert "GET /api/v1/groups?limit=1" in asked
    assert not any("/apps" in path for path in asked)
    assert not any(b"okta.apps" in request.content for request in wire.sent)


async def test_the_same_rights_do_not_do_where_apps_are_given_too(org: Org, wire: Line, clock: FakeClock) -> None:
    connector = app_connector(org, GROUPS_ONLY, mode=Mode.READ_WRITE, capabilities=FINDING_AND_GIVING)
    proof = await run(connector, wire, clock)
    assert not proof.works
    assert verdicts(proof)[Capability.PROVISIONING] is V.MISSING_SCOPE


async def test_a_stored_proof_is_of_its_choice_only(org: Org, wire: Line, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "proofs.json"
    connector = app_connector(
        org, GROUPS_ONLY, mode=Mode.READ_WRITE, capabilities=FINDING_AND_GIVING, software_by=SoftwareBy.GROUPS
    )
    proof = await run(connector, wire, clock)
    store.remember(path, proof)
    kept = store.recall(path, connector)
    assert kept == replace(proof, lines=())
    other = replace(connector, software_by=SoftwareBy.GROUPS_AND_APPS)
    assert store.recall(path, other) is None
    # One that was stored before there was the choice was of groups and apps.
    path.write_text(path.read_text().replace('"software_by": "groups"', '"unknown": ""'))
    assert store.recall(path, connector) is None
    assert store.recall(path, other) is not None
