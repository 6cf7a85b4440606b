"""A service app's token that runs out, is withdrawn or loses a scope between the confirmation and the sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.conftest import ORIGIN
from tests.desk.support import aim, choose, someone_for, writing
from tests.each import each
from tests.okta.test_oauth_demo import app_of
from tui import wiring
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.connectors.connector import Connector, OrgAddress, SignInKind
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform
from tui.okta.oauth import TOKEN_PATH
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.session import Session

SCOPES = (
    "okta.users.read",
    "okta.users.manage",
    "okta.authenticators.read",
    "okta.groups.read",
    "okta.groups.manage",
    "okta.apps.read",
    "okta.apps.manage",
    "okta.logs.read",
    "okta.devices.manage",
)


def session_of(desk: Desk, name: str = "keydesk") -> Session:
    """A session that signs in with a private key."""
    app = app_of(desk.org, name, *SCOPES)
    kind = SignInKind.PRIVATE_KEY_JWT
    connector = Connector("demo", OrgAddress(ORIGIN), app, Mode.READ_WRITE, kind=kind, made_up=True)
    session = wiring.session(connector, clock=desk.clock, transport=desk.wire)
    session = replace(session, agent=replace(session.agent, name="tess", address=""))
    desk.made.append(session)
    return session


def changes(line: Line) -> list[str]:
    """What was sent but reads and token requests."""
    return [told for told in line.writes if TOKEN_PATH not in told]


@pytest.mark.parametrize("name", ["keydesk", "keydesk-bearer"])
@each("action", ACTIONS)
async def test_a_token_that_ran_out_is_renewed_and_the_change_is_sent_once(
    desk: Desk, org: Org, line: Line, clock: FakeClock, action: str, name: str
) -> None:
    session = session_of(desk, name)
    who = someone_for(org, action)
    plan = await aim(session, action, who, choose(org, action, who))
    line.sent.clear()
    clock.now += 3700.0  # the agent was called away between the confirmation and enter
    performed = await perform(session, plan, reason="test")
    # The app has the smallest roles alone, and a custom one for devices.
    refused = plan.action.extra and plan.action.capability is not Capability.DEVICES
    assert performed.outcome is (Outcome.REFUSED if refused else Outcome.DONE), performed.trouble
    assert changes(line) == [f"{call.method} {call.target}" for call in plan.calls]


async def test_a_token_that_ran_out_in_flight_is_renewed_once_since_okta_did_not_act(
    desk: Desk, org: Org, line: Line, clock: FakeClock
) -> None:
    session = session_of(desk)
    plan = await aim(session, "unlock", org.people.named("ann.lee").id)

    async def out(request: httpx.Request) -> None:
        if writing(request) and request.url.path != TOKEN_PATH and len(changes(line)) == 1:
            clock.now += 3700.0

    line.watch = out
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.DONE, performed.trouble
    assert len(changes(line)) == 2
    assert org.people.named("ann.lee").status == "ACTIVE"
    assert len(session.ledger.entries()) == 1
