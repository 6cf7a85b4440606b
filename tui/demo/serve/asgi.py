"""The org as an ASGI application: faults, authentication, routing, limits and headers around the resource files."""

from __future__ import annotations

import asyncio
import secrets
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec
from starlette import requests

from tui.demo.base.errors import ApiError
from tui.demo.http import gate
from tui.demo.http.request import Request, Response
from tui.demo.http.router import Router
from tui.demo.routes import ROUTES
from tui.demo.serve.control import answer_control, refusal_of_control

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from tui.demo.base.faults import Fault
    from tui.demo.base.limits import Window
    from tui.demo.org import Org

CONTROL = "/__demo"
_JSON = "application/json"
_MOST_BODY = 1_000_000


class AnswerLostError(ConnectionError):
    """In-process there is no socket to close: this stands for the connection that breaks without an answer."""


def create_app(org: Org, control_token: str = "") -> ASGIApp:
    """Return the ASGI application that serves an org; it has no background tasks and never sleeps by itself.

    Args:
        org: The org.
        control_token: What a request to the control endpoint must hold; empty: one that nobody knows.
    """
    return Surface(org, control_token or secrets.token_urlsafe(32))


_ROUTER = Router(ROUTES)
"""It knows nothing of an org, so all of them share it."""


class Surface:
    """Everything between the socket and the resource files."""

    def __init__(self, org: Org, control_token: str) -> None:
        self.org = org
        self._control_token = control_token
        self.router = _ROUTER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP http."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        http = requests.Request(scope, receive)
        content = await http.body()
        path = http.url.path
        if path == CONTROL or path.startswith(f"{CONTROL}/"):
            response = refusal_of_control(http.headers, self._control_token) or answer_control(
                self.org, http.method, path[len(CONTROL) :], content
            )
            await _send(send, response, {"content-type": _JSON, "date": formatdate(usegmt=True)}, http.method)
            return
        await self._serve(http, content, receive, send)

    async def _serve(self, http: requests.Request, content: bytes, receive: Receive, send: Send) -> None:
        now = self.org.advance()
        faults = {fault.fault: fault for fault in self.org.faults.take(http.method, http.url.path)}
        if "slow" in faults:
            await asyncio.sleep(faults["slow"].value)
        if "cut-before" in faults:
            await _cut(receive, send)
            return
        request_id = self.org.ids.request_id()
        headers = {"x-okta-request-id": request_id, "content-type": _JSON}
        response, window = self._answer(http, content, request_id, now, faults)
        if window is not None:
            headers["x-rate-limit-limit"] = str(window.limit)
            headers["x-rate-limit-remaining"] = str(window.remaining)
            headers["x-rate-limit-reset"] = str(window.reset)
        skew = faults["wrong-clock"].value if "wrong-clock" in faults else 0.0
        headers["date"] = formatdate(now + skew, usegmt=True)
        if "cut" in faults:
            await _cut(receive, send)
            return
        _spoil(response, headers, faults)
        await _send(send, response, headers, http.method, truncated="truncated" in faults)
        if "truncated" in faults:
            await _cut(receive, send)

    def _answer(
        self, http: requests.Request, content: bytes, request_id: str, now: float, faults: Mapping[str, Fault]
    ) -> tuple[Response, Window | None]:
        """Return the response and the rate-limit window that it was counted in."""
        window: Window | None = None
        try:
            gate.check_faults(faults, now)
            path = _raw_path(http.scope)
            open_route = self.router.find_open(http.method, path)
            if open_route is None:
                base = f"{http.url.scheme}://{http.headers.get('host', '127.0.0.1')}"
                shown = gate.Shown(http.method, f"{base}{path}", http.headers.get("dpop", ""))
                caller = gate.authenticate(self.org, http.headers.get("authorization", ""), now, shown)
                principal = self.org.present(caller)
                route, params = self.router.find(http.method, path)
                window = gate.spend(self.org, principal, route, now)
                gate.check_counted_faults(faults)
                gate.check_scope(principal, route, http)
            else:
                route, params = open_route
                principal = gate.NOBODY
            request = Request(
                self.org,
                principal,
                http.method,
                path,
                f"{http.url.scheme}://{http.headers.get('host', '127.0.0.1')}",
                now,
                params,
                dict(parse_qsl(http.url.query, keep_blank_values=True)),
                content,
                request_id,
                http.headers.get("user-agent", ""),
                http.client.host if http.client else "127.0.0.1",
                http.headers,
            )
            gate.check_cursor_fault(faults, request.query)
            response = gate.run(route, request, faults)
        except gate.LimitedError as limited:
            return self._refuse(limited), limited.window
        except ApiError as error:
            return self._refuse(error), window
        except gate.BearerError as error:
            body = b"" if error.error is None else msgspec.json.encode(error.error)
            return Response(error.status, body, [("www-authenticate", error.challenge)]), window
        return response, window

    def _refuse(self, error: ApiError) -> Response:
        return Response(error.status, msgspec.json.encode(error.body(self.org.ids.error_id())))


def _raw_path(scope: Scope) -> str:
    """Return the path before percent-decoding: a %2F in a login must not split a segment."""
    raw = scope.get("raw_path")
    return raw.split(b"?")[0].decode("latin-1") if raw else str(scope["path"])


def _spoil(response: Response, headers: dict[str, str], faults: Mapping[str, Fault]) -> None:
    if "no-next" in faults:
        response.headers = [(name, value) for name, value in response.headers if 'rel="next"' not in value]
    if "wrong-json" in faults:
        response.status, response.body = 200, b'{"items":[42,{"id":null}],"status":7}'
    elif "not-json" in faults:
        response.status, response.body = 200, b'{"id": "00u1", "status": '
    elif "html" in faults:
        headers["content-type"] = "text/html; charset=utf-8"
        response.status, response.body = 200, b"<!doctype html><title>Sign in</title><h1>Corporate proxy</h1>\n"


async def _send(
    send: Send, response: Response, headers: Mapping[str, str], method: str, *, truncated: bool = False
) -> None:
    body = response.body
    pairs = [
        (name.encode(), value.encode("latin-1")) for name, value in headers.items() if body or name != "content-type"
    ]
    pairs += [(name.encode(), value.encode("latin-1", "replace")) for name, value in response.headers]
    if body is not None:
        pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    shown = body or b""
    if truncated:
        await send({"type": "http.response.body", "body": shown[: len(shown) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else shown})


async def _cut(receive: Receive, send: Send) -> None:
    """Close the connection now.

    Raises:
        AnswerLostError: There is no server underneath whose connection could be closed.
    """
    # ASGI has no word for this; uvicorn's send is a method of the object that holds the transport.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise AnswerLostError("the connection was cut")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
