"""The grammar of what an agent may do: actions as data, plans, and the one function that says what is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk import words
from tui.okta.policy import Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.person import Person
    from tui.okta.endpoints import Endpoint
    from tui.okta.policy import Call, Capability, Policy

OKTA_MASTERED: Final = frozenset({"OKTA", "IMPORT"})
DIRECTORIES: Final = frozenset({"ACTIVE_DIRECTORY", "LDAP"})
BLOCKABLE: Final = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})


class Danger(IntEnum):
    """What confirming an action asks of the agent, in rising order."""

    ROUTINE = 1
    """Enter."""
    DISRUPTIVE = 2
    """A reason."""
    DESTRUCTIVE = 3
    """Typing the person's login."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that an agent may do to a person. Data only: everything on screen and on the wire derives from it.

    Attributes:
        id: Stable name, also the subcommand.
        title: The verb as a label.
        key: The key on the card.
        capability: What an admin must have switched on.
        endpoint: The call it makes.
        query: Parameters of that call.
        states: User states in which Okta allows it.
        also_blocked: Also for a person whose status lets them sign in, but whom Okta blocks by device.
        sentence: What will happen, with `{name}`.
        effect: What it means for the person.
        directory_note: What to know when a directory owns the person's password; empty where it makes no difference.
        danger: What confirming it asks for.
        roles: Standard admin roles that allow it, the smallest first.
        permission: The custom-role permission that allows it.
        steps: How a person does it by hand in the Admin Console, with `{name}`, `{login}` and `{link}`.
        worked_when: States that show the action to have worked, for settling an unknown outcome; empty: cannot tell.
    """

    id: str
    title: str
    key: str
    capability: Capability
    endpoint: Endpoint
    states: frozenset[str]
    sentence: str
    effect: str
    danger: Danger
    roles: tuple[str, ...]
    permission: str
    steps: tuple[str, ...]
    query: Mapping[str, str] | None = None
    also_blocked: bool = False
    directory_note: str = ""
    worked_when: frozenset[str] = frozenset()

    def plan(self, person: Person) -> Plan:
        """Aim the action at a person; nothing is sent."""
        return Plan(self, person, (self.endpoint.call({"id": person.user.id}, self.query),))


@dataclass(frozen=True, slots=True)
class Plan:
    """An action aimed at one person: what is shown, confirmed, recorded and sent.

    Attributes:
        action: The action.
        person: The person as the agent saw them.
        calls: Exactly the calls that will be sent, in order.
    """

    action: Action
    person: Person
    calls: tuple[Call, ...]

    @property
    def sentence(self) -> str:
        """What will happen, in one sentence."""
        return self.action.sentence.format(name=self.person.user.name)


class Cause(StrEnum):
    """Why an action is not possible."""

    MODE = "read-only"
    CAPABILITY = "switched off"
    PERMISSION = "not permitted"
    LEDGER = "not recordable"
    STATE = "wrong state"
    CHANGING = "changing"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of an action, in words for the agent.

    Attributes:
        cause: The kind, which decides what is offered instead.
        reason: Short, for beside a grey key: `not locked`.
        advice: A sentence on what to do instead.
    """

    cause: Cause
    reason: str
    advice: str = ""


class Obstructed(Trouble):
    """An action was asked for that is not possible now; nothing was recorded or sent.

    Attributes:
        obstacle: What stood in the way.
    """

    def __init__(self, action: Action, obstacle: Obstacle) -> None:
        super().__init__(f"{action.title} is not possible: {obstacle.reason}", advice=obstacle.advice)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Standing:
    """What the session knows about its own ability to act.

    Attributes:
        policy: Mode and capabilities.
        unrecordable: Why the ledger cannot take an entry; `None` when it can.
        denied: For an endpoint's id, what Okta has already refused in this session for want of a scope or role.
    """

    policy: Policy
    unrecordable: Trouble | None = None
    denied: Mapping[str, Trouble] | None = None


def obstacle(action: Action, person: Person, standing: Standing) -> Obstacle | None:
    """What stands in the way of an action on a person, the most lasting reason first; `None` when nothing does.

    Pure. The screen greys keys by it, and `perform` asks it again about a person just read from Okta.
    """
    if standing.policy.mode is not Mode.READ_WRITE:
        return Obstacle(Cause.MODE, "read-only", "This connector only reads. The steps by hand are shown instead.")
    if action.capability not in standing.policy.capabilities:
        return Obstacle(
            Cause.CAPABILITY,
            f"{words.CAPABILITY[action.capability].lower()} is switched off",
            "An admin has switched this off for this connector.",
        )
    if denied := (standing.denied or {}).get(action.endpoint.id):
        return Obstacle(Cause.PERMISSION, denied.title.removeprefix("keydesk "), denied.advice)
    if standing.unrecordable is not None:
        return Obstacle(Cause.LEDGER, standing.unrecordable.title, standing.unrecordable.advice)
    if person.changing:
        target = words.status_words(person.user.transitioning_to_status)
        return Obstacle(Cause.CHANGING, f"Okta is changing this person to {target}", "Wait a minute and press r.")
    return _state_obstacle(action, person)


def _state_obstacle(action: Action, person: Person) -> Obstacle | None:
    status = person.user.status or ""
    blocked = person.blocked and status in BLOCKABLE
    if status in action.states or (action.also_blocked and blocked):
        return None
    if status not in words.STATUS:
        return None  # a state newer than keydesk: Okta's answer decides
    if action.also_blocked and status in BLOCKABLE and (person.blocks.pending or person.blocks.trouble):
        hint = "still reading" if person.blocks.pending else "blocks cannot be read"
        return Obstacle(Cause.STATE, f"not locked out ({hint})", "Device blocks of this person are not known.")
    wanted = " or ".join(sorted(words.status_words(state).lower() for state in action.states))
    if action.also_blocked and not person.blocked:
        return Obstacle(Cause.STATE, "not locked", "There is no lock and no block to remove.")
    return Obstacle(Cause.STATE, f"{words.status_words(status).lower()}", f"Possible for a person who is {wanted}.")
