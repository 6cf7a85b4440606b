"""The alarm: the desk is told at once, by a way of its rules, that a push was denied while a caller was verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.connectors import settings
from tui.desk.notices.notice import Occasion, Topic
from tui.desk.notices.rules import load_for
from tui.desk.notices.sender import Notifier
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from tui.desk.notices.sender import NoticeLine
    from tui.desk.people.person import Person
    from tui.desk.session import Session


async def sound(session: Session, person: Person, entry: int) -> NoticeLine | None:
    """Tell the desk's channel that a push was denied; nobody is told twice of the same denial.

    Args:
        session: The session of the org.
        person: The person whom the caller claimed to be.
        entry: The number of the ledger entry of the asking.

    Returns:
        What came of it; `None` where the rules name no way.

    Raises:
        BadSettings: The rules cannot be used.
        LedgerError: It could not be recorded, so nobody was told.
        NoSecret: The secret of the way is not where the rules say.
    """
    connector, user, now = session.connector, person.user, session.now()
    rules = load_for(settings.places().notices, connector.name, made_up=connector.made_up)
    if not rules.alarm:
        return None
    summary = (
        f"Somebody called the desk as {plain(user.name)} ({plain(user.login)}) at {connector.org.host}. "
        f"The push that was to prove them was denied, or another number was tapped.\n\n"
        f"Agent: {plain(str(session.agent))}\nTime: {now:%Y-%m-%d %H:%M:%S} UTC\nLedger entry: {entry}\n\n"
        "Nothing of weight is done for this person for a day. Reach them in another way."
    )
    fields = {"date": f"{now:%Y-%m-%d %H:%M} UTC", "summary": summary}
    notifier = Notifier(session, rules)
    try:
        return await notifier.send(
            Occasion(Topic.ALARM, f"alarm/{entry}", now, None, fields), rules.alarm, rules.alarm_to
        )
    finally:
        await notifier.aclose()
