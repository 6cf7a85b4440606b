"""Find what stands in the way of an action: one pure function, for every screen and again before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.actions.grammar import Cause, Obstacle
from tui.desk.actions.why_not import explain
from tui.desk.people.providers import DIRECTORIES
from tui.desk.text import okta_terms
from tui.okta.policy import Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.okta.policy import Policy

BLOCKABLE: Final = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})


class Obstructed(Trouble):
    """An action is not possible now; nothing was recorded or sent.

    Attributes:
        obstacle: The reason, with what to do instead.
    """

    def __init__(self, action: Action, obstacle: Obstacle) -> None:
        super().__init__(f"{action.title} is not possible: {obstacle.reason}", advice=obstacle.advice)
        self.obstacle = obstacle


class Standing(Struct, frozen=True):
    """What the session knows about its own ability to act.

    Attributes:
        policy: The policy, for the mode and the capabilities.
        unrecordable: Why the ledger cannot record an entry; `None` where it can.
        denied: Okta's refusals for want of a scope or role, by endpoint id.
        directory_elsewhere: Whether this connector sends people whose password AD or LDAP owns elsewhere.
        started_read_only: Whether a flag made the session read-only, although the connector could change things.
    """

    policy: Policy
    unrecordable: Trouble | None = None
    denied: Mapping[str, Trouble] | None = None
    directory_elsewhere: bool = False
    started_read_only: bool = False


def obstacle(action: Action, person: Person, standing: Standing, targets: tuple[Target, ...] = ()) -> Obstacle | None:
    """Return what stands in the way of an action on a person, the most lasting reason first; `None` where nothing does.

    The screen greys keys by it, and `perform` calls it again with the person and targets as just read from Okta. The
    obstacle says for this person why keydesk does not act, what would allow it, and whether nobody could act.
    """
    never = _never(action, person, targets)
    if standing.directory_elsewhere and action.of_password and person.user.provider_type in DIRECTORIES:
        owner = okta_terms.provider_words(person.user)
        advice = "The password of this person belongs to the directory."
        return explain(action, person, Obstacle(Cause.DIRECTORY, f"handled in {owner}", advice), never=never)
    if never is not None and never.cause is Cause.PROVIDER:
        return never
    lacking = _lacking(action, standing)
    if lacking is None:
        return never
    denied = _refusal(action, standing) if lacking.cause is Cause.PERMISSION else None
    return explain(action, person, lacking, denied=denied, flag=standing.started_read_only, never=never)


def _lacking(action: Action, standing: Standing) -> Obstacle | None:
    """Return what keydesk lacks for an action, whoever the person is; `None` where it lacks nothing."""
    if any(standing.policy.withholds(endpoint.id) for endpoint in action.endpoints):
        return Obstacle(
            Cause.BY_GROUPS_ONLY,
            "this connector gives software by groups only",
            "Add the person to a group that gives the app, or remove them from it.",
        )
    if standing.policy.mode is Mode.VERIFY_ONLY:
        return Obstacle(
            Cause.MODE,
            "verify-only",
            "This connector verifies callers, and changes nothing. The steps by hand are shown.",
        )
    if standing.policy.mode is not Mode.READ_WRITE:
        return Obstacle(Cause.MODE, "read-only", "This connector only reads. The steps by hand are shown instead.")
    if action.capability not in standing.policy.capabilities:
        return Obstacle(
            Cause.CAPABILITY,
            f"{okta_terms.CAPABILITY[action.capability].lower()} is switched off",
            "An admin has switched this off for this connector.",
        )
    if denied := _refusal(action, standing):
        return Obstacle(Cause.PERMISSION, denied.title.removeprefix("keydesk "), denied.advice)
    if standing.unrecordable is not None:
        return Obstacle(Cause.LEDGER, standing.unrecordable.title, standing.unrecordable.advice)
    return None


def _refusal(action: Action, standing: Standing) -> Trouble | None:
    """Return Okta's refusal of the action's call, or of the read that finds what it is aimed at; `None` for none."""
    known = standing.denied or {}
    found_by = action.found_by.id if action.found_by is not None else ""
    return known.get(action.endpoint.id) or known.get(found_by)


def _never(action: Action, person: Person, targets: tuple[Target, ...]) -> Obstacle | None:
    """Return what in the person or the targets makes an action impossible for everybody; `None` where nothing does."""
    if refusal := (action.refused or {}).get(person.user.provider_type):
        obstacle: Obstacle | None = Obstacle(
            Cause.PROVIDER, f"password of {okta_terms.provider_words(person.user)}", refusal
        )
    elif person.changing:
        target = okta_terms.status_words(person.user.transitioning_to_status)
        obstacle = Obstacle(
            Cause.CHANGING, f"Okta is changing this person to {target}", "Wait a minute, and read the person again."
        )
    else:
        obstacle = _state_obstacle(action, person)
    obstacle = obstacle or next((target.obstacle for target in targets if target.obstacle), None)
    return explain(action, person, obstacle) if obstacle else None


def _state_obstacle(action: Action, person: Person) -> Obstacle | None:
    """Return the obstacle that lies in the person's status or blocks; `None` where Okta allows the action in it."""
    status = person.user.status or ""
    blocked = person.blocked and status in BLOCKABLE
    if status in action.states or (action.also_blocked and blocked):
        return None
    if status not in okta_terms.STATUS:
        return None  # a state newer than keydesk: Okta's answer decides
    if action.also_blocked and status in BLOCKABLE and (person.blocks.pending or person.blocks.trouble):
        hint = "still reading" if person.blocks.pending else "blocks cannot be read"
        return Obstacle(Cause.STATE, f"not locked out ({hint})", "Device blocks of this person are not known.")
    wanted = " or ".join(sorted(okta_terms.status_words(state).lower() for state in action.states))
    if action.also_blocked and not person.blocked:
        return Obstacle(Cause.STATE, "not locked", "There is no lock and no block to remove.")
    return Obstacle(
        Cause.STATE, f"{okta_terms.status_words(status).lower()}", f"Possible for a person who is {wanted}."
    )
