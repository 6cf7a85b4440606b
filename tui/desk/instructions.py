"""What to do by hand, written for one person: in place of a confirmation, for a dry run, for a ticket or a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk import needs, words
from tui.desk.actions import DIRECTORIES
from tui.desk.instead import instead
from tui.desk.obstacles import UNFIT, Cause, unfit
from tui.desk.plain import plain
from tui.desk.portals import NO_PORTALS
from tui.desk.self_service import UNKNOWN
from tui.okta.errors import MissingScope

if TYPE_CHECKING:
    from tui.desk.actions import Action, Target
    from tui.desk.connector import OrgAddress
    from tui.desk.obstacles import Obstacle
    from tui.desk.person import Person
    from tui.desk.portals import Portals
    from tui.desk.self_service import SelfService
    from tui.trouble import Trouble

FORGOTTEN: Final = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})
"""States in which Okta lets a person begin “Forgot password?”; a started reset and a lock do not."""
RESETS: Final = frozenset({"reset-password", "reset-link", "temp-password"})


@dataclass(frozen=True, slots=True)
class Section:
    """One way to do it.

    Attributes:
        title: Who does it, or where.
        steps: One sentence each, in order.
    """

    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instructions:
    """How a person does an action without keydesk.

    Attributes:
        title: What they are for.
        why: Why keydesk does not do it itself; empty for a dry run.
        sections: The ways, the preferred one first.
        link: Where the first way begins: a portal, or the person's page in the Admin Console; empty where not known.
        allows: Which scope and role or permission would let keydesk do it; empty where that is not the point.
    """

    title: str
    why: str
    sections: tuple[Section, ...]
    link: str
    allows: str

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the preferred way."""
        return self.sections[0].steps

    @property
    def text(self) -> str:
        """All of it as plain text, for a ticket or a chat."""
        lines = [self.title, *([self.why] if self.why else [])]
        for section in self.sections:
            lines += ["", f"{section.title}:"]
            lines += [f"{number}. {step}" for number, step in enumerate(section.steps, 1)]
        return "\n".join([*lines, *(["", self.allows] if self.allows else [])])


def by_hand(
    action: Action,
    person: Person,
    org: OrgAddress,
    obstacle: Obstacle | None = None,
    *,
    portals: Portals = NO_PORTALS,
    targets: tuple[Target, ...] = (),
    denied: Trouble | None = None,
    flag: bool = False,
    helping: SelfService = UNKNOWN,
) -> Instructions:
    """Fill an action's steps for one person, or say what to do instead; values from Okta are made harmless.

    Args:
        action: What was wished.
        person: For whom.
        org: Where.
        obstacle: What keeps keydesk from doing it; `None` for a dry run.
        portals: Where agents go instead.
        targets: What it is aimed at, as it was read.
        denied: What Okta has refused for this action, where that is the obstacle.
        flag: Whether a flag made this session read-only, and not the connector.
        helping: Whether the person may help themselves.
    """
    user = person.user
    link = (
        f"{org.admin}/admin/user/profile/view/{user.id}"
        if org.admin and user.id.isascii() and user.id.isalnum()
        else ""
    )
    names = {"name": plain(user.name), "login": plain(user.login), "link": link or "the person's page"}
    names |= {kind.value: f"the {kind.value}" for kind in action.aims}
    names |= {target.kind.value: plain(target.name) for target in targets}
    never = obstacle if obstacle and obstacle.cause in UNFIT else None
    if obstacle and never is None and obstacle.cause is not Cause.DIRECTORY:
        never = unfit(action, person, targets)
    if never is not None:
        steps = tuple(step.format(**names) for step in instead(action, person, never))
        return Instructions(
            f"{action.title}: not for {names['name']} ({names['login']})",
            f"It is not possible now: {plain(never.reason)}. {plain(never.advice)}".rstrip(),
            (Section("What to do instead", steps),),
            link,
            "",
        )
    portal, portal_link = portals.instead(action, user, of_directory=user.provider_type in DIRECTORIES)
    console = Section("In the Admin Console", tuple(step.format(**names) for step in action.steps))
    own = _themselves(action, person, org, helping, names["login"])
    sections = [Section("Where it is done", (portal,))] if portal else [console]
    if not portal and own is not None:
        sections.append(own)
    return Instructions(
        f"{action.title} by hand: {names['name']} ({names['login']})",
        _why(action, person, obstacle, denied=denied, flag=flag) if obstacle else "",
        tuple(sections),
        portal_link if portal else link,
        _allows(action, obstacle, denied),
    )


def _why(action: Action, person: Person, found: Obstacle, *, denied: Trouble | None, flag: bool) -> str:
    """Why keydesk does not do it here: another text for each cause."""
    match found.cause:
        case Cause.DIRECTORY:
            owner = plain(words.provider_words(person.user))
            return f"The password of this person belongs to {owner}, and it is handled there."
        case Cause.MODE if flag:
            return "keydesk was started read-only, so it changes nothing, although this connector could."
        case Cause.MODE:
            return "This connector is read-only: keydesk looks, and changes nothing."
        case Cause.CAPABILITY:
            what = words.CAPABILITY[action.capability]
            return f"“{what}” is switched off for this connector. Whoever set it up can switch it on: F5, then e."
        case Cause.PERMISSION:
            title = plain(denied.title if denied else found.reason)
            return (
                f"Okta does not let keydesk do it: {title}. {plain(denied.advice if denied else found.advice)}".rstrip()
            )
        case Cause.LEDGER:
            return (
                f"keydesk changes nothing that it cannot record: {plain(found.reason)}. {plain(found.advice)}".rstrip()
            )
        case _:
            return f"keydesk does not do it here: {plain(found.reason)}. {plain(found.advice)}".rstrip()


def _allows(action: Action, found: Obstacle | None, denied: Trouble | None) -> str:
    """What would let keydesk do it."""
    if found is not None and found.cause in {Cause.DIRECTORY, Cause.CAPABILITY, Cause.LEDGER}:
        return ""
    role = needs.ROLE.get(action.roles[0], action.roles[0])
    permissions = needs.listed(action.permissions)
    right = f"the role {role} ({action.roles[0]}) or a custom role with {permissions}"
    if isinstance(denied, MissingScope):
        return f"keydesk could do it with the scope {denied.scope or action.endpoint.scope}, beside {right}."
    if found is not None and found.cause is Cause.PERMISSION:
        return f"keydesk could do it with {right}."
    return f"keydesk could do it on a read-write connector with the scope {action.endpoint.scope} and {right}."


def _themselves(action: Action, person: Person, org: OrgAddress, helping: SelfService, login: str) -> Section | None:
    """What the person can do without anybody; `None` where there is nothing, or the policy does not let them."""
    status = person.user.status or ""
    may, link = None, ""
    if action.id in RESETS and status in FORGOTTEN:
        may, link = helping.reset, "Forgot password?"
    elif action.id == "unlock" and status == "LOCKED_OUT":
        may, link = helping.unlock, "Unlock account?"
    if not link or may is False:
        return None
    known = f"their policy lets them ({helping.source})" if may else "if their password policy lets them"
    if may is None and helping.source:
        known += f"; {helping.source}"
    return Section(
        f"The person, without anybody's help, {known}",
        (
            f"Open {org.origin} in a browser. Where the page asks for the username first, type {login}.",
            f"Choose “{link}” (older pages have it under “Need help signing in?”).",
            "Follow what the page asks: a mail, a code or a factor of their own.",
        ),
    )
