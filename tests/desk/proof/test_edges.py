"""The proof where little can be seen: nobody visible, roles unreadable, one capability alone, a token from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.desk.proof.proving import prove_app, prove_token, verdicts
from tui.desk.proof.proof import CapabilityVerdict
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.proof.proof import Finding, Proof

C, V = Capability, CapabilityVerdict
PRIVILEGES = "/api/v1/org/settings/clientPrivilegesSetting"


def of(proof: Proof, capability: Capability) -> Finding:
    return next(finding for finding in proof.findings if finding.capability is capability)


def answer(line: Line, path: str, value: Any, status: int = 200) -> None:  # noqa: ANN401 - JSON
    """Let the org answer one path with this."""

    async def watch(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != path:
            return None
        return httpx.Response(status, json=value, headers={"x-okta-request-id": "r"})

    line.watch = watch


async def test_factors_alone_are_asked_of_somebody(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "helpdesk", capabilities={C.MFA})
    assert verdicts(proof)[C.MFA] is V.WORKS
    assert "GET /api/v1/users?limit=1" in line.story
    assert line.story[-2].endswith("/factors") or line.story[-3].endswith("/factors")


async def test_with_nobody_visible_factors_are_not_said_to_work(org: Org, line: Line, clock: FakeClock) -> None:
    answer(line, "/api/v1/users", [])
    proof = await prove_token(org, line, clock, "helpdesk", capabilities={C.MFA, C.UNLOCK})
    assert of(proof, C.MFA).verdict is V.NOT_PROVABLE
    assert of(proof, C.UNLOCK).verdict is V.WORKS
    assert proof.works
    assert not any("/factors" in step for step in line.story)


async def test_without_a_role_the_cure_names_one_that_also_changes(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "nobody", mode=Mode.READ_WRITE)
    found = of(proof, C.UNLOCK)
    assert found.verdict is V.MISSING_ROLE
    assert found.cure.startswith("A super admin assigns Help Desk Administrator on")
    assert "okta.users.lifecycle.unlock and okta.users.read" in found.cure
    assert found.roles[0] == "HELP_DESK_ADMIN"


async def test_without_a_role_a_read_only_connector_needs_none_that_changes(
    org: Org, line: Line, clock: FakeClock
) -> None:
    proof = await prove_token(org, line, clock, "nobody", mode=Mode.READ_ONLY)
    assert of(proof, C.UNLOCK).roles[0] == "READ_ONLY_ADMIN"


@pytest.mark.parametrize(("mode", "said"), [(Mode.READ_ONLY, True), (Mode.READ_WRITE, False)])
async def test_what_cannot_be_known_of_a_read_only_token_is_said(
    mode: Mode, said: bool, org: Org, line: Line, clock: FakeClock
) -> None:
    proof = await prove_token(org, line, clock, "helpdesk", mode=mode)
    (roles,) = (step for step in proof.lines if step.text.startswith("Admin roles"))
    assert roles.ok is None
    assert roles.detail.startswith("Only a super admin may read them")
    assert ("whether the token could also write is not known" in roles.detail) is said


async def test_what_only_doing_it_proves_is_a_sentence_of_its_own(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "helpdesk", mode=Mode.READ_WRITE)
    assert of(proof, C.UNLOCK).reason == "Reading works. Only doing it proves: unlocking accounts."
    proof = await prove_app(org, line, clock, "service-helpdesk", mode=Mode.READ_WRITE)
    assert of(proof, C.UNLOCK).reason == (
        "Reading works. The scope is there; only doing it proves: unlocking accounts."
    )


@pytest.mark.parametrize(("connection", "warned"), [("ANYWHERE", True), ("ZONE", False), (None, False)])
async def test_a_token_that_is_good_from_anywhere_is_named(
    connection: str | None, warned: bool, org: Org, line: Line, clock: FakeClock
) -> None:
    me = org.people.named("quinn.baker").id
    network = {"connection": connection} if connection else None
    answer(line, "/api/v1/api-tokens", [{"id": "00T1", "userId": me, "network": network, "expiresAt": "2026-12-20"}])
    proof = await prove_token(org, line, clock, "readonly")
    assert ("The API token may be used from anywhere" in [title for title, _ in proof.warnings]) is warned


async def test_an_org_that_makes_super_admins_is_named(org: Org, line: Line, clock: FakeClock) -> None:
    answer(line, PRIVILEGES, {"clientPrivilegesSetting": True})
    proof = await prove_app(org, line, clock, "keydesk-bearer")
    assert "This org makes each new service app a super admin" in [title for title, _ in proof.warnings]
