"""The sender of token requests: it uses the same guard and connections as all requests, without a signature."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tui.okta.calls import OWN_ID
from tui.okta.credentials import Unsigned
from tui.okta.http import httpx
from tui.okta.recorder import Recorder
from tui.okta.transport import Guard, Lane, Patience, answer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.answers import Answer
    from tui.okta.budget import Budget
    from tui.okta.call_log import CallLog
    from tui.okta.clock import OktaClock
    from tui.okta.policy import Policy

BUCKET = "token"


class TokenSender:
    """Sends token requests.

    Attributes:
        url: The URL of the token endpoint, which Okta also expects as the audience of an assertion.
        clock: Okta's clock, as far as it is known.
    """

    def __init__(
        self, policy: Policy, below: httpx.AsyncBaseTransport, budget: Budget, clock: OktaClock, calls: CallLog
    ) -> None:
        self.url = f"{policy.origin}{policy.prefix}{policy.token_path or ''}"
        self.clock = clock
        self._budget = budget
        self._guarded = Recorder(calls, Guard(policy, Patience(below, Unsigned(), budget, clock)), clock)

    def request(self, form: bytes, headers: Mapping[str, str]) -> httpx.Request:
        """Build a token request; its repr shows neither the form nor the headers."""
        return httpx.Request(
            "POST",
            self.url,
            content=form,
            headers={
                "accept": "application/json",
                "content-type": "application/x-www-form-urlencoded",
                "user-agent": "keydesk",
                **headers,
            },
            extensions={
                "lane": Lane(BUCKET, patience=0.0, asks=True),
                "timeout": httpx.Timeout(10.0, read=35.0).as_dict(),
            },
        )

    async def post(self, request: httpx.Request) -> Answer:
        """Send one token request, once, and return its answer, also an error answer.

        Raises:
            OktaError: There was no answer, or the rate limit is used up (`RateLimited`, without a wait).
        """
        response = await self._guarded.handle_async_request(request)
        await response.aread()
        return answer_of(response, f"{OWN_ID}{uuid.uuid4().hex}")

    async def wait(self, seconds: float) -> None:
        """Wait for the rate limit; the screen shows the wait."""
        held = self._budget.hold(BUCKET, seconds)
        try:
            await self.clock.sleep(seconds)
        finally:
            self._budget.release(held)
