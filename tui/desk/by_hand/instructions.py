"""Instructions to do an action by hand, for one person: shown where keydesk cannot do it, or for a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.why_not import rights_needed
from tui.desk.by_hand.instead import instead
from tui.desk.by_hand.self_service import UNKNOWN, own_steps
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
    Cause.BY_GROUPS_ONLY: "By groups only",
    Cause.MODE: "Read-only",
    Cause.CAPABILITY: "Switched off",
    Cause.PERMISSION: "Not permitted",
    Cause.LEDGER: "Not recordable",
    Cause.CHANGING: "Not now",
    Cause.STATE: "Not in this state",
    Cause.TARGET: "Not for this",
}
"""The heading for each cause of an obstacle."""


class InstructionSection(Struct, frozen=True):
    """One way to do the action by hand.

    Attributes:
        title: Who does it, or where.
        steps: The steps in order, one or two sentences each; empty where the title says all.
        link: The page on which it begins; empty for none.
        spoken: Whether the steps are addressed to the person.
    """

    title: str
    steps: tuple[str, ...]
    link: str = ""
    spoken: bool = False

    @property
    def text(self) -> str:
        """The section as plain text."""
        steps = [f"{number}. {step}" for number, step in enumerate(self.steps, 1)]
        return "\n".join([f"{self.title}:" if steps else f"{self.title}.", *steps])


class Instructions(Struct, frozen=True):
    """How a person does an action without keydesk.

    Attributes:
        title: The action and the person.
        why: Why keydesk does not do the action itself; empty for a dry run.
        sections: The ways to do it, the preferred one first; never empty.
        link: The page on which the first way begins, in a portal or the Admin Console; empty where not known.
        allows: The scope, role or permission with which keydesk could do the action.
        cause: The cause of the obstacle; `None` for a dry run.
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
        """The section that can be passed on to the person; `None` for none."""
        return next((section for section in self.sections if section.spoken and section.steps), None)

    @property
    def text(self) -> str:
        """All sections as plain text, for a ticket or a chat."""
        lines = [self.title, *([self.why] if self.why else [])]
        for section in self.sections:
            lines += ["", section.text]
        return "\n".join([*lines, "", self.allows])


def by_hand(
    session: Session,
    action: Action,
    person: Person,
    targets: tuple[Target, ...] = (),
    allowed: SelfService = UNKNOWN,
) -> Instructions:
    """Return the instructions to do an action by hand, by the session's connector and obstacles.

    Args:
        session: The session of the org.
        action: The action that the agent wanted.
        person: The person.
        targets: The targets as they were read.
        allowed: What the person may do without the help desk.
    """
    connector, obstacle = session.connector, session.obstacle(action, person, targets)
    return instructions_for(
        action, person, connector.org, obstacle, portals=connector.portals, targets=targets, allowed=allowed
    )


def instructions_for(
    action: Action,
    person: Person,
    org: OrgAddress,
    obstacle: Obstacle | None = None,
    *,
    portals: Portals = NO_PORTALS,
    targets: tuple[Target, ...] = (),
    allowed: SelfService = UNKNOWN,
) -> Instructions:
    """Return the instructions to do an action by hand, or to do something else; values from Okta are made harmless.

    Args:
        action: The action that the agent wanted.
        person: The person.
        org: The org.
        obstacle: Why keydesk cannot do the action; `None` for a dry run.
        portals: The portals that agents use instead of keydesk.
        targets: The targets as they were read.
        allowed: What the person may do without the help desk.
    """
    names = _names(person, org, targets)
    own = _own_section(action, person, org, allowed, names)
    if obstacle is not None and obstacle.for_nobody:
        steps = _filled(instead(action, person, obstacle.foremost), names)
        return _for_nobody(action, obstacle, names, InstructionSection(INSTEAD, steps, _person_page(person, org)), own)
    directory = person.user.provider_type in DIRECTORIES
    owned = directory and action.of_password
    portal, link = portals.instead(action.portal, person.user, of_directory=owned)
    if portal and owned and portals.directory:
        sections: tuple[InstructionSection, ...] = (InstructionSection(DIRECTORY, (portal,), link),)
        if (
            obstacle is not None and obstacle.never is not None
        ):  # a change in the directory does not help while Okta itself keeps the person out
            steps = _filled(instead(action, person, obstacle.never), names)
            sections += (InstructionSection(BESIDE, steps, _person_page(person, org)),)
    elif portal:
        sections = (InstructionSection(PORTAL, (portal,), link), *own)
    else:
        link = _start_page(action, person, org, targets)
        sections = (
            InstructionSection(CONSOLE, (*_filled(action.steps, names), *_notes(action, person, targets)), link),
            *own,
        )
    return Instructions(
        f"{action.title} by hand: {_name_and_login(names)}",
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
    """Return the instructions for what to do instead of an action that nobody can do now."""
    never = obstacle.foremost
    return Instructions(
        f"{action.title}, what to do instead: {_name_and_login(names)}",
        never.why if never is obstacle else f"{never.why} {obstacle.why}",
        (first, *own) if never.cause is Cause.STATE else (first,),
        first.link,
        never.allows,
        never.cause,
    )


def _names(person: Person, org: OrgAddress, targets: tuple[Target, ...]) -> dict[str, str]:
    """Return the harmless names that fill the steps. A target that is not known yet is named by its kind."""
    names = {
        "name": plain(person.user.name),
        "login": plain(person.user.login),
        "link": _person_page(person, org) or "the person's page",
        "provider": plain(okta_terms.provider_words(person.user)),
    }
    names |= {kind.value: f"the {kind.value}" for kind in TargetKind}
    return names | {target.kind.value: plain(target.name) for target in targets}


def _name_and_login(names: Mapping[str, str]) -> str:
    return f"{names['name']} ({names['login']})"


def _person_page(person: Person, org: OrgAddress) -> str:
    return _page(org, "user/profile/view", person.user.id)


def _filled(steps: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(step.format(**names) for step in steps)


def _page(org: OrgAddress, path: str, identifier: str) -> str:
    """Return a page of the Admin Console; empty where its address is not known, or the id is no plain id."""
    known = org.admin and identifier.isascii() and identifier.isalnum()
    return f"{org.admin}/admin/{path}/{identifier}" if known else ""


def _start_page(action: Action, person: Person, org: OrgAddress, targets: tuple[Target, ...]) -> str:
    """Return the page on which the steps begin: the group's or the list of apps for software, else the person's."""
    first = action.aims[0] if action.aims else None
    if first is TargetKind.GROUP:
        return next((_page(org, "group", target.id) for target in targets if target.kind is TargetKind.GROUP), "")
    if first is TargetKind.APP:
        return f"{org.admin}/admin/apps/active" if org.admin else ""
    return _person_page(person, org)


def _notes(action: Action, person: Person, targets: tuple[Target, ...]) -> tuple[str, ...]:
    """Return what to know while doing an action by hand."""
    user = person.user
    notes = []
    if note := action.note_on_directory(person):
        notes.append(f"{plain(okta_terms.provider_words(user))}: {note}")
    # Okta support: "How to Clear User Session".
    if any("Clear User Sessions" in step for step in action.steps) and user.status != "ACTIVE":
        notes.append(
            "The console offers Clear User Sessions for active people only; a suspension ends the sessions as well."
        )
    # The call says itself whether it takes the number away from recovery; no page says what the console does.
    if action.id == "remove-factor" and any("phone" in target.tags for target in targets):
        notes.append("Whether the console takes the number away from password recovery too is not known.")
    return tuple(notes)


def _own_section(
    action: Action, person: Person, org: OrgAddress, allowed: SelfService, names: Mapping[str, str]
) -> tuple[InstructionSection, ...]:
    """Return the section on what the person can do without the help desk; none where that is nothing."""
    own = own_steps(action, person, org, allowed)
    if own is None:
        return ()
    source = f" ({allowed.source})" if allowed.source else ""
    if own.may is False:
        return (InstructionSection(f"{names['name']} may not {own.what}{source}", ()),)
    if own.may:
        title = f"{names['name']} may {own.what}{source}"
    elif own.asked:
        unsure = allowed.source or "not asked yet"
        title = f"Perhaps {names['name']} may {own.what}; whether the policy lets them is not known: {unsure}"
    else:
        title = f"{names['name']} can {own.what}"
    return (InstructionSection(title, _filled(own.steps, names), own.link, spoken=True),)
