"""What to do by hand, written for one person: in place of a confirmation, for a dry run, for a ticket or a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.why_not import rights_needed
from tui.desk.by_hand.instead import instead
from tui.desk.by_hand.self_service import UNKNOWN, themselves
from tui.desk.connectors.portals import NO_PORTALS
from tui.desk.people.providers import DIRECTORIES
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions.grammar import Action, Obstacle, Target
    from tui.desk.by_hand.self_service import SelfService
    from tui.desk.connectors.connector import OrgAddress
    from tui.desk.connectors.portals import Portals
    from tui.desk.people.person import Person
    from tui.desk.session import Session

INSTEAD: Final = "What to do instead"
PORTAL: Final = "The preferred portal"
DIRECTORY: Final = "Where the directory is looked after"
BESIDE: Final = "In Okta, beside that"
CONSOLE: Final = "In the Admin Console"
LOOKS_AT: Final = {
    Cause.DIRECTORY: "The directory does it",
    Cause.PROVIDER: "Another provider does it",
    Cause.MODE: "Read-only",
    Cause.CAPABILITY: "Switched off",
    Cause.PERMISSION: "Not permitted",
    Cause.LEDGER: "Not recordable",
    Cause.CHANGING: "Not now",
    Cause.STATE: "Not in this state",
    Cause.TARGET: "Not for this",
}
"""A heading for each cause, so that they look different at a glance."""


@dataclass(frozen=True, slots=True)
class InstructionSection:
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
    sections: tuple[InstructionSection, ...]
    link: str
    allows: str
    cause: Cause | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the preferred way."""
        return self.sections[0].steps

    @property
    def for_the_person(self) -> InstructionSection | None:
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
    session: Session,
    action: Action,
    person: Person,
    targets: tuple[Target, ...] = (),
    helping: SelfService = UNKNOWN,
) -> Instructions:
    """What the agent does in keydesk's place, for that very person.

    Args:
        session: Where.
        action: What was wished.
        person: For whom.
        targets: What it is aimed at, as it was read.
        helping: Whether the person may help themselves.
    """
    connector, found = session.connector, session.obstacle(action, person, targets)
    return written(action, person, connector.org, found, portals=connector.portals, targets=targets, helping=helping)


def written(
    action: Action,
    person: Person,
    org: OrgAddress,
    obstacle: Obstacle | None = None,
    *,
    portals: Portals = NO_PORTALS,
    targets: tuple[Target, ...] = (),
    helping: SelfService = UNKNOWN,
) -> Instructions:
    """Fill an action's steps for one person, or say what to do instead; values from Okta are made harmless.

    Args:
        action: What was wished.
        person: For whom.
        org: Where.
        obstacle: What keeps keydesk from doing it, as `obstacle` answers; `None` for a dry run.
        portals: Where agents go instead.
        targets: What it is aimed at, as it was read.
        helping: Whether the person may help themselves.
    """
    names = _names(person, org, targets)
    own = _own(action, person, org, helping, names)
    if obstacle is not None and obstacle.for_nobody:
        steps = _filled(instead(action, person, obstacle.foremost), names)
        return _for_nobody(action, obstacle, names, InstructionSection(INSTEAD, steps, _person_page(person, org)), own)
    directory = person.user.provider_type in DIRECTORIES
    owned = directory and action.of_password
    portal, link = portals.instead(action.portal, person.user, of_directory=owned)
    if portal and owned and portals.directory:
        sections: tuple[InstructionSection, ...] = (InstructionSection(DIRECTORY, (portal,), link),)
        if obstacle is not None and obstacle.never is not None:  # of no use there while Okta itself says no
            steps = _filled(instead(action, person, obstacle.never), names)
            sections += (InstructionSection(BESIDE, steps, _person_page(person, org)),)
    elif portal:
        sections = (InstructionSection(PORTAL, (portal,), link), *own)
    else:
        link = _starts(action, person, org, targets)
        sections = (InstructionSection(CONSOLE, (*_filled(action.steps, names), *_noted(action, person)), link), *own)
    return Instructions(
        f"{action.title} by hand: {_whom(names)}",
        obstacle.why if obstacle else "",
        sections,
        link,
        obstacle.allows if obstacle else rights_needed(action),
        obstacle.cause if obstacle else None,
    )


def _for_nobody(
    action: Action,
    obstacle: Obstacle,
    names: Mapping[str, str],
    first: InstructionSection,
    own: tuple[InstructionSection, ...],
) -> Instructions:
    """What to do instead of an action that nobody could do, whoever asks and whatever keydesk may."""
    never = obstacle.foremost
    return Instructions(
        f"{action.title}, what to do instead: {_whom(names)}",
        never.why if never is obstacle else f"{never.why} {obstacle.why}",
        (first, *own) if never.cause is Cause.STATE else (first,),
        first.link,
        never.allows,
        never.cause,
    )


def _names(person: Person, org: OrgAddress, targets: tuple[Target, ...]) -> dict[str, str]:
    """What fills the steps; harmless. A target that is not known yet is named by its kind."""
    names = {
        "name": plain(person.user.name),
        "login": plain(person.user.login),
        "link": _person_page(person, org) or "the person's page",
        "provider": plain(okta_terms.provider_words(person.user)),
    }
    names |= {kind.value: f"the {kind.value}" for kind in TargetKind}
    return names | {target.kind.value: plain(target.name) for target in targets}


def _whom(names: Mapping[str, str]) -> str:
    return f"{names['name']} ({names['login']})"


def _person_page(person: Person, org: OrgAddress) -> str:
    return _page(org, "user/profile/view", person.user.id)


def _filled(steps: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(step.format(**names) for step in steps)


def _page(org: OrgAddress, path: str, identifier: str) -> str:
    """A page of the Admin Console; empty where its address, or what stands in it, is not known for sure."""
    known = org.admin and identifier.isascii() and identifier.isalnum()
    return f"{org.admin}/admin/{path}/{identifier}" if known else ""


def _starts(action: Action, person: Person, org: OrgAddress, targets: tuple[Target, ...]) -> str:
    """The page on which the steps begin: the group's or the list of apps for software, else the person's."""
    first = action.aims[0] if action.aims else None
    if first is TargetKind.GROUP:
        return next((_page(org, "group", target.id) for target in targets if target.kind is TargetKind.GROUP), "")
    if first is TargetKind.APP:
        return f"{org.admin}/admin/apps/active" if org.admin else ""
    return _person_page(person, org)


def _noted(action: Action, person: Person) -> tuple[str, ...]:
    """What to know while doing it by hand."""
    user = person.user
    notes = []
    if action.directory_note and user.provider_type in DIRECTORIES:
        notes.append(f"{plain(okta_terms.provider_words(user))}: {action.directory_note}")
    # Okta support: "How to Clear User Session".
    if action.id == "clear-sessions" and user.status != "ACTIVE":
        notes.append("The console offers this for active people only; a suspension ends the sessions as well.")
    return tuple(notes)


def _own(
    action: Action, person: Person, org: OrgAddress, helping: SelfService, names: Mapping[str, str]
) -> tuple[InstructionSection, ...]:
    """What the person can do without anybody, as far as the policy is known."""
    found = themselves(action, person, org, helping)
    if found is None:
        return ()
    source = f" ({helping.source})" if helping.source else ""
    if found.may is False:
        return (InstructionSection(f"{names['name']} may not {found.what}{source}", ()),)
    if found.may:
        title = f"{names['name']} may {found.what}{source}"
    elif found.asked:
        unsure = helping.source or "not asked yet"
        title = f"Perhaps {names['name']} may {found.what}; whether the policy lets them is not known: {unsure}"
    else:
        title = f"{names['name']} can {found.what}"
    return (InstructionSection(title, _filled(found.steps, names), found.link, spoken=True),)
