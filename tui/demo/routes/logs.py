"""The System Log: polling without ``until``, which never ends, and bounded questions, which do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError
from tui.demo.base.times import DAY, parse_iso
from tui.demo.http.paging import link_headers
from tui.demo.http.request import Route, ok
from tui.demo.log.events import show
from tui.demo.query.log_query import filter_test, keyword_test

if TYPE_CHECKING:
    from tui.demo.http.request import Request, Response
    from tui.demo.log.events import LogEntry
    from tui.demo.log.journal import Key, LogPage
    from tui.demo.query.log_query import Test

_DEFAULT, _MOST = 100, 1000
_DEFAULT_SPAN = 7 * DAY
_OLDEST = 180 * DAY
_CURSOR = re.compile(r"(\d{1,15})_(\d{1,12})\Z", re.ASCII)


def _invalid(name: str, why: str) -> ApiError:
    return ApiError("E0000001", f"{name}: {why}", causes=(f"{name}: {why}",))


def _date(request: Request, name: str) -> float | None:
    text = request.query.get(name)
    if not text:
        return None
    moment = parse_iso(text)
    if moment is None:
        raise _invalid(name, "must be a valid date-time or empty.")
    return moment


def _limit(request: Request) -> int:
    text = request.query.get("limit") or str(_DEFAULT)
    if not text.isascii() or not text.isdigit() or int(text) > _MOST:
        raise _invalid("limit", f"must be between 0 and {_MOST}.")
    return int(text)


def _after(request: Request) -> Key | None:
    text = request.query.get("after")
    if not text:
        return None
    match = _CURSOR.match(text)
    if match is None:
        raise _invalid("after", "is not a valid cursor.")
    return int(match[1]), int(match[2])


def _test(request: Request) -> Test:
    tests: list[Test] = []
    if request.query.get("filter"):
        tests.append(filter_test(request.query["filter"]))
    if request.query.get("q"):
        tests.append(keyword_test(request.query["q"]))
    if len(tests) == 1:  # as nearly every question; it is asked of thousands of events
        return tests[0]

    def passes(entry: LogEntry) -> bool:
        return all(test(entry) for test in tests)

    return passes


def _order(request: Request) -> bool:
    order = request.query.get("sortOrder", "").upper() or "ASCENDING"
    if order not in {"ASCENDING", "DESCENDING"}:
        raise _invalid("sortOrder", "must be ASCENDING or DESCENDING.")
    return order == "DESCENDING"


def list_events(request: Request) -> Response:
    """GET /api/v1/logs."""
    rights.require(request.principal, "logs.view")
    until, descending = _date(request, "until"), _order(request)
    since = _date(request, "since")
    if since is None:
        since = (until or request.now) - _DEFAULT_SPAN
    if since < request.now - _OLDEST:
        raise ApiError("E0000053", request.query.get("since", ""), "'since' is more than 180 days back")
    if until is not None and until < since:
        raise _invalid("until", "must be after since.")
    limit, after, test = _limit(request), _after(request), _test(request)
    journal = request.org.journal
    if until is None and not descending:
        # Polling: since means arrival, and the next link is there even after an empty page.
        start = (int(since * 1000), 0) if after is None else after
        return _reply(request, journal.poll(start, request.now, limit, test))
    last = request.now if until is None else until
    found = journal.between(
        int(since * 1000), int(last * 1000), request.now, limit, test, after=after, descending=descending
    )
    return _reply(request, found)


def _reply(request: Request, found: LogPage) -> Response:
    response = ok([show(entry) for entry in found.entries])
    after = f"{found.cursor[0]}_{found.cursor[1]}" if found.more else None
    response.headers = link_headers(request, None, after)
    return response


ROUTES = (Route("GET", "/api/v1/logs", "okta.logs.read", "logs", list_events),)
