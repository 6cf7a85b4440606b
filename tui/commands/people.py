"""Find exactly one person by what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.sessions import last_value
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.session import Session
    from tui.okta.models import User


def did_you_mean(near: Sequence[User]) -> str:
    """Return a question that names people with nearly the typed name, in harmless text; empty for nobody."""
    names = ", ".join(f"{plain(user.name, limit=60)} ({plain(user.login)})" for user in near)
    return f"Did you mean: {names}?" if near else ""


async def find_one_id(session: Session, text: str, *, exact: bool = False) -> str:
    """Return the id of exactly one person; arguments and errors as `find_one`."""
    return (await find_one(session, text, exact=exact)).id


async def find_one(session: Session, text: str, *, exact: bool = False) -> User:
    """Search for exactly one person.

    Args:
        session: The session of the org that is searched.
        text: An id, a login, or anything else that finds exactly one person.
        exact: Accept only a whole id, login or email address.

    Raises:
        NotFound: Nobody matches, or several people do; the message names them.
        OktaError: The search failed, in whole or in part.
    """
    search = session.search(text)
    people = await last_value(search.run())
    users = people.users
    wanted = text.strip().casefold()
    matches = [user for user in users if wanted in {user.id.casefold(), user.login.casefold(), user.email.casefold()}]
    if len(matches) == 1:
        return matches[0]
    if people.trouble is not None:  # other people may match whom the failed part would have found
        raise people.trouble
    if not exact:
        matches = [user for user in users if user.login.casefold().partition("@")[0] == wanted] or list(users)
        if len(matches) == 1:
            return matches[0]
    if not users:
        advice = did_you_mean(await search.near()) or "Check the spelling, or use `keydesk find`."
        raise NotFound(f"Nobody matches {plain(text, limit=80)}", advice=advice)
    if exact and not matches:
        title, advice = f"Nobody has exactly the login {plain(text, limit=80)}", "--yes takes only a whole login or id."
    else:
        title, advice = f"{plain(text, limit=80)} is not exactly one person", "Give the login or the id."
    names = "; ".join(f"{plain(user.login)} ({okta_terms.status_words(user.status)})" for user in users[:8])
    raise NotFound(title, advice=f"{advice} It could be: {names}")
