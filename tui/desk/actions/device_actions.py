"""What an agent may do about a person's devices, as data: a lost laptop or phone with Okta Verify on it.

What a suspended and a deactivated device can still do is from Okta's pages "Device registration" and "Device
lifecycle". Which standard roles may change a device no page that could be read says; of custom roles Okta's list of
permissions names those that stand here.
"""

from __future__ import annotations

from typing import Final

from tui.desk.actions.grammar import ALIVE, CHECK, CLEAR, OPEN, Action, ActionOption, Danger, TargetKind
from tui.okta import endpoints
from tui.okta.policy import Capability

CHANGES_DEVICES: Final = ("ORG_ADMIN", "SUPER_ADMIN")
_PAGE: Final = "Open Directory > Devices in the Admin Console, search for {device}, and check that it is {login}'s."
_ALSO_CLEAR: Final = (f"Then {OPEN[0].lower()}{OPEN[1:]}", CLEAR)
_EVERYBODY: Final = "Whoever else is enrolled on it is shut out there as well; keydesk does not look who that is."
_SIGN_OUT: Final = ActionOption(
    "sign-out",
    "Also sign them out everywhere",
    "Sessions, OAuth tokens and remembered devices end with it, also those that were begun without Okta Verify.",
    endpoint=endpoints.CLEAR_SESSIONS,
    with_query={"oauthTokens": "true", "forgetDevices": "true"},
    on=True,
)

SUSPEND_DEVICE: Final = Action(
    id="suspend-device",
    title="Suspend a device",
    key="",
    capability=Capability.DEVICES,
    endpoint=endpoints.SUSPEND_DEVICE,
    aims=(TargetKind.DEVICE,),
    states=ALIVE,
    sentence="{device} of {name} will be suspended.",
    effect="Nobody can sign in with Okta Verify on it, and sessions that were begun with it end. Its factors stay, and "
    f"ending the suspension brings them back. {_EVERYBODY}",
    options=(_SIGN_OUT,),
    danger=Danger.DISRUPTIVE,
    roles=CHANGES_DEVICES,
    permissions=("okta.devices.lifecycle.suspend",),
    steps=(_PAGE, CHECK, "Choose Suspend, and confirm.", "The status must say Suspended afterwards.", *_ALSO_CLEAR),
    after="Sign in on another device. A password or another factor still works on the suspended one.",
    wants=False,
    extra=True,
    event="device.lifecycle.suspend",
)

UNSUSPEND_DEVICE: Final = Action(
    id="unsuspend-device",
    title="Bring a device back",
    key="",
    capability=Capability.DEVICES,
    endpoint=endpoints.UNSUSPEND_DEVICE,
    aims=(TargetKind.DEVICE,),
    states=ALIVE,
    sentence="The suspension of {device} of {name} will be ended.",
    effect="Whoever holds the device can sign in with Okta Verify on it again. Somebody has suspended it on purpose: "
    "ask whether the person has it in hand.",
    danger=Danger.DISRUPTIVE,
    roles=CHANGES_DEVICES,
    permissions=("okta.devices.lifecycle.unsuspend",),
    steps=(_PAGE, CHECK, "Choose Unsuspend, and confirm.", "The status must say Active afterwards."),
    after="Sign in with Okta Verify on it again.",
    wants=True,
    extra=True,
    event="device.lifecycle.unsuspend",
)

DEACTIVATE_DEVICE: Final = Action(
    id="deactivate-device",
    title="Deactivate a device",
    key="",
    capability=Capability.DEVICES,
    endpoint=endpoints.DEACTIVATE_DEVICE,
    aims=(TargetKind.DEVICE,),
    states=ALIVE,
    sentence="{device} of {name} will be deactivated.",
    effect="Okta Verify on it, with its factors and certificates, is gone for good, and sessions that were begun with "
    f"it end. It has to be set up anew to be used again. {_EVERYBODY}",
    options=(_SIGN_OUT,),
    danger=Danger.DESTRUCTIVE,
    roles=CHANGES_DEVICES,
    permissions=("okta.devices.lifecycle.deactivate",),
    steps=(
        _PAGE,
        CHECK,
        "Choose Deactivate, and confirm.",
        "The status must say Deactivated afterwards.",
        *_ALSO_CLEAR,
    ),
    after="Set up Okta Verify on another device, where no other factor is left.",
    wants=False,
    extra=True,
    event="device.lifecycle.deactivate",
)
ON_A_DEVICE: Final = (SUSPEND_DEVICE, UNSUSPEND_DEVICE, DEACTIVATE_DEVICE)
"""What can be done with a device, in the order in which it is offered."""
