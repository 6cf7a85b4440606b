"""What the tests of the proof share: connectors to the demo org, and a proof run to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import ORIGIN, token_of
from tui import wiring
from tui.demo.base import client_keys
from tui.desk.actions import needs
from tui.desk.connectors.connector import Connector, OrgAddress, SignInKind
from tui.desk.proof.proof import Proof
from tui.desk.proof.proof import ProofLine as Step
from tui.desk.proof.prove import prove
from tui.okta.auth import ApiToken
from tui.okta.keys import ClientKey
from tui.okta.oauth import ServiceApp
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.proof.proof import CapabilityVerdict

SERVICE_STEPS = [
    "GET /.well-known/okta-organization",
    "GET /api/v1/org",
    "GET /api/v1/users?limit=1",
    "GET /api/v1/groups?limit=1",
    "GET /api/v1/apps?limit=1",
    "GET /api/v1/logs?limit=1",
    "GET /api/v1/policies?type=PASSWORD",
]


def app_connector(
    org: Org,
    name: str,
    *,
    mode: Mode = Mode.READ_ONLY,
    capabilities: Collection[Capability] = tuple(Capability),
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS,
) -> Connector:
    """A connector that signs in as one of the demo org's service apps."""
    app = next(principal for principal in org.principals if principal.name == name)
    key = ClientKey.load(client_keys.private_pem(org.seed, name, app.algorithm), "")
    wanted = needs.scopes(capabilities, mode, software_by)
    credentials = ServiceApp(app.identity, client_keys.key_id(org.seed, name), key, wanted)
    return Connector(
        "acme",
        OrgAddress(ORIGIN),
        credentials,
        mode,
        frozenset(capabilities),
        kind=SignInKind.PRIVATE_KEY_JWT,
        client_id=app.identity,
        software_by=software_by,
    )


def token_connector(
    org: Org, name: str, *, mode: Mode = Mode.READ_ONLY, capabilities: Collection[Capability] = tuple(Capability)
) -> Connector:
    """A connector that signs in with one of the demo org's API tokens."""
    return Connector("acme", OrgAddress(ORIGIN), ApiToken(token_of(org, name)), mode, frozenset(capabilities))


async def run(connector: Connector, line: Line, clock: FakeClock, *, times: int = 1) -> Proof:
    """Prove with one client, and return the last proof; its lines are those that were yielded."""
    client = wiring.client(connector, clock=clock, transport=line)
    proof: Proof | None = None
    for _ in range(times):
        found = [step async for step in prove(client, connector)]
        assert isinstance(found[-1], Proof)
        proof = found[-1]
        assert list(proof.lines) == [step for step in found if isinstance(step, Step)]
    await client.aclose()
    assert proof is not None
    return proof


async def prove_app(
    org: Org,
    line: Line,
    clock: FakeClock,
    name: str,
    *,
    mode: Mode = Mode.READ_ONLY,
    capabilities: Collection[Capability] = tuple(Capability),
    times: int = 1,
) -> Proof:
    return await run(app_connector(org, name, mode=mode, capabilities=capabilities), line, clock, times=times)


async def prove_token(
    org: Org,
    line: Line,
    clock: FakeClock,
    name: str,
    *,
    mode: Mode = Mode.READ_ONLY,
    capabilities: Collection[Capability] = tuple(Capability),
) -> Proof:
    return await run(token_connector(org, name, mode=mode, capabilities=capabilities), line, clock)


def verdicts(proof: Proof) -> dict[Capability, CapabilityVerdict]:
    return {finding.capability: finding.verdict for finding in proof.findings}
