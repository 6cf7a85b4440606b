"""Which actions the desk's rules refuse for a person, foretold by what a card has read; nothing is asked for it.

The confirmation asks the rules with all that counts. What is foretold here is only what no proof and no reason could
change, so that a key is grey before somebody on the phone waits for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.people.admins import AdminRole
from tui.desk.rules.judging import Subject
from tui.desk.verification.alerts import Alert
from tui.desk.verification.facts import Facts, agent_is, by_entries, judge_by
from tui.desk.verification.logged import NOTHING_LOGGED, Logged, logged_in
from tui.desk.verification.ruling import ban_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.people.person import Person
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.desk.verification.standing import CallerStanding

_RAISED: Final = Alert(0, "", "", 0.0)
"""Stands for the alert: that it is raised is all that the rules want to know."""


def refused_now(session: Session, person: Person, standing: CallerStanding | None) -> Mapping[str, str]:
    """Return why the rules refuse an action, in a few harmless words by the action's id; what they allow is not there.

    Args:
        session: The session of the org.
        person: The person, with the parts of the card as far as they are read.
        standing: What the ledger says of the caller; `None` where that is not read.
    """
    rules = session.rules
    if rules is None:
        return {}
    now = session.now().timestamp()
    facts = _known(session, person, rules)
    facts = by_entries(facts, standing.entries if standing is not None else (), rules, now)
    found = {}
    for action in ACTIONS:
        judgement = judge_by(facts, action, rules, agent=session.agent.name, now=now)
        if judgement.ban is not None:
            until = judgement.until
            end = f" until {datetime.fromtimestamp(until, UTC).astimezone():%a %H:%M}" if until is not None else ""
            found[action] = f"{ban_reason(judgement)}{end}"
    return found


def _known(session: Session, person: Person, rules: DeskRules) -> Facts:
    """Return what is known of a person without the ledger."""
    user, signs = person.user, session.attack_signs
    principal = session.client.known_principal
    subject = Subject(
        user.id,
        protected=_protected(person, rules),
        oneself=agent_is(session.agent, user),
        own_account=bool(principal) and user.id == principal,
    )
    events = person.events
    logged = NOTHING_LOGGED if events.value is None else logged_in(events.value, user.id, rules)
    if events.trouble is not None:
        logged = Logged(trouble=events.trouble)
    alert = _RAISED if signs.alert else None
    return Facts(subject, logged=logged, alert=alert, attacked=signs.attacked(user.id))


def _protected(person: Person, rules: DeskRules) -> str:
    """Return why a person is protected, as far as it is known; that they are is all that counts here."""
    if person.admin.value not in {None, AdminRole.NONE}:
        return "They are an administrator of Okta's"
    attribute = person.user.text(rules.protected.attribute) if rules.protected.attribute else ""
    groups = tuple(group.name for group in person.groups.value or ())
    return rules.protected.why(person.user.login, groups, attribute)
