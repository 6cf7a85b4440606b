"""The proof of service apps: scopes granted or not, bound tokens, roles, and that nothing but reads leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.proof.proving import SERVICE_STEPS, app_connector, prove_app, run, verdicts
from tui.desk.proof.proof import CapabilityVerdict
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

C = Capability


async def test_what_the_checklist_leads_to_works_with_bound_tokens(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "keydesk", mode=Mode.READ_WRITE)
    assert proof.works
    assert proof.dpop is True
    assert "okta.users.manage" in (proof.granted or ())
    assert verdicts(proof)[C.IDENTIFY] is CapabilityVerdict.WORKS
    assert verdicts(proof)[C.UNLOCK] is CapabilityVerdict.NOT_PROVABLE
    assert proof.warnings == ()


async def test_only_reads_and_the_token_request_leave(org: Org, line: Line, clock: FakeClock) -> None:
    await prove_app(org, line, clock, "keydesk-bearer", mode=Mode.READ_WRITE)
    assert set(line.writes) == {"POST /oauth2/v1/token"}
    assert len(line.writes) == 1
    reads = [step for step in line.story if step.startswith("GET")]
    assert reads[:7] == SERVICE_STEPS


async def test_a_connector_without_bound_tokens_says_so(org: Org, line: Line, clock: FakeClock) -> None:
    assert (await prove_app(org, line, clock, "keydesk-bearer")).dpop is False


@pytest.mark.parametrize("app", ["keydesk-few-scopes", "keydesk-all-or-none"])
async def test_scopes_that_were_not_granted_are_named(app: str, org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, app, mode=Mode.READ_WRITE)
    found = {finding.capability: finding for finding in proof.findings}
    assert not proof.works
    assert found[C.EXPIRY].verdict is CapabilityVerdict.MISSING_SCOPE
    assert found[C.EXPIRY].missing_scopes == ("okta.policies.read",)
    assert "okta.policies.read" in found[C.EXPIRY].reason
    assert "“Okta API Scopes” tab" in found[C.EXPIRY].cure
    assert found[C.UNLOCK].missing_scopes == ("okta.users.manage",)
    assert found[C.IDENTIFY].verdict is CapabilityVerdict.WORKS
    assert ("unlock", "keydesk lacks the scope okta.users.manage") in [entry[:2] for entry in proof.denied]


async def test_changes_are_no_part_of_a_read_only_verdict(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "keydesk-few-scopes", capabilities={C.IDENTIFY, C.UNLOCK, C.MFA})
    assert proof.works
    assert proof.denied == ()


async def test_without_any_scope_each_capability_names_its_own(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "keydesk-no-scopes", capabilities={C.LOCKOUTS})
    finding = next(finding for finding in proof.findings if finding.capability is C.LOCKOUTS)
    assert not proof.works
    assert finding.verdict is CapabilityVerdict.MISSING_SCOPE
    assert set(finding.missing_scopes) == {"okta.users.read", "okta.logs.read"}
    assert proof.lines[-1].text == "Sign-in: POST /oauth2/v1/token"
    assert proof.lines[-1].ok is False


async def test_an_app_without_roles_is_told_which_would_do(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "service-norole")
    found = {finding.capability: finding for finding in proof.findings}
    assert set(verdicts(proof).values()) == {CapabilityVerdict.MISSING_ROLE}
    assert found[C.LOCKOUTS].roles[0] == "READ_ONLY_ADMIN"
    assert "Read-only Administrator" in found[C.LOCKOUTS].cure
    assert "the app's “Admin roles” tab" in found[C.LOCKOUTS].cure


async def test_an_inactive_app_fails_in_one_line(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "keydesk-inactive")
    assert set(verdicts(proof).values()) == {CapabilityVerdict.FAILED}
    assert [step.ok for step in proof.lines] == [False]
    assert proof.denied == ()
    assert proof.fault
    assert proof.fault_field == "client_id"


async def test_asking_again_gets_a_new_token(org: Org, line: Line, clock: FakeClock) -> None:
    connector = (await prove_app(org, line, clock, "keydesk-bearer", times=2)).connector
    assert connector == "acme"
    assert line.writes == ["POST /oauth2/v1/token"] * 2


@pytest.mark.parametrize(("setting", "titles"), [
    (True, ["This org makes each new service app a super admin"]), (False, []), (None, []),
])  # fmt: skip
async def test_an_org_that_makes_new_apps_super_admins_is_named(
    setting: bool | None, titles: list[str], org: Org, line: Line, clock: FakeClock
) -> None:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/clientPrivilegesSetting"):
            body = {"clientPrivilegesSetting": setting}
            return httpx.Response(200, json=body, headers={"x-okta-request-id": "r"})
        return None

    line.watch = watch
    proof = await prove_app(org, line, clock, "keydesk")
    assert [title for title, _ in proof.warnings] == titles
    assert proof.works


async def test_no_secret_is_in_a_proof_of_an_app(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_app(org, line, clock, "keydesk", mode=Mode.READ_WRITE)
    sent = [request.headers["authorization"].partition(" ")[2] for request in line.sent if "dpop" in request.headers
            and "authorization" in request.headers]  # fmt: skip
    assert len(set(sent)) == 1
    assert sent[0] not in repr(proof)
    assert "eyJ" not in repr(proof)


async def test_an_app_switched_off_meanwhile_is_seen_when_asking_again(org: Org, line: Line, clock: FakeClock) -> None:
    connector = app_connector(org, "keydesk-bearer")
    assert (await run(connector, line, clock)).works

    async def watch(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            body = {"error": "invalid_client", "error_description": "The client is inactive."}
            return httpx.Response(401, json=body, headers={"x-okta-request-id": "r"})
        return None

    line.watch = watch
    proof = await run(connector, line, clock)
    assert set(verdicts(proof).values()) == {CapabilityVerdict.FAILED}
    assert proof.lines[-1].text == "Sign-in: POST /oauth2/v1/token"
