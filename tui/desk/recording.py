"""What every record of this desk says of who made it, through which connector, and whom it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.ledger.entry import Intent

if TYPE_CHECKING:
    from tui.desk.session import Session
    from tui.okta.calls import Call
    from tui.okta.models import User


def intent_of(
    session: Session,
    action: str,
    title: str,
    user: User | None = None,
    *,
    calls: tuple[Call, ...] = (),
    reason: str = "",
    ticket: str = "",
    **more: str,
) -> Intent:
    """Return an intent of the session's agent, to be recorded before anything is sent.

    Args:
        session: The session of the org: its connector and its agent.
        action: The id of the action.
        title: Its title.
        user: Whom it is about; `None` for nobody.
        calls: What is to be sent.
        reason: Why.
        ticket: The number of the ticket.
        more: Further texts of `Intent`, by their names.
    """
    return Intent(
        action=action,
        title=title,
        connector=session.connector.name,
        org=session.connector.org.origin,
        person_id=user.id if user else "",
        person_login=user.login if user else "",
        person_name=user.name if user else "",
        status=(user.status or "") if user else "",
        calls=calls,
        reason=reason,
        ticket=ticket,
        agent=session.agent.name,
        origin=session.agent.address,
        **more,
    )
