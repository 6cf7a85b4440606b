"""Our client against the recordings through a real server, a real socket and the real pool of httpx."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SHARED
from tests.okta.support import ALL_ENDPOINTS, TOKEN, UNLOCK, approved
from tui.desk.connectors.connector import parse_address
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.errors import BadToken, FeatureOff, MissingRole, NotFound, Refused, WrongState
from tui.okta.policy import Mode, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

REPLAY = SHARED / "okta" / "replay.py"
pytestmark = pytest.mark.skipif(not REPLAY.exists(), reason=f"the replay server is not at {REPLAY}")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen([sys.executable, str(REPLAY), str(port)], stdout=subprocess.PIPE, env=environ) as process:
        assert process.stdout is not None
        assert b"recordings on" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.kill()


def client(server: str, operation: str) -> OktaClient:
    address = parse_address(f"{server}/op/{operation}")
    assert address.prefix == f"/op/{operation}"
    return OktaClient(
        Policy(address.origin, Mode.READ_WRITE, prefix=address.prefix, endpoints=ALL_ENDPOINTS), ApiToken(TOKEN)
    )


@pytest.mark.parametrize("status", ["active", "staged", "suspended", "deprovisioned", "password_expired"])
async def test_a_person_in_each_recorded_state(server: str, status: str) -> None:
    desk = client(server, f"user_get_{status}")
    person = await desk.user("ann+lee@example.com")
    assert person.status == status.upper()
    await desk.aclose()


async def test_pages_are_followed_on_the_server_that_gave_them(server: str) -> None:
    desk = client(server, "users_list_page_with_next_link")
    pages = desk.users(limit=1)
    first = await anext(pages)
    assert first.next_url is not None
    assert first.next_url.startswith(f"{server}/op/users_list_page_with_next_link/api/v1/users?after=")
    second = await anext(pages)
    assert [user.id for user in second.items] == [user.id for user in first.items]
    await desk.aclose()


async def test_the_log_and_the_lists_of_a_person(server: str) -> None:
    desk = client(server, "logs_page_self_and_next")
    events = await desk.log_page({"limit": "2"})
    assert events
    assert all(event.at for event in events)
    await desk.aclose()
    desk = client(server, "factors_list_signed_nonce_totp")
    assert {"signed_nonce", "token:software:totp"} <= {factor.factor_type for factor in await desk.factors_of("00u1")}
    await desk.aclose()


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("error_E0000007_user_not_found", NotFound),
        ("error_E0000011_invalid_token", BadToken),
        ("error_E0000015_user_blocks_feature", FeatureOff),
        ("error_E0000032_unlock_not_locked", WrongState),
    ],
)
async def test_errors_arrive_as_what_they_are(server: str, operation: str, kind: type[Exception]) -> None:
    desk = client(server, operation)
    with pytest.raises(kind):
        await desk.user("00u1")
    with pytest.raises(kind):
        await desk.send(UNLOCK, approval=approved(UNLOCK))
    await desk.aclose()


async def test_an_approved_unlock_succeeds_and_another_does_not_go(server: str) -> None:
    desk = client(server, "lifecycle_unlock_ok")
    approval = approved(UNLOCK)
    answer = await desk.send(UNLOCK, approval=approval)
    assert (answer.status, answer.body, answer.from_okta) == (200, b"{}", True)
    with pytest.raises(Refused):
        await desk.send(UNLOCK, approval=approval)
    await desk.aclose()


async def test_the_page_that_proves_an_org(server: str) -> None:
    desk = client(server, "org_well_known")
    assert (await desk.well_known()).pipeline == "idx"
    await desk.aclose()


def test_each_kind_is_one_of_ours() -> None:
    assert not issubclass(FeatureOff, BadToken)
    assert not issubclass(MissingRole, BadToken)
