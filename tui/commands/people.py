"""From what was typed to exactly one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.sessions import last
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.errors import NotFound

if TYPE_CHECKING:
    from tui.desk.session import Session
    from tui.okta.models import User


async def the_one(session: Session, text: str, *, exact: bool = False) -> str:
    """The id of the one person meant; as `the_user`."""
    return (await the_user(session, text, exact=exact)).id


async def the_user(session: Session, text: str, *, exact: bool = False) -> User:
    """The one person meant.

    Args:
        session: Where to look.
        text: An id, a login, or anything else that finds exactly one person.
        exact: Take only an id, a login, an email address; nothing that merely matches.

    Raises:
        NotFound: Nobody, or more than one; the message names them.
    """
    found = await last(session.search(text).run())
    users = found.users
    wanted = text.strip().casefold()
    same = [user for user in users if wanted in {user.id.casefold(), user.login.casefold(), user.email.casefold()}]
    if len(same) == 1:
        return same[0]
    if found.trouble is not None:  # whoever was found is perhaps not all
        raise found.trouble
    if not exact:
        same = [user for user in users if user.login.casefold().partition("@")[0] == wanted] or list(users)
        if len(same) == 1:
            return same[0]
    if not users:
        raise NotFound(f"Nobody matches {plain(text, limit=80)}", advice="Check the spelling, or use `keydesk find`.")
    if exact and not same:
        title, advice = f"Nobody has exactly the login {plain(text, limit=80)}", "--yes takes only a whole login or id."
    else:
        title, advice = f"{plain(text, limit=80)} is not exactly one person", "Give the login or the id."
    names = "; ".join(f"{plain(user.login)} ({okta_terms.status_words(user.status)})" for user in users[:8])
    raise NotFound(title, advice=f"{advice} It could be: {names}")
