"""What to do by hand, written for one person: in place of a confirmation, for a dry run, for a ticket or a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk import words
from tui.desk.actions import DIRECTORIES, Kind
from tui.desk.instead import instead
from tui.desk.instructions_why import allows, why
from tui.desk.obstacles import UNFIT, Cause, unfit
from tui.desk.plain import plain
from tui.desk.portals import NO_PORTALS
from tui.desk.self_service import UNKNOWN
from tui.desk.self_service_steps import themselves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions import Action, Target
    from tui.desk.connector import OrgAddress
    from tui.desk.obstacles import Obstacle
    from tui.desk.person import Person
    from tui.desk.portals import Portals
    from tui.desk.self_service import SelfService
    from tui.trouble import Trouble

INSTEAD: Final = "What to do instead"
PORTAL: Final = "The preferred portal"
DIRECTORY: Final = "Where the directory is looked after"
CONSOLE: Final = "In the Admin Console"


@dataclass(frozen=True, slots=True)
class Section:
    """One way to do it.

    Attributes:
        title: Who does it, or where.
        steps: One sentence or two each, in order; none where only the title has something to say.
        link: Where it begins; empty where there is no page.
        spoken: Whether it is spoken to the person whom it is about.
    """

    title: str
    steps: tuple[str, ...]
    link: str = ""
    spoken: bool = False

    @property
    def text(self) -> str:
        """As plain text."""
        steps = [f"{number}. {step}" for number, step in enumerate(self.steps, 1)]
        return "\n".join([f"{self.title}:" if steps else f"{self.title}.", *steps])


@dataclass(frozen=True, slots=True)
class Instructions:
    """How a person does an action without keydesk.

    Attributes:
        title: What they are for.
        why: Why keydesk does not do it itself; empty for a dry run.
        sections: The ways, the preferred one first; never empty.
        link: Where the first way begins: a portal, or a page in the Admin Console; empty where not known.
        allows: Which scope and role or permission would let keydesk do it.
        cause: What kind of obstacle it is; `None` for a dry run.
    """

    title: str
    why: str
    sections: tuple[Section, ...]
    link: str
    allows: str
    cause: Cause | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the preferred way."""
        return self.sections[0].steps

    @property
    def for_the_person(self) -> Section | None:
        """What can be passed on to the person; `None` where there is nothing."""
        return next((section for section in self.sections if section.spoken and section.steps), None)

    @property
    def text(self) -> str:
        """All of it as plain text, for a ticket or a chat."""
        lines = [self.title, *([self.why] if self.why else [])]
        for section in self.sections:
            lines += ["", section.text]
        return "\n".join([*lines, "", self.allows])


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
    page = _page(org, "user/profile/view", user.id)
    names = {
        "name": plain(user.name),
        "login": plain(user.login),
        "link": page or "the person's page",
        "provider": plain(words.provider_words(user)),
    }
    names |= {kind.value: f"the {kind.value}" for kind in Kind}
    names |= {target.kind.value: plain(target.name) for target in targets}
    whom = f"{names['name']} ({names['login']})"
    # What nobody could do is said first, whoever asks and whatever keydesk may.
    never = unfit(action, person, targets) or (obstacle if obstacle and obstacle.cause in UNFIT else None)
    found = obstacle if obstacle and (never is None or obstacle.cause is Cause.DIRECTORY) else never
    reason = why(action, person, found, denied=denied, flag=flag) if found else ""
    own = _own(action, person, org, helping, names)
    if never is not None and (found is None or found.cause is not Cause.DIRECTORY):
        if obstacle is not None and obstacle.cause not in UNFIT:
            reason = f"{reason} {why(action, person, obstacle, denied=denied, flag=flag)}"
        first = Section(INSTEAD, _filled(instead(action, person, never), names), page)
        more = own if never.cause is Cause.STATE else ()
        title = f"{action.title}, what to do instead: {whom}"
        return Instructions(title, reason, (first, *more), first.link, allows(action, never), never.cause)
    of_directory = user.provider_type in DIRECTORIES
    portal, link = portals.instead(action, user, of_directory=of_directory)
    if portal and of_directory and portals.directory and action.of_password:
        sections: tuple[Section, ...] = (Section(DIRECTORY, (portal,), link),)
        if never is not None:  # of no use there while Okta itself says no
            sections += (Section("In Okta, beside that", _filled(instead(action, person, never), names), page),)
    elif portal:
        sections = (Section(PORTAL, (portal,), link), *own)
    else:
        link = _starts(action, org, targets, page)
        sections = (Section(CONSOLE, (*_filled(action.steps, names), *_noted(action, person)), link), *own)
    title = f"{action.title} by hand: {whom}"
    cause = obstacle.cause if obstacle else None
    return Instructions(title, reason, sections, link, allows(action, obstacle, denied=denied), cause)


def _filled(steps: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(step.format(**names) for step in steps)


def _page(org: OrgAddress, path: str, identifier: str) -> str:
    """A page of the Admin Console; empty where its address, or what stands in it, is not known for sure."""
    known = org.admin and identifier.isascii() and identifier.isalnum()
    return f"{org.admin}/admin/{path}/{identifier}" if known else ""


def _starts(action: Action, org: OrgAddress, targets: tuple[Target, ...], page: str) -> str:
    """The page on which the steps begin: the group's or the list of apps for software, else the person's."""
    first = action.aims[0] if action.aims else None
    if first is Kind.GROUP:
        return next((_page(org, "group", target.id) for target in targets if target.kind is Kind.GROUP), "")
    if first is Kind.APP:
        return f"{org.admin}/admin/apps/active" if org.admin else ""
    return page


def _noted(action: Action, person: Person) -> tuple[str, ...]:
    """What to know while doing it by hand."""
    user = person.user
    notes = []
    if action.directory_note and user.provider_type in DIRECTORIES:
        notes.append(f"{plain(words.provider_words(user))}: {action.directory_note}")
    # Okta support: "How to Clear User Session".
    if action.id == "clear-sessions" and user.status != "ACTIVE":
        notes.append("The console offers this for active people only; a suspension ends the sessions as well.")
    return tuple(notes)


def _own(
    action: Action, person: Person, org: OrgAddress, helping: SelfService, names: Mapping[str, str]
) -> tuple[Section, ...]:
    """What the person can do without anybody, as far as the policy is known."""
    found = themselves(action, person, org, helping)
    if found is None:
        return ()
    source = f" ({helping.source})" if helping.source else ""
    if found.may is False:
        return (Section(f"{names['name']} may not {found.what}{source}", ()),)
    if found.may:
        title = f"{names['name']} may {found.what}{source}"
    elif found.asked:
        unsure = helping.source or "not asked yet"
        title = f"Perhaps {names['name']} may {found.what}; whether the policy lets them is not known: {unsure}"
    else:
        title = f"{names['name']} can {found.what}"
    return (Section(title, _filled(found.steps, names), found.link, spoken=True),)
