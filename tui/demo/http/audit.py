"""The log entries of writes through the API, with the calling principal as the actor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tui.demo.log.events import Party, Source, party

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request

_PLACE = ("San Francisco", "California", "United States", "94107", 37.7749, -122.4194)


def caller(request: Request) -> Party:
    """Return the caller as an actor: the token's owner, or the service app."""
    owner = request.org.owner(request.principal)
    if owner is not None:
        return party(owner)
    # Recorded so of what a service app did; a PublicClientApp only asks for tokens.
    return Party(request.principal.identity, "PublicClientAppEntity", "unknown", request.principal.label)


def _token(request: Request) -> Json:
    """Return the transaction's detail: the API token, or the app and its access token."""
    principal = request.principal
    if principal.kind == "SSWS":
        return {"requestApiTokenId": principal.identity, "rootApiTokenId": principal.identity}
    token = f"00T{request.org.ids.secret(f'access token of {principal.identity}', 17)}"
    return {"requestApiTokenClientId": principal.identity, "requestApiTokenId": token, "rootApiTokenId": token}


def log_event(
    request: Request,
    kind: str,
    *targets: Party,
    debug: dict[str, str] | None = None,
    result: str = "SUCCESS",
    reason: str | None = None,
    at: float | None = None,
) -> None:
    """Write the event of a request that has succeeded, or has failed in a way that the log shows.

    Args:
        request: The request, whose principal is the actor.
        kind: A key of ``kinds.KINDS``.
        targets: What it was done to.
        debug: What goes into debugData beside the request.
        result: The outcome.
        reason: Why the outcome is not a success.
        at: When it happened, in seconds since 1970, if that was after the request.
    """
    source = Source(
        request.user_agent or "Unknown", "Unknown", "UNKNOWN", "Unknown", request.client_ip, _PLACE, uri=request.path
    )
    told = dict(debug or {})
    if request.query:  # the path that is asked for ends with a bare question mark where there are none
        told["url"] = f"{request.path}?{urlencode(request.query)}"
    request.org.journal.write(
        kind,
        request.now if at is None else at,
        caller(request),
        targets,
        source=source,
        detail=_token(request),
        request_id=request.request_id,
        debug=told,
        result=result,
        reason=reason,
    )
