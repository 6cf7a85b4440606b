"""Every write through the API leaves its event, with the actor that its principal is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.events import Party, Source, party

if TYPE_CHECKING:
    from tui.demo.wire import Call

_PLACE = ("San Francisco", "California", "United States", "94107", 37.7749, -122.4194)


def caller(call: Call) -> Party:
    """Return the caller as an actor: the token's owner, or the service app."""
    owner = call.org.owner(call.principal)
    if owner is not None:
        return party(owner)
    return Party(call.principal.identity, "PublicClientApp", call.principal.identity, call.principal.label)


def write_event(
    call: Call,
    kind: str,
    *targets: Party,
    debug: dict[str, str] | None = None,
    result: str = "SUCCESS",
    reason: str | None = None,
    at: float | None = None,
) -> None:
    """Write the event of a call that has just succeeded, or has failed in a way that the log tells.

    Args:
        call: The call, whose principal is the actor.
        kind: A key of ``events.KINDS``.
        targets: What it was done to.
        debug: What goes into debugData beside the request.
        result: The outcome.
        reason: Why the outcome is not a success.
        at: When it happened, in seconds since 1970, if that was after the call.
    """
    source = Source(
        call.user_agent or "Unknown", "Unknown", "UNKNOWN", "Unknown", call.client_ip, _PLACE, uri=call.path
    )
    call.org.journal.write(
        kind,
        call.now if at is None else at,
        caller(call),
        targets,
        source=source,
        token_id=call.principal.identity if call.principal.kind == "SSWS" else None,
        request_id=call.request_id,
        debug=debug,
        result=result,
        reason=reason,
    )
