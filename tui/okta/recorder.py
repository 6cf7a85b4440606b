"""The transport outside the guard that notes each call in the session's log, also one that the guard refuses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.okta.answers import okta_request_id
from tui.okta.errors import OktaError, Refused
from tui.okta.http import httpx

if TYPE_CHECKING:
    from tui.okta.call_log import CallLog, CallRecord
    from tui.okta.clock import Clock
    from tui.okta.transport import Guard


class Recorder(httpx.AsyncBaseTransport):
    """Passes every request on to the guard as it is, and notes how it went; it decides and changes nothing."""

    def __init__(self, log: CallLog, guard: Guard, clock: Clock) -> None:
        self._log = log
        self._guard = guard
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the guard.

        Raises:
            OktaError: As the guard and what is below raise it.
        """
        record = self._begin(request)
        request.extensions["record"] = record
        began = self._clock.monotonic()
        try:
            response = await self._guard.handle_async_request(request)
        except Refused as error:
            record.refused = self._log.clean(error.title)
            raise
        except OktaError as error:
            record.trouble = self._log.clean(error.title)
            raise
        except asyncio.CancelledError:
            record.given_up = True
            raise
        except Exception as error:
            record.trouble = type(error).__name__
            raise
        else:
            record.status = response.status_code
            record.request_id = self._log.clean(okta_request_id(response.headers))[:100]
            return response
        finally:
            request.extensions.pop("record", None)
            waited = sum(seconds for _, seconds in record.waits)
            record.milliseconds = max(0, round(1000 * (self._clock.monotonic() - began - waited)))
            self._log.on_change()

    def _begin(self, request: httpx.Request) -> CallRecord:
        url = request.url
        return self._log.begin(
            str.__str__(request.method),
            f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}",
            url.raw_path.decode("ascii", "replace"),
            at=self._clock.time(),
            length=_length(request),
        )

    async def aclose(self) -> None:
        """Close the transports below."""
        await self._guard.aclose()


def _length(request: httpx.Request) -> int:
    """Return the bytes of the body as the header says; the stream is the guard's to read."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - a gigabyte
