"""The desk's rules in words, for whoever has to work by them: what each tier takes, what goes up, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.judging import ALARMS, WORDS
from tui.desk.rules.rules import DEFAULT_RULES, RAISE, REFUSE
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.rules.tiers import STOPS, Alarm, Tier
from tui.desk.text.plain import plain
from tui.desk.verification.reachable import by_connector

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.desk.rules.rules import DeskRules, Protected
    from tui.desk.session import Session
    from tui.desk.verification.reachable import Reachable

_VOUCHED: Final = {
    Attested.CALLED_BACK: "called back on the number in Okta",
    Attested.MANAGER: "their manager vouched",
    Attested.VIDEO: "seen on video with a badge",
    Attested.IN_PERSON: "in person",
}
_WEAK: Final = {
    Measured.MESSAGE: "a code by text, call or mail counts as a code",
    Measured.QUESTION: "a security question counts as a push",
}

_NOT_SET: Final = (
    "connectors.toml. The team's record holds no rules, so each agent's own count. Whoever leads the desk sets them "
    "for all: `keydesk rules --set FILE`."
)
_NOT_USED: Final = "They count for the whole team; what connectors.toml says of rules is not used."


def session_rules_said(session: Session, reach: Reachable | None = None) -> tuple[tuple[str, str], ...]:
    """Return the rules of a session by what was read of them last; a team's begin with where they come from.

    Rules that cannot be read are not told by others: that they cannot is all.

    Args:
        session: The session.
        reach: What callers of the org could prove, as it was read; `None` where nobody has looked.
    """
    reach = reach or by_connector(session)
    rules = session.rules or DEFAULT_RULES
    never = reach.never(rules)
    here = [("Never met here", never)] if never else []
    here += [("This org", reach.said)] if reach.said else []
    if session.connector.store is None:
        return (*here, *rules_said(rules))
    found, trouble = session.team_rules.found, session.team_rules.trouble
    if found is None:
        return (("Written in", _NOT_SET), *here, *rules_said(rules)[:-1])
    when = f"{found.at.astimezone():%Y-%m-%d %H:%M}"
    by = f"{plain(found.agent)} set them on {when}, entry {found.entry} of the team's ledger: {plain(found.reason)}."
    if trouble is not None:
        return (("Not readable", f"{trouble.title}. {trouble.advice} {plain(trouble.detail)}"), ("Set by", by))
    return (("Set by", f"{by} {_NOT_USED}"), *here, *rules_said(rules)[:-1])


def rules_said(rules: DeskRules) -> tuple[tuple[str, str], ...]:
    """Return the rules as pairs of a heading and a sentence, in the order in which an agent meets them.

    The last one says where they are written. What the desk has written itself is untrusted, and is made harmless here.
    """
    return (*_tiers(rules), *_harder(rules), *_refused(rules), *_rest(rules))


def _tiers(rules: DeskRules) -> list[tuple[str, str]]:
    takes = {
        Tier.CONFIRM: "You confirm, and see the cause.",
        Tier.REASON: f"A reason of {rules.reason_words} words at least, not the same one more than "
        f"{rules.same_reason} times a day.",
        Tier.PROOF: f"The caller is proven: {_proven(rules.proof, rules.attested)}. And a reason.",
        Tier.TOP: f"The caller is proven: {_proven(Strength.TOP, rules.attested_top)}. You type the login, and a "
        "reason. No second person is set up who would approve it.",
    }
    found = []
    for tier, words in takes.items():
        titles = [action.title for action in ACTIONS.values() if rules.tier_of(action.id) is tier]
        found.append((f"Tier {int(tier)}", f"{words} For: {', '.join(titles) or 'nothing'}."))
    return found


def _proven(need: Strength, attested: Collection[Attested]) -> str:
    vouched = [words for kind, words in _VOUCHED.items() if kind in attested]
    return f"{WORDS[need]}{'; or ' if vouched else ''}{', '.join(vouched)}"


def _harder(rules: DeskRules) -> list[tuple[str, str]]:
    hours, days = f"{rules.cool_off_hours:g} hours", f"{rules.changed_days:g} days"
    return [
        (
            "Up to 4",
            (
                "From tier 2 for whoever is protected; for the other half of an account, password and factors, within "
                f"{hours}; from tier 3 where something like it was done within {hours}, or contact data or a factor "
                f"changed within {days}. What was done in the Admin Console counts, as far as the System Log shows it."
            ),
        ),
        ("Protected", _who(rules.protected)),
        ("Alert", "While it is raised, everything takes one tier more, for all who share the ledger."),
        ("In an alarm", _in_an_alarm(rules)),
    ]


def _in_an_alarm(rules: DeskRules) -> str:
    alarms = [f"{ALARMS[alarm][0].lower()}{ALARMS[alarm][1:]}" for alarm in Alarm if alarm in rules.stop_on]
    if not alarms:
        return "Nothing takes less, not even to shut an account."
    shut = " and ".join(ACTIONS[action].title for action in sorted(STOPS))
    return f"{shut} take a reason alone, where {', or '.join(alarms)}."


def _who(protected: Protected) -> str:
    """Return who is protected, in words."""
    found = ["Administrators of Okta's, as far as keydesk may read who they are"]
    found += [f"the login {login}" for login in protected.logins]
    found += [f"members of {group}" for group in protected.groups]
    if protected.attribute:
        found.append(f"whoever has {protected.attribute} {' or '.join(protected.values)}")
    return plain(f"{'; '.join(found)}.", limit=2000)


def _refused(rules: DeskRules) -> list[tuple[str, str]]:
    return [
        (
            "Refused",
            (
                "Your own account, and the account that keydesk signs in as. Tier 3 and 4 for a day after a push was "
                f"denied. More than {rules.per_agent} of tier 3 and 4 within an hour by one agent, or {rules.per_desk} "
                "by all who share the ledger."
            ),
        )
    ]


def _rest(rules: DeskRules) -> list[tuple[str, str]]:
    unreadable = {RAISE: "everything from tier 2 on takes one tier more", REFUSE: "tier 3 and 4 are refused"}
    weak = [words for kind, words in _WEAK.items() if kind in rules.weak]
    return [
        (
            "A proof",
            (
                f"Counts for {rules.proof_minutes:g} minutes, for one person, agent and thing; once for tier 4. Not "
                "by the factor that is to be reset, nor by one enrolled within 24 hours."
            ),
        ),
        ("Weak proofs", f"{'; '.join(weak) or 'Codes by text, call or mail, and security questions, do not count'}."),
        ("No log", f"Where the System Log cannot be read, {unreadable.get(rules.log_unreadable, 'that is said')}."),
        (
            "Written in",
            "connectors.toml; nothing there changes these." if rules == DEFAULT_RULES else "connectors.toml.",
        ),
    ]
