"""What an admin has switched off for a connector is not done, and its scope is not asked for either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.okta.policy import SwitchedOff

if TYPE_CHECKING:
    from tui.okta.client import OktaClient
    from tui.okta.policy import Capability


def require_capability(client: OktaClient, capability: Capability) -> None:
    """Stop early where a capability is switched off, and name the very one that the agent was about to use.

    The guard refuses the calls in any case. It can only name all the capabilities that allow a call, so this stands
    where the one is known: looking people up takes a call that all the seven allow.

    Raises:
        SwitchedOff: It is.
    """
    if capability not in client.policy.capabilities:
        raise SwitchedOff(capability)
