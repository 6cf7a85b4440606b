"""What an admin has switched off for a connector is not done, and its scope is not asked for either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.words import CAPABILITY
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.okta.client import OktaClient
    from tui.okta.policy import Capability


class SwitchedOff(Trouble):
    """A capability that an admin has switched off for this connector."""

    advice = "An admin can switch it on: F5 lists the connectors, e changes one."


def require(client: OktaClient, capability: Capability) -> None:
    """Stop where a capability is switched off.

    Raises:
        SwitchedOff: It is.
    """
    if capability not in client.policy.capabilities:
        raise SwitchedOff(f"{CAPABILITY[capability]} is switched off for this connector")
