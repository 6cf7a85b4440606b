"""The policy alone, against whatever hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.each import each
from tests.okta.support import ALL_ENDPOINTS, ORG, READS, UNLOCK, WRITES, approved, named
from tui.okta.calls import Call
from tui.okta.errors import Refused
from tui.okta.policy import TOKEN_FORM, Capability, Mode, Policy

TOKEN_PATH = "/oauth2/v1/token"
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "get", " GET", "GET\n", "POST", "pOST"]) | st.text()
SEGMENTS = st.sampled_from(
    ["api", "v1", "users", "00u1", "..", ".", "%2e%2e", "%2f", "\\", "", "a;b", "é", " ", "\x00"]
)
TARGETS = (
    st.lists(SEGMENTS | st.text(max_size=5), max_size=6).map(lambda parts: "/" + "/".join(parts))
    | st.sampled_from([call.target for call in (*READS, *WRITES)])
    | st.text()
)
CALLS = st.builds(Call, METHODS, TARGETS, st.binary(max_size=20))
APPROVALS = st.none() | st.booleans() | st.text() | st.tuples(CALLS)
ORIGINS = st.just(ORG) | st.sampled_from(["https://evil.example", "http://acme.okta.com", "https://ACME.okta.com", ""])


def passes(policy: Policy, origin: str, call: Call, approval: object = None) -> bool:
    try:
        policy.check(origin, call, approval)
    except Refused:
        return False
    return True


@given(ORIGINS, CALLS, APPROVALS, st.booleans())
def test_read_only_means_reads_of_the_org_and_nothing_else(
    origin: str, call: Call, approval: object, fitting: bool
) -> None:
    given_approval = approved(call) if fitting else approval
    if passes(Policy(ORG, endpoints=ALL_ENDPOINTS), origin, call, given_approval):
        assert call.method in {"GET", "HEAD"}
        assert origin == ORG


@given(CALLS, CALLS | st.none(), APPROVALS)
def test_a_change_passes_once_with_its_own_approval(call: Call, other: Call | None, forged: object) -> None:
    policy = Policy(ORG, Mode.READ_WRITE, endpoints=ALL_ENDPOINTS)
    assume(call.writes and other != call)
    approval = approved(call)
    assert not passes(policy, ORG, call, approved(other) if other else forged)
    if passes(policy, ORG, call, approval):
        assert not passes(policy, ORG, call, approval)


@each("mode", Mode)
@each("call", READS, ids=named)
def test_every_read_of_ours_passes(call: Call, mode: Mode) -> None:
    assert passes(Policy(ORG, mode, endpoints=ALL_ENDPOINTS), ORG, call)


@each("call", WRITES, ids=named)
def test_every_change_of_ours_passes_approved(call: Call) -> None:
    assert passes(Policy(ORG, Mode.READ_WRITE, endpoints=ALL_ENDPOINTS), ORG, call, approved(call))


@given(TARGETS)
def test_no_path_with_two_meanings_passes(target: str) -> None:
    path = target.partition("?")[0].lower().replace("%2e", ".")
    if passes(Policy(ORG, endpoints=ALL_ENDPOINTS), ORG, Call("GET", target)):
        assert target.isascii()
        assert target.isprintable()
        assert not any(odd in path for odd in ("//", "\\", "%2f", "%5c", "/../", "/./", " "))
        assert not path.endswith(("/..", "/."))


@given(METHODS, TARGETS | st.sampled_from([TOKEN_PATH, f"{TOKEN_PATH}/", f"{TOKEN_PATH}?x", f"/x{TOKEN_PATH}"]))
@pytest.mark.parametrize("prefix", ["", "/op/x"])
def test_the_token_request_is_allowed_to_the_letter(prefix: str, method: str, target: str) -> None:
    assume(method not in {"GET", "HEAD"})
    policy = Policy(ORG, prefix=prefix, token_path=TOKEN_PATH, endpoints=ALL_ENDPOINTS)
    allowed = passes(policy, ORG, Call(method, target, TOKEN_FORM))
    assert allowed == (method == "POST" and target == prefix + TOKEN_PATH)
    assert passes(policy, ORG, Call("POST", prefix + TOKEN_PATH, TOKEN_FORM + b"scope=x"))
    assert not passes(policy, ORG, Call("POST", prefix + TOKEN_PATH, b"grant_type=password&"))


@given(
    ORIGINS,
    CALLS | st.sampled_from([*READS, *WRITES]),
    st.frozensets(st.sampled_from(list(Capability))),
    st.none() | st.just(TOKEN_PATH),
    st.booleans(),
)
def test_read_only_lets_pass_no_more_than_read_write_does(
    origin: str, call: Call, capabilities: frozenset[Capability], token_path: str | None, fitting: bool
) -> None:
    policy = Policy(ORG, Mode.READ_WRITE, capabilities, token_path=token_path, endpoints=ALL_ENDPOINTS)
    if passes(replace(policy, mode=Mode.READ_ONLY), origin, call, approved(call) if fitting else None):
        assert passes(policy, origin, call, approved(call))


@pytest.mark.parametrize("mode", ["read-write", "READ_WRITE", None, True, 1])
def test_a_mode_that_is_none_is_read_only(mode: object) -> None:
    policy = replace(Policy(ORG, endpoints=ALL_ENDPOINTS), mode=mode)
    assert not passes(policy, ORG, UNLOCK, approved(UNLOCK))
    assert passes(policy, ORG, READS[0])
