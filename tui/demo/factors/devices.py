"""Registered devices: on Identity Engine each phone or computer with Okta Verify is one, found through who enrolled it.

What may follow a status, and what becomes of a device's factors, is from Okta's pages on the lifecycle of devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.errors import ApiError
from tui.demo.base.times import DAY, iso, parse_iso
from tui.demo.factors import kits
from tui.demo.factors.enrolments import is_verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.base.json import Json
    from tui.demo.factors.enrolments import Enrolments
    from tui.demo.people.people import People
    from tui.demo.people.person import Person

# Where one device in how many is suspended, and who in how many has a deactivated one: both are there to be met.
_SUSPENDED, _DEACTIVATED = 41, 53
_OLD_BLOCK = 8
_MAKES = {
    "IOS": ("APPLE", "iPhone17,1", "18.0.0"),
    "ANDROID": ("GOOGLE", "Pixel 9", "14"),
    "MACOS": ("APPLE", "Mac15,9", "15.6.1"),
}
# What may follow a status, each with the status that it leads to. Asking for the status that there is changes nothing.
_MOVES = {
    "suspend": ("SUSPENDED", frozenset({"ACTIVE", "SUSPENDED"})),
    "unsuspend": ("ACTIVE", frozenset({"SUSPENDED", "ACTIVE"})),
    "deactivate": ("DEACTIVATED", frozenset({"ACTIVE", "SUSPENDED", "DEACTIVATED"})),
    "activate": ("ACTIVE", frozenset({"DEACTIVATED", "ACTIVE"})),
}


class Device(NamedTuple):
    """One phone or computer: whose it is, since when it is registered and when it changed, in seconds since 1970.

    Attributes:
        linked: Whether somebody is enrolled on it: a deactivated device loses its people.
    """

    id: str
    person: Person
    name: str
    platform: str
    since: float
    status: str
    changed: float
    linked: bool = True


class Devices:
    """All devices; they come and go with the enrolments of Okta Verify."""

    def __init__(self, enrolments: Enrolments, people: People) -> None:
        self._enrolments, self._people = enrolments, people
        self._changed: dict[str, tuple[str, float]] = {}
        self._unlinked: dict[str, Device] = {}
        self._deleted: set[str] = set()

    def of(self, person: Person) -> list[Device]:
        """Return the devices that a person is enrolled on; nobody's when the account is deactivated."""
        if not self._enrolments.identity_engine or person.status == "DEPROVISIONED":
            return []
        found: dict[int, Device] = {}
        for factor in self._enrolments.of(person):
            profile = factor["profile"]
            if not is_verify(factor) or factor["status"] != "ACTIVE" or not isinstance(profile, dict):
                continue
            block = self._enrolments.block(factor)
            # The entry with the passcodes names no phone.
            if block not in found and profile.get("platform"):
                found[block] = self._device(person, block, profile, str(factor["created"]))
        return list(found.values())

    def _device(self, person: Person, block: int, profile: Json, created: str) -> Device:
        identifier = self._enrolments.ids.make("guo", block * kits.BLOCK + person.index)
        since = parse_iso(created) or person.created
        by_chance = "SUSPENDED" if (person.salt >> 20) % _SUSPENDED == 0 else "ACTIVE"
        status, changed = self._changed.get(identifier, (by_chance, since))
        return Device(identifier, person, str(profile["name"]), str(profile["platform"]), since, status, changed)

    def _old(self, person: Person) -> Device | None:
        """Return the phone that some people had before, deactivated when they got another."""
        if (person.salt >> 20) % _DEACTIVATED or not self._enrolments.identity_engine:
            return None
        identifier = self._enrolments.ids.make("guo", _OLD_BLOCK * kits.BLOCK + person.index)
        name, since = f"{person.first or person.login}'s old phone", person.created - 365 * DAY
        return Device(identifier, person, name, "IOS", since, "DEACTIVATED", person.created, linked=False)

    def _all_of(self, person: Person) -> Iterator[Device]:
        """Yield the devices of a person, those too that lost them."""
        yield from self.of(person)
        old = self._old(person)
        if old is not None and old.id not in self._deleted and old.id not in self._unlinked:
            yield old
        yield from (device for device in self._unlinked.values() if device.person is person)

    def __iter__(self) -> Iterator[Device]:
        """Yield every device, in the order of the people."""
        for person in self._people.from_index():
            yield from self._all_of(person)

    def find(self, identifier: str) -> Device | None:
        """Return the device with that id, or None."""
        number = self._enrolments.ids.read("guo", identifier)
        if number is None or number % kits.BLOCK >= len(self._people):
            return None
        person = self._people.at(number % kits.BLOCK)
        owned = () if person.deleted else self._all_of(person)
        return next((device for device in owned if device.id == identifier), None)

    def suspended(self, person: Person, factor: Json) -> bool:
        """Return whether a factor is on a suspended device, so that it cannot be used."""
        if not is_verify(factor) or not self._enrolments.identity_engine:
            return False
        block = self._enrolments.block(factor)
        identifier = self._enrolments.ids.make("guo", block * kits.BLOCK + person.index)
        return any(one.id == identifier and one.status == "SUSPENDED" for one in self.of(person))

    def move(self, device: Device, name: str, now: float) -> list[Json]:
        """Change a device's status: ``suspend``, ``unsuspend``, ``deactivate`` or ``activate``; calls are idempotent.

        Returns:
            The factors that went with it: deactivation removes those of the device, and nothing brings them back.

        Raises:
            ApiError: E0000001, where the status allows no such change. Which code Okta answers is not known.
        """
        status, allowed = _MOVES[name]
        if device.status not in allowed:
            raise ApiError("E0000001", "device", causes=(f"device: Cannot {name} a device that is {device.status}",))
        if status == device.status:
            return []
        self._changed[device.id] = (status, now)
        if not device.linked:
            self._unlinked[device.id] = device._replace(status=status, changed=now)
            return []
        if name != "deactivate":
            return []
        self._unlinked[device.id] = device._replace(status=status, changed=now, linked=False)
        number = self._enrolments.ids.read("guo", device.id) or 0
        return self._enrolments.remove_block(device.person, number // kits.BLOCK)

    def delete(self, device: Device) -> None:
        """Delete a deactivated device.

        Raises:
            ApiError: E0000001, where it is not deactivated.
        """
        if device.status != "DEACTIVATED":
            raise ApiError("E0000001", "device", causes=("device: Only a deactivated device can be deleted",))
        self._unlinked.pop(device.id, None)
        self._deleted.add(device.id)

    @staticmethod
    def show(device: Device, base: str) -> Json:
        """Return the device object, as recorded."""
        maker, model, version = _MAKES[device.platform]
        href = f"{base}/api/v1/devices/{device.id}"
        serial = device.id[3:15].upper()
        return {
            "id": device.id,
            "status": device.status,
            "created": iso(device.since),
            "lastUpdated": iso(device.changed),
            "profile": {
                "displayName": device.name,
                "platform": device.platform,
                "manufacturer": maker,
                "model": model,
                "osVersion": version,
                "serialNumber": serial,
                "udid": f"{serial}-{device.id[15:].upper()}",
                "registered": True,
                "secureHardwarePresent": True,
            },
            "resourceType": "UDDevice",
            "resourceDisplayName": {"value": device.name, "sensitive": False},
            "resourceId": device.id,
            "resourceAlternateId": None,
            "_links": _links(device.status, href),
        }


def _links(status: str, href: str) -> Json:
    """Return the links; what may follow a status as Okta's devices API lists it."""
    after = {
        "ACTIVE": ("suspend", "deactivate"),
        "SUSPENDED": ("unsuspend", "deactivate"),
        "DEACTIVATED": ("activate", "delete"),
    }[status]
    links: Json = {
        "self": {"href": href, "hints": {"allow": ["GET", "PATCH", "PUT"]}},
        "users": {"href": f"{href}/users", "hints": {"allow": ["GET"]}},
    }
    for name in after:
        path, verb = (href, "DELETE") if name == "delete" else (f"{href}/lifecycle/{name}", "POST")
        links[name] = {"href": path, "hints": {"allow": [verb]}}
    return links
