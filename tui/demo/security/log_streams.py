"""Log streams: where the org sends its System Log by itself; this one sends nothing, and says where it would.

No recording shows one: the shape is that of Okta's description of the log streaming API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json


class LogStream(NamedTuple):
    """One stream; what proves the org to the receiver is never shown."""

    id: str
    name: str
    kind: str
    status: str
    settings: Json


_ROWS: tuple[tuple[str, str, str, Json], ...] = (
    (
        "Security lake",
        "aws_eventbridge",
        "ACTIVE",
        {"accountId": "123456789012", "eventSourceName": "acme-okta", "region": "us-west-2"},
    ),
    (
        "Splunk trial",
        "splunk_cloud_logstreaming",
        "INACTIVE",
        {"edition": "aws", "host": "acme.splunkcloud.com"},
    ),
)


class LogStreams:
    """All log streams; this org changes none.

    Args:
        origin: When the org started, in seconds since 1970; they are older.
    """

    def __init__(self, ids: Ids, origin: float) -> None:
        self._since = iso(float(int(origin)) - 200 * DAY)
        self.all = tuple(LogStream(ids.make("0oa", 8_000_000 + number), *row) for number, row in enumerate(_ROWS))

    def show(self, stream: LogStream, base: str) -> Json:
        """Return the log stream object."""
        href = f"{base}/api/v1/logStreams/{stream.id}"
        switch = "deactivate" if stream.status == "ACTIVE" else "activate"
        return {
            "id": stream.id,
            "type": stream.kind,
            "name": stream.name,
            "status": stream.status,
            "created": self._since,
            "lastUpdated": self._since,
            "settings": stream.settings,
            "_links": {
                "self": {"href": href, "method": "GET"},
                switch: {"href": f"{href}/lifecycle/{switch}", "method": "POST"},
            },
        }
