"""A person's devices in words: what each is, whether it can be used, and since when (Okta: "Devices")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.clock import instant
from tui.okta.models import DeviceProfile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.okta.models import Device, Factor

PLATFORMS: Final = {"ANDROID": "Android", "IOS": "iOS", "MACOS": "macOS", "WINDOWS": "Windows"}
_STATES: Final = {"ACTIVE": "Active", "SUSPENDED": "Suspended", "DEACTIVATED": "Deactivated"}
_LONGEST: Final = 60


def system_of(device: Device) -> str:
    """Return what runs on a device: `macOS`; empty where Okta does not say; harmless."""
    platform = (device.profile or DeviceProfile()).platform or ""
    return plain(PLATFORMS.get(platform, platform), limit=_LONGEST)


def kind_of(device: Device) -> str:
    """Return what a device is, as far as Okta Verify told: `macOS 15.6.1 · Apple Mac15,9`; harmless."""
    profile = device.profile or DeviceProfile()
    maker = (profile.manufacturer or "").capitalize()
    parts = (f"{system_of(device)} {profile.os_version or ''}".strip(), f"{maker} {profile.model or ''}".strip())
    return plain(" · ".join(filter(None, parts)), limit=_LONGEST)


def state_of(device: Device) -> str:
    """Return a device's status as the Admin Console writes it; Okta's own word for one that keydesk does not know."""
    return _STATES.get(device.status or "") or plain(device.status or okta_terms.NOT_KNOWN, limit=_LONGEST)


def ages_of(device: Device, now: datetime) -> str:
    """Return since when a device is registered, and when Okta heard of it last.

    Args:
        device: The device.
        now: The time by Okta's clock.
    """
    created, updated = instant(device.created), instant(device.last_updated)
    words = [f"for {okta_terms.span((now - created).total_seconds()) or 'moments'}"] if created else []
    if updated and updated != created:
        words.append(f"last heard of {okta_terms.ago(updated, now)}")
    return " · ".join(words)


def factors_on(names: Iterable[str], factors: Iterable[Factor]) -> frozenset[str]:
    """Return the ids of the entries of Okta Verify that are, or may be, on devices of these names.

    The entry with the codes names no device, so it may be on any of them.
    """
    wanted = set(names)
    verify = [one for one in factors if (one.provider or "").upper() == "OKTA" and one.factor_type in _VERIFY]
    return frozenset(one.id for one in verify if one.text("name") in wanted or not one.text("name"))


_VERIFY: Final = frozenset({"push", "signed_nonce", "token:software:totp"})
