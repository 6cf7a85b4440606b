"""The System Log: polling without ``until``, which never ends, and bounded questions, which do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import ApiError
from tui.demo.events import show
from tui.demo.log_query import filter_test, keyword_test
from tui.demo.paging import link_headers
from tui.demo.times import DAY, parse_iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.events import Entry
    from tui.demo.journal import Found, Key
    from tui.demo.log_query import Test
    from tui.demo.wire import Call, Reply

_DEFAULT, _MOST = 100, 1000
_DEFAULT_SPAN = 7 * DAY
_OLDEST = 180 * DAY
_CURSOR = re.compile(r"(\d{1,15})_(\d{1,12})\Z", re.ASCII)


def _invalid(name: str, why: str) -> ApiError:
    return ApiError("E0000001", f"{name}: {why}", causes=(f"{name}: {why}",))


def _date(call: Call, name: str) -> float | None:
    text = call.query.get(name)
    if not text:
        return None
    moment = parse_iso(text)
    if moment is None:
        raise _invalid(name, "must be a valid date-time or empty.")
    return moment


def _limit(call: Call) -> int:
    text = call.query.get("limit") or str(_DEFAULT)
    if not text.isascii() or not text.isdigit() or int(text) > _MOST:
        raise _invalid("limit", f"must be between 0 and {_MOST}.")
    return int(text)


def _after(call: Call) -> Key | None:
    text = call.query.get("after")
    if not text:
        return None
    match = _CURSOR.match(text)
    if match is None:
        raise _invalid("after", "is not a valid cursor.")
    return int(match[1]), int(match[2])


def _test(call: Call) -> Test:
    tests: list[Test] = []
    if call.query.get("filter"):
        tests.append(filter_test(call.query["filter"]))
    if call.query.get("q"):
        tests.append(keyword_test(call.query["q"]))

    def passes(entry: Entry) -> bool:
        return all(test(entry) for test in tests)

    return passes


def _order(call: Call) -> bool:
    order = call.query.get("sortOrder", "").upper() or "ASCENDING"
    if order not in {"ASCENDING", "DESCENDING"}:
        raise _invalid("sortOrder", "must be ASCENDING or DESCENDING.")
    return order == "DESCENDING"


def list_events(call: Call) -> Reply:
    """GET /api/v1/logs."""
    rights.require(call.principal, "logs.view")
    until, descending = _date(call, "until"), _order(call)
    since = _date(call, "since")
    if since is None:
        since = (until or call.now) - _DEFAULT_SPAN
    if since < call.now - _OLDEST:
        raise ApiError("E0000053", call.query.get("since", ""), "'since' is more than 180 days back")
    if until is not None and until < since:
        raise _invalid("until", "must be after since.")
    limit, after, test = _limit(call), _after(call), _test(call)
    journal = call.org.journal
    if until is None and not descending:
        # Polling: since means arrival, and the next link is there even after an empty page.
        start = (int(since * 1000), 0) if after is None else after
        return _reply(call, journal.poll(start, call.now, limit, test))
    last = call.now if until is None else until
    found = journal.between(
        int(since * 1000), int(last * 1000), call.now, limit, test, after=after, descending=descending
    )
    return _reply(call, found)


def _reply(call: Call, found: Found) -> Reply:
    reply = ok([show(entry) for entry in found.entries])
    after = f"{found.cursor[0]}_{found.cursor[1]}" if found.more else None
    reply.headers = link_headers(call, None, after)
    return reply


ROUTES = (Route("GET", "/api/v1/logs", "okta.logs.read", "logs", list_events),)
