"""The program that `repaint.py` measures: the lockout feed, and an Okta that tells of so many events a minute."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx
import msgspec

from tui import wiring
from tui.app import Keydesk
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.okta.auth import ApiToken
from tui.okta.clock import stamp
from tui.okta.policy import Mode

_ORIGIN = "http://127.0.0.1:9"
_LOCKED = 60
_PEOPLE = 5000
_FAILURES = 9
"""Failed sign-ins before each lock: of so many events and one, the last is a lock."""


class Okta(httpx.AsyncBaseTransport):
    """Answers what the lockout feed asks, from memory: people who are locked, and events as time goes by."""

    def __init__(self, per_minute: float) -> None:
        """Start now.

        Args:
            per_minute: Events that come about in a minute.
        """
        self._per_second = per_minute / 60
        self._since = time.time()
        self._told = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        headers = {"x-okta-request-id": "1", "content-type": "application/json"}
        body: list[Any] = []
        if request.url.path == "/api/v1/logs" and request.url.params.get("sortOrder") != "DESCENDING":
            body = self._events()
            headers["link"] = f'<{_ORIGIN}/api/v1/logs?after={self._told}>; rel="next"'
        elif request.url.path == "/api/v1/users":
            body = [_user(number) for number in range(_LOCKED)]
        return httpx.Response(200, content=msgspec.json.encode(body), headers=headers, request=request)

    def _events(self) -> list[dict[str, Any]]:
        upto = min(int((time.time() - self._since) * self._per_second), self._told + 1000)
        first, self._told = self._told, max(upto, self._told)
        return [event(number, self._since + number / self._per_second) for number in range(first, upto)]


def _user(number: int) -> dict[str, Any]:
    login = f"person.{number:06}@example.com"
    profile = {"login": login, "firstName": "Person", "lastName": f"{number}", "email": login, "department": "Sales"}
    return {
        "id": f"00u{number:06}",
        "status": "LOCKED_OUT",
        "statusChanged": stamp(datetime.fromtimestamp(time.time() - 60 * number, UTC)),
        "profile": profile,
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
    }


def event(number: int, at: float) -> dict[str, Any]:
    who = number // (_FAILURES + 1) % _PEOPLE
    is_lock = number % (_FAILURES + 1) == _FAILURES
    login = f"person.{who:06}@example.com"
    return {
        "uuid": f"{number:012}",
        "published": stamp(datetime.fromtimestamp(at, UTC)),
        "eventType": "user.account.lock" if is_lock else "user.session.start",
        "outcome": {"result": "FAILURE", "reason": "LOCKED_OUT" if is_lock else "INVALID_CREDENTIALS"},
        "actor": {"id": f"00u{who:06}", "type": "User", "alternateId": login, "displayName": f"Person {who}"},
        "client": {
            "ipAddress": f"203.0.113.{who % 250}",
            "userAgent": {"rawUserAgent": "Outlook-iOS-Android/1.0", "os": "Android", "browser": "UNKNOWN"},
            "geographicalContext": {"city": "Oslo", "country": "Norway"},
        },
        "securityContext": {"asOrg": f"provider {who % 40}", "isp": "isp", "isProxy": False},
    }


if __name__ == "__main__":
    CONNECTOR = Connector("demo", OrgAddress(_ORIGIN), ApiToken("0" * 42), Mode.READ_ONLY)
    Keydesk(lambda: wiring.session(CONNECTOR, transport=Okta(float(sys.argv[1])))).run()
