"""Registered devices: on Identity Engine each phone with Okta Verify is one; found through who has enrolled it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import iso, parse_iso
from tui.demo.factors import kits
from tui.demo.factors.enrolments import is_verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.base.json import Json
    from tui.demo.factors.enrolments import Enrolments
    from tui.demo.people.people import People
    from tui.demo.people.person import Person

# Where one device in how many is suspended, and where deactivated: both are there to be met.
_SUSPENDED, _DEACTIVATED = 41, 53
_MAKES = {"IOS": ("APPLE", "iPhone17,1", "18.0.0"), "ANDROID": ("GOOGLE", "Pixel 9", "14")}


class Device(NamedTuple):
    """One phone: whose it is, and since when it is registered, in seconds since 1970."""

    id: str
    person: Person
    name: str
    platform: str
    since: float
    status: str


class Devices:
    """All devices; they come and go with the enrolments of Okta Verify."""

    def __init__(self, enrolments: Enrolments, people: People) -> None:
        self._enrolments, self._people = enrolments, people

    def of(self, person: Person) -> list[Device]:
        """Return a person's devices; nobody's when the account is deactivated."""
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
        number = block * kits.BLOCK + person.index
        chance = person.salt >> 20
        status = "SUSPENDED" if chance % _SUSPENDED == 0 else "ACTIVE"
        if chance % _DEACTIVATED == 0:
            status = "DEACTIVATED"
        since = parse_iso(created) or person.created
        name, platform = str(profile["name"]), str(profile["platform"])
        return Device(self._enrolments.ids.make("guo", number), person, name, platform, since, status)

    def __iter__(self) -> Iterator[Device]:
        """Yield every device, in the order of the people."""
        for person in self._people.from_index():
            yield from self.of(person)

    def find(self, identifier: str) -> Device | None:
        """Return the device with that id, or None."""
        number = self._enrolments.ids.read("guo", identifier)
        if number is None or number % kits.BLOCK >= len(self._people):
            return None
        person = self._people.at(number % kits.BLOCK)
        owned = [] if person.deleted else self.of(person)
        return next((device for device in owned if device.id == identifier), None)

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
            "lastUpdated": iso(device.since),
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
