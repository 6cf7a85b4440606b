"""Refuse what an admin has switched off for a connector, before any request for it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.okta.policy import SwitchedOff

if TYPE_CHECKING:
    from tui.okta.client import OktaClient
    from tui.okta.policy import Capability


def require_capability(client: OktaClient, capability: Capability) -> None:
    """Check that a capability is switched on, and name that capability where it is not.

    The guard refuses the calls in any case, but it can only name every capability that allows a call: looking people up
    takes a call that all seven allow. So callers that know the capability check it here first.

    Raises:
        SwitchedOff: The capability is switched off.
    """
    if capability not in client.policy.capabilities:
        raise SwitchedOff(capability)
