"""Trusted origins: the web pages that may call the org from a browser, and those it may send people back to.

No recording shows one: the shape is that of Okta's description of the trusted origins API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json


class Origin(NamedTuple):
    """One origin and what it is trusted for."""

    id: str
    name: str
    origin: str
    scopes: tuple[str, ...]
    status: str = "ACTIVE"


_ROWS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Intranet", "https://intranet.acme.example", ("CORS", "REDIRECT"), "ACTIVE"),
    ("Old portal", "https://portal.acme.example", ("REDIRECT",), "INACTIVE"),
)


class Origins:
    """All trusted origins; this org changes none.

    Args:
        maker: The id of the admin who made them.
        origin: When the org started, in seconds since 1970; they are older.
    """

    def __init__(self, ids: Ids, maker: str, origin: float) -> None:
        self._since, self._maker = iso(float(int(origin)) - 400 * DAY), maker
        self.all = tuple(Origin(ids.make("tos", number), *row) for number, row in enumerate(_ROWS))

    def show(self, origin: Origin, base: str) -> Json:
        """Return the trusted origin object."""
        href = f"{base}/api/v1/trustedOrigins/{origin.id}"
        switch = "deactivate" if origin.status == "ACTIVE" else "activate"
        return {
            "id": origin.id,
            "name": origin.name,
            "origin": origin.origin,
            "scopes": [{"type": scope} for scope in origin.scopes],
            "status": origin.status,
            "created": self._since,
            "createdBy": self._maker,
            "lastUpdated": self._since,
            "lastUpdatedBy": self._maker,
            "_links": {
                "self": {"href": href, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
                switch: {"href": f"{href}/lifecycle/{switch}", "hints": {"allow": ["POST"]}},
            },
        }
