"""The proof of API tokens, capability by capability, for admins of each kind; and what goes wrong on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from tests.desk.proof.proving import SERVICE_STEPS, app_connector, prove_token, run, token_connector, verdicts
from tests.desk.support import fault, harmful
from tui.desk.proof.proof import CapabilityVerdict
from tui.desk.rules.rules import DEFAULT_RULES
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.proof.proof import Finding, Proof

C, V = Capability, CapabilityVerdict
HELP = {C.PASSWORDS, C.UNLOCK, C.MFA, C.VERIFICATION}


def of(proof: Proof, capability: Capability) -> Finding:
    return next(finding for finding in proof.findings if finding.capability is capability)


async def test_a_super_admin_works_and_is_too_much(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE)
    assert proof.works
    assert {c for c, verdict in verdicts(proof).items() if verdict is V.NOT_PROVABLE} == {
        *(*HELP, C.PROVISIONING, C.SUSPENSION, C.ACCESS_CODES, C.DEVICES)
    }
    assert "below Organization Administrator" in of(proof, C.DEVICES).reason
    assert "only doing it proves" in of(proof, C.UNLOCK).reason
    assert "a Group Administrator was needed" in of(proof, C.VERIFICATION).reason
    (title, advice), *more = proof.warnings
    assert [title for title, _ in more] == ["The API token may be used from anywhere"]
    assert title == "The token's account is a super admin, which is more than keydesk needs"
    assert "Group Administrator" in advice  # which may suspend people, too
    assert proof.granted is None
    assert proof.dpop is None


async def test_the_steps_are_cheap_reads_in_this_order(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE)
    assert line.writes == []
    asked = [step for step in line.story if step in SERVICE_STEPS]
    assert asked == SERVICE_STEPS
    assert line.story[1] == "GET /api/v1/users/me"
    assert len(line.story) <= 14
    assert [step.ok for step in proof.lines] == [True] * len(proof.lines)


async def test_only_what_is_switched_on_is_asked_for(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "readonly", capabilities={C.LOCKOUTS})
    asked = [step for step in line.story if step in SERVICE_STEPS]
    assert asked == [*SERVICE_STEPS[:3], "GET /api/v1/logs?limit=1"]
    assert [c for c, verdict in verdicts(proof).items() if verdict is not V.OFF] == [C.LOCKOUTS]


async def test_a_read_only_admin_does_for_a_read_only_connector(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "readonly")
    assert set(verdicts(proof).values()) == {V.WORKS}
    assert [title for title, _ in proof.warnings] == ["The API token may be used from anywhere"]


async def test_a_read_only_connector_with_a_writing_token_is_named(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "super")
    titles = [title for title, _ in proof.warnings]
    assert "This connector is read-only, and its token could write: Super Administrator" in titles
    assert "Assign Read-only Administrator instead" in proof.warnings[0][1]


SECURITY = (C.ACCESS_CODES, C.RISK)
"""What takes a role that sees the org's security settings."""


@pytest.mark.parametrize(
    ("who", "lacks"),
    [
        ("helpdesk", {C.LOCKOUTS, C.EXPIRY, C.PROVISIONING, *SECURITY}),
        ("org", {C.PROVISIONING}),
        ("app", {C.EXPIRY, C.MFA, C.VERIFICATION, *SECURITY}),
        ("group-membership", {C.LOCKOUTS, C.EXPIRY, C.PROVISIONING, C.MFA, C.VERIFICATION, *SECURITY}),
        ("report", {C.IDENTIFY, C.LOCKOUTS, C.EXPIRY, C.PROVISIONING, C.SUSPENSION, C.DEVICES, *HELP, *SECURITY}),
        ("nobody", set(Capability)),
    ],
)
async def test_each_role_is_known_by_what_it_cannot_read(
    who: str, lacks: set[Capability], org: Org, line: Line, clock: FakeClock
) -> None:
    proof = await prove_token(org, line, clock, who)
    found = verdicts(proof)
    assert {c for c, verdict in found.items() if verdict is V.MISSING_ROLE} == lacks
    assert {c for c, verdict in found.items() if verdict is V.WORKS} == set(Capability) - lacks
    assert proof.works is (not lacks)


async def test_a_missing_role_comes_with_those_that_would_do(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "helpdesk")
    found = of(proof, C.LOCKOUTS)
    assert found.roles == ("REPORT_ADMIN", "READ_ONLY_ADMIN", "APP_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")
    assert "System Log" in found.reason
    assert found.cure.startswith("A super admin assigns Report Administrator on Security > Administrators")
    assert ("logs", "keydesk's admin role does not allow this") in [entry[:2] for entry in proof.denied]


async def test_a_token_that_is_wrong_is_one_clear_line(org: Org, line: Line, clock: FakeClock) -> None:
    proof = await prove_token(org, line, clock, "revoked")
    assert set(verdicts(proof).values()) == {V.FAILED}
    assert [step.ok for step in proof.lines] == [True, False]
    assert "does not accept keydesk's credentials" in proof.lines[1].detail
    assert "The token is wrong, revoked" in of(proof, C.UNLOCK).cure
    assert not proof.works
    assert proof.fault_field == "api_token"
    assert line.story == ["GET /.well-known/okta-organization", "GET /api/v1/users/me"]


async def test_without_a_network_there_is_one_line(org: Org, line: Line, clock: FakeClock) -> None:
    async def down(request: httpx.Request) -> httpx.Response | None:
        raise httpx.ConnectError("no route", request=request)

    line.watch = down
    proof = await prove_token(org, line, clock, "super")
    assert [(step.ok, step.text) for step in proof.lines] == [(False, "Org: GET /.well-known/okta-organization")]
    assert set(verdicts(proof).values()) == {V.FAILED}
    assert not proof.works
    assert proof.fault_field == "org"


async def test_the_guard_lets_the_proof_of_each_capability_ask_what_it_needs(
    org: Org, line: Line, clock: FakeClock
) -> None:
    for capability in Capability:
        line.sent.clear()
        proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE, capabilities={capability})
        assert proof.works, capability
        assert not [step for step in proof.lines if "switched off" in step.detail or "refused" in step.detail]
        assert line.story[:3] == [SERVICE_STEPS[0], "GET /api/v1/users/me", SERVICE_STEPS[1]]
        assert "GET /api/v1/api-tokens" in line.story
        assert any(step.endswith("/roles") for step in line.story)


async def test_with_nothing_switched_on_a_wrong_token_still_fails(org: Org, line: Line, clock: FakeClock) -> None:
    assert not (await prove_token(org, line, clock, "revoked", capabilities=())).works
    assert (await prove_token(org, line, clock, "readonly", capabilities=())).works


def answering(path: str, response: Callable[[httpx.Request], httpx.Response]) -> Callable[..., object]:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        return response(request) if request.url.path == path else None

    return watch


async def test_a_page_of_a_proxy_is_not_an_org(org: Org, line: Line, clock: FakeClock) -> None:
    line.watch = answering(  # type: ignore[assignment]
        "/.well-known/okta-organization", lambda _: httpx.Response(200, html="<html>Sign in</html>")
    )
    proof = await prove_token(org, line, clock, "super")
    assert [step.ok for step in proof.lines] == [False]
    assert "Something between keydesk and Okta answered" in proof.lines[0].detail
    assert len(line.sent) == 1


async def test_what_the_org_does_not_have_is_told_apart(org: Org, line: Line, clock: FakeClock) -> None:
    fault(org, "401-feature", match="/policies", times=1)
    proof = await prove_token(org, line, clock, "readonly", mode=Mode.READ_ONLY)
    assert of(proof, C.EXPIRY).verdict is V.NOT_IN_ORG
    assert "switch" in of(proof, C.EXPIRY).cure.casefold()
    assert of(proof, C.LOCKOUTS).verdict is V.WORKS
    assert not proof.works


async def test_a_fault_of_one_list_fails_what_needs_it_only(org: Org, line: Line, clock: FakeClock) -> None:
    fault(org, "500", match="/logs", times=9)
    proof = await prove_token(org, line, clock, "readonly")
    assert of(proof, C.LOCKOUTS).verdict is V.FAILED
    assert of(proof, C.EXPIRY).verdict is V.WORKS


async def test_roles_limited_to_groups_are_a_warning(org: Org, line: Line, clock: FakeClock) -> None:
    me = org.people.named("maria.silva").id
    role = [{"id": "JBCUYUC7IRCVGS27IFCE2SKO", "type": "HELP_DESK_ADMIN", "status": "ACTIVE"}]
    groups = [{"id": f"00g{number}", "profile": {"name": name}} for number, name in enumerate(["Sales", "\x1b[2JEvil"])]

    async def watch(request: httpx.Request) -> httpx.Response | None:
        answers = {
            f"/api/v1/users/{me}/roles": role,
            f"/api/v1/users/{me}/roles/JBCUYUC7IRCVGS27IFCE2SKO/targets/groups": groups,
        }
        found = answers.get(request.url.path)
        return httpx.Response(200, json=found, headers={"x-okta-request-id": "r"}) if found is not None else None

    line.watch = watch
    proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE)
    title, advice = proof.warnings[0]
    assert title.startswith("Help Desk Administrator is limited to the groups Sales, ")
    assert not harmful(title)
    assert "Nobody else" in advice
    assert of(proof, C.PROVISIONING).verdict is V.MISSING_ROLE  # help desk admins change no groups and no apps
    assert of(proof, C.UNLOCK).verdict is V.NOT_PROVABLE
    assert not proof.works


async def test_what_a_custom_role_allows_is_not_guessed(org: Org, line: Line, clock: FakeClock) -> None:
    me = org.people.named("maria.silva").id
    role = [{"id": "irb1", "type": "CUSTOM", "label": "Tier 1", "status": "ACTIVE", "role": "cr01"}]
    line.watch = answering(  # type: ignore[assignment]
        f"/api/v1/users/{me}/roles", lambda _: httpx.Response(200, json=role, headers={"x-okta-request-id": "r"})
    )
    proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE)
    assert verdicts(proof)[C.UNLOCK] is V.NOT_PROVABLE
    assert any("Tier 1" in step.detail for step in proof.lines)


@pytest.mark.parametrize(("days", "warned"), [(3, True), (20, False)])
async def test_an_api_token_about_to_end_is_a_warning(
    days: int, warned: bool, org: Org, line: Line, clock: FakeClock
) -> None:
    me = org.people.named("quinn.baker").id
    ends = f"2026-11-{23 + days}T06:00:00.000Z" if days < 7 else "2026-12-13T06:00:00.000Z"
    tokens = [{"id": "00T1", "userId": me, "expiresAt": ends}, {"id": "00T2", "userId": "00uother", "expiresAt": "x"}]
    line.watch = answering(  # type: ignore[assignment]
        "/api/v1/api-tokens", lambda _: httpx.Response(200, json=tokens, headers={"x-okta-request-id": "r"})
    )
    proof = await prove_token(org, line, clock, "readonly")
    assert [title for title, _ in proof.warnings] == (["The API token ends in 3 days"] if warned else [])


async def test_a_scope_that_okta_names_oddly_is_not_repeated(org: Org, line: Line, clock: FakeClock) -> None:
    challenge = 'Bearer error="insufficient_scope", scope="<b>evil</b> scope"'
    line.watch = answering(  # type: ignore[assignment]
        "/api/v1/logs",
        lambda _: httpx.Response(403, headers={"www-authenticate": challenge, "x-okta-request-id": "r"}),
    )
    proof = await prove_token(org, line, clock, "readonly")
    assert of(proof, C.LOCKOUTS).missing_scopes == ("okta.logs.read",)
    assert "evil" not in of(proof, C.LOCKOUTS).reason


async def test_nobody_visible_is_a_warning(org: Org, line: Line, clock: FakeClock) -> None:
    line.watch = answering(  # type: ignore[assignment]
        "/api/v1/users", lambda _: httpx.Response(200, json=[], headers={"x-okta-request-id": "r"})
    )
    proof = await prove_token(org, line, clock, "readonly")
    assert proof.warnings[0][0] == "Nobody is visible to keydesk"


async def test_no_secret_is_in_a_proof(org: Org, line: Line, clock: FakeClock) -> None:
    for name in ("super", "revoked", "nobody"):
        connector = token_connector(org, name)
        token = next(principal.token for principal in org.principals if principal.name == name)
        assert token not in repr(await run(connector, line, clock))


def refusing(path: str, status: int, code: str) -> Callable[..., object]:
    body = {"errorCode": code, "errorSummary": "No.", "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return answering(path, lambda _: httpx.Response(status, json=body, headers={"x-okta-request-id": "r"}))


@pytest.mark.parametrize("path", ["/api/v1/org", "/api/v1/groups", "/api/v1/policies"])
async def test_a_token_revoked_on_the_way_ends_it(path: str, org: Org, line: Line, clock: FakeClock) -> None:
    line.watch = refusing(path, 401, "E0000011")  # type: ignore[assignment]
    proof = await prove_token(org, line, clock, "super", mode=Mode.READ_WRITE)
    assert [step.ok for step in proof.lines][-2:] == [True, False]
    assert set(verdicts(proof).values()) == {V.FAILED}
    assert line.sent[-1].url.path == path
    assert proof.warnings == ()


async def test_an_account_that_may_not_read_itself_is_no_failure(org: Org, line: Line, clock: FakeClock) -> None:
    line.watch = refusing("/api/v1/users/me", 403, "E0000006")  # type: ignore[assignment]
    proof = await prove_token(org, line, clock, "readonly")
    assert proof.lines[1].ok is None
    assert proof.works


async def test_an_org_that_cannot_be_named_still_works(org: Org, line: Line, clock: FakeClock) -> None:
    line.watch = refusing("/api/v1/org", 403, "E0000006")  # type: ignore[assignment]
    proof = await prove_token(org, line, clock, "readonly")
    assert proof.lines[2].ok is None
    assert "keydesk works without it" in proof.lines[2].detail
    assert proof.works


async def test_factors_of_somebody_deleted_meanwhile_tell_nothing(org: Org, line: Line, clock: FakeClock) -> None:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        gone = {"errorCode": "E0000007", "errorSummary": "Not found", "errorCauses": []}
        if request.url.path.endswith("/factors"):
            return httpx.Response(404, json=gone, headers={"x-okta-request-id": "r"})
        return None

    line.watch = watch
    proof = await prove_token(org, line, clock, "readonly")
    assert of(proof, C.MFA).verdict is V.NOT_PROVABLE
    assert of(proof, C.MFA).reason
    assert proof.works


# -- whether the desk's rules can be met


ASKS = {C.IDENTIFY, C.VERIFICATION}
UNMET = "Nobody in this org can meet the desk's rules"
UNKNOWN = "Whether this org has the factors that the desk's rules ask for is not known"


@pytest.mark.parametrize(
    ("who", "switched_on", "warned", "said"),
    [
        ("super", None, [], "callers could prove at most: a push, with a number"),
        ("super", ["okta_password", "okta_email", "webauthn"], [UNMET], "at most: a code by text, call or mail"),
        ("super", ["okta_password", "of_tomorrow"], [UNKNOWN], "what callers of this org could prove is not known"),
        ("helpdesk", None, [UNKNOWN], "what callers of this org could prove is not known"),
    ],
)
async def test_rules_that_this_orgs_factors_cannot_meet_are_told(
    who: str, switched_on: list[str] | None, warned: list[str], said: str, org: Org, line: Line, clock: FakeClock
) -> None:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        if switched_on is None or request.url.path != "/api/v1/authenticators":
            return None
        return httpx.Response(200, json=[{"id": f"aut{key}", "key": key, "status": "ACTIVE"} for key in switched_on])

    line.watch = watch
    connector = token_connector(org, who, mode=Mode.READ_WRITE, capabilities=ASKS)
    for rules, expected in ((DEFAULT_RULES, []), (replace(DEFAULT_RULES, attested_top=frozenset()), warned)):
        proof = await run(replace(connector, rules=rules), line, clock)
        assert [title for title, _ in proof.warnings if title in {UNMET, UNKNOWN}] == expected
        (looked,) = [step for step in proof.lines if step.text.startswith("Kinds of factors:")]
        assert said in looked.detail
        assert looked.ok is (True if who == "super" else None)  # a refusal is no fault: it can do without
        assert proof.works


async def test_a_service_app_is_not_asked_for_a_scope_that_it_can_do_without(
    org: Org, line: Line, clock: FakeClock
) -> None:
    connector = app_connector(org, "keydesk", mode=Mode.READ_WRITE, capabilities=ASKS)
    proof = await run(replace(connector, rules=DEFAULT_RULES), line, clock)
    assert proof.works
    (looked,) = [step for step in proof.lines if step.text == "Kinds of factors: not asked"]
    assert looked.detail.startswith("It takes okta.authenticators.read, which keydesk can do without; what callers of")
    assert "GET /api/v1/authenticators" not in line.story
    with_codes = app_connector(org, "keydesk", mode=Mode.READ_WRITE, capabilities={*ASKS, C.ACCESS_CODES})
    proof = await run(replace(with_codes, rules=DEFAULT_RULES), line, clock)
    assert any("callers could prove at most" in step.detail for step in proof.lines)
    reads_only = await run(app_connector(org, "keydesk", capabilities={*ASKS, C.ACCESS_CODES}), line, clock)
    assert not any("could prove" in step.detail for step in reads_only.lines)  # it asks no caller
