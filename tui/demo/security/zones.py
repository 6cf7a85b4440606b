"""Network zones: those that every org begins with, as recorded, an office, and those who hide."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json


class Zone(NamedTuple):
    """One zone; addresses as CIDR, of networks that are reserved for documentation."""

    id: str
    name: str
    kind: str
    usage: str
    system: bool
    more: Json


_ROWS: tuple[tuple[str, str, str, bool, Json], ...] = (
    ("BlockedIpZone", "IP", "BLOCKLIST", True, {"gateways": None, "proxies": None}),
    ("LegacyIpZone", "IP", "POLICY", True, {"gateways": None, "proxies": None}),
    (
        "San Francisco office",
        "IP",
        "POLICY",
        False,
        {"gateways": [{"type": "CIDR", "value": "198.51.100.0/24"}], "proxies": None},
    ),
    (
        "Anonymizers",
        "DYNAMIC",
        "BLOCKLIST",
        False,
        # Okta's client library for Python reads no zone with countries: its description of one has no names in it.
        {"proxyType": "Tor", "locations": None, "asns": None},
    ),
)


class Zones:
    """All zones; this org changes none.

    Args:
        origin: When the org started, in seconds since 1970; they are older.
    """

    def __init__(self, ids: Ids, origin: float) -> None:
        self._since = iso(float(int(origin)) - 900 * DAY)
        self.all = tuple(Zone(ids.make("nzo", number), *row) for number, row in enumerate(_ROWS))

    def show(self, zone: Zone, base: str) -> Json:
        """Return the zone object."""
        href = f"{base}/api/v1/zones/{zone.id}"
        return {
            "type": zone.kind,
            "id": zone.id,
            "name": zone.name,
            "status": "ACTIVE",
            "usage": zone.usage,
            "created": self._since,
            "lastUpdated": self._since,
            "system": zone.system,
            **zone.more,
            "_links": {
                "self": {"href": href, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
                "deactivate": {"href": f"{href}/lifecycle/deactivate", "hints": {"allow": ["POST"]}},
            },
        }
