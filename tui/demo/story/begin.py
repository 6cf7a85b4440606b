"""A finished org: made, given a past, and from then on alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.org import Org
from tui.demo.people.callers import CALLERS
from tui.demo.story.history import write_history
from tui.demo.story.life import Life

if TYPE_CHECKING:
    from typing import Unpack

    from tui.demo.org import Settings


def begin_org(*, lockouts_per_minute: float = 7.5, callers: bool = False, **settings: Unpack[Settings]) -> Org:
    """Return an org with eight days of history, in which people go on locking themselves out.

    Args:
        lockouts_per_minute: How fast; 0 for a quiet org, in which nothing happens by itself.
        callers: Whether callers are on the line, so that the phones of some people answer as ``CALLERS`` says.
        settings: What the org is made with.
    """
    org = Org(**settings)
    life = Life(org, lockouts_per_minute)
    write_history(org, life)
    # The time just before the start fills the org to its steady number of locks.
    org.agenda.advance(org.origin)
    for caller in CALLERS if callers else ():
        org.challenges.teach(org.people.named(caller.person), caller.answers, caller.after)
    return org
