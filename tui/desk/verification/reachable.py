"""Which proofs this org's factors could give: a rule that nobody can meet is told before a caller waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.rules.org_factors import factors_said, provable
from tui.desk.rules.rules import BadRules, check_rules
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.errors import OktaError
from tui.okta.models import Authenticator
from tui.okta.policy import SwitchedOff

if TYPE_CHECKING:
    from tui.desk.rules.rules import DeskRules
    from tui.desk.rules.strength import Measured
    from tui.desk.session import Session

_UNKNOWN_KIND: Final = "it has one that keydesk does not know"


class Reachable(Struct, frozen=True):
    """What callers of this org could prove to this connector.

    Attributes:
        can: What they could prove at most; `None` where that is not known.
        why: Why it is not known, in harmless words; empty where it is.
        looked: Whether the org's own factors were looked at, and not only what the connector may do.
    """

    can: frozenset[Measured] | None
    why: str = ""
    looked: bool = False

    def never(self, rules: DeskRules) -> str:
        """Return which rule can never be met, as advice in harmless words; empty where none is known not to be."""
        try:
            check_rules(rules, self.can)
        except BadRules as wrong:
            return plain(wrong.advice, limit=1000)
        return ""

    @property
    def said(self) -> str:
        """What is known of the org's factors, in a sentence; empty where nobody looked."""
        if not self.looked:
            return ""
        if self.can is None:
            return f"Which factors it has switched on is not known: {self.why}."
        return f"Callers could prove at most: {factors_said(self.can)}. What one of them has, only their factors say."


def by_connector(session: Session) -> Reachable:
    """Return what is known without asking Okta: a connector that may ask nobody gets no proof by a factor.

    A read-only session needs none.
    """
    return Reachable(None if session.verifies or not session.writes else frozenset())


async def read_reachable(session: Session) -> Reachable:
    """Return what callers could prove, by one read of the org's authenticators; a refusal is no error here."""
    if not session.verifies:
        return by_connector(session)
    try:
        found = await session.client.all(ep.AUTHENTICATORS, Authenticator)
    except (OktaError, SwitchedOff) as refusal:
        return Reachable(None, plain(f"{refusal.title[:1].lower()}{refusal.title[1:]}", limit=200), looked=True)
    can = provable(one.key or "" for one in found if one.status != "INACTIVE")
    return Reachable(can, "" if can is not None else _UNKNOWN_KIND, looked=True)
