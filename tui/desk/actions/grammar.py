"""The grammar of what an agent may do: actions as data, their targets, their obstacles, and plans."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.people.providers import DIRECTORIES
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.people.person import Person
    from tui.okta.calls import Call
    from tui.okta.endpoints import Endpoint
    from tui.okta.policy import Capability


class Danger(IntEnum):
    """How dangerous an action is, in rising order; each level says what the agent does to confirm it."""

    ROUTINE = 1
    """The agent presses Enter."""
    DISRUPTIVE = 2
    """The agent gives a reason."""
    DESTRUCTIVE = 3
    """The agent types the person's login."""


class TargetKind(StrEnum):
    """The kinds of target beside the person; the value is the name in an endpoint's path template."""

    FACTOR = "factor"
    GROUP = "group"
    APP = "app"
    FACTORS = "factors"
    """All of a person's factors; the agent chooses none of them."""
    AUTHENTICATOR = "authenticator"
    """The org's authenticator for temporary access codes, which keydesk looks up."""
    DEVICE = "device"
    ENROLLMENT = "enrollment"
    """The temporary access code that a person has, which keydesk looks up."""


_LOOKED_UP: Final = frozenset({TargetKind.FACTORS, TargetKind.AUTHENTICATOR, TargetKind.ENROLLMENT})


class Cause(StrEnum):
    """Why an action is not possible."""

    DIRECTORY = "elsewhere"
    PROVIDER = "other identity provider"
    BY_GROUPS_ONLY = "by groups only"
    MODE = "read-only"
    CAPABILITY = "switched off"
    PERMISSION = "not permitted"
    LEDGER = "not recordable"
    CHANGING = "changing"
    STATE = "wrong state"
    TARGET = "wrong target"
    RULES = "the desk's rules"


UNFIT: Final = frozenset({Cause.CHANGING, Cause.STATE, Cause.TARGET, Cause.PROVIDER, Cause.RULES})
"""Causes that lie in the person, the target or the desk's rules: no right at Okta removes them."""

HELP_DESK: Final = ("HELP_DESK_ADMIN", "USER_ADMIN", "ORG_ADMIN", "SUPER_ADMIN")
"""The standard roles that may do what a help desk does, the smallest first."""
ALIVE: Final = frozenset({"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"})
"""The statuses of everybody who is not deactivated."""
OPEN: Final = "Open {link} in the Admin Console (Directory > People > {login})."
"""The first step by hand of most actions."""
CHECK: Final = "Check that login, department and manager are those of the person who asked."
"""The second step by hand of most actions."""
CLEAR: Final = (
    "Choose More Actions > Clear User Sessions, tick what the dialog offers beside it, such as “keep me signed in”, "
    "and confirm: OAuth tokens end with it on Identity Engine; remembered devices may not on Classic."
)
"""The step by hand for signing out everywhere (Okta: "How to Clear User Session", "Configure Universal Logout")."""


class Obstacle(Struct, frozen=True):
    """What stands in the way of an action, in words for the agent.

    Attributes:
        cause: The kind of obstacle, which decides what is offered instead.
        reason: A few words to stand beside a grey key: `not locked`.
        advice: A sentence on what to do instead.
        why: Why keydesk does not do the action for this person; harmless. `explain` fills `why`, `allows` and `never`.
        allows: What would allow keydesk to do it: the scope, role or setting by name; harmless.
        never: Where keydesk lacks something, the obstacle for which nobody could do it; `None` where somebody could.
    """

    cause: Cause
    reason: str
    advice: str = ""
    why: str = ""
    allows: str = ""
    never: Obstacle | None = None

    @property
    def foremost(self) -> Obstacle:
        """The obstacle to show first: `never` where it is set, else this obstacle.

        A directory that handles the person in Okta's place comes before both.
        """
        return self.never if self.never is not None and self.cause is not Cause.DIRECTORY else self

    @property
    def for_nobody(self) -> bool:
        """Whether nobody could do the action, so that steps by hand do not help either."""
        return self.foremost.cause in UNFIT


class Target(Struct, frozen=True):
    """What an action is aimed at beside the person, as it was just read.

    Attributes:
        kind: The kind: factor, group, app, device, or all factors.
        id: Okta's id; empty for `TargetKind.FACTORS`.
        name: The name that people know, untrusted: `Okta Verify on Ann's phone`, `VPN Users`.
        holds: Whether the person has the factor or app, is in the group, or can use the device now; `None` where that
            cannot be read.
        notes: What the agent should know before, one sentence each; harmless text.
        tags: Properties that an option can require, such as `phone` for a phone number.
        obstacle: Why the action is not possible for this target; `None` where it is possible.
        fills: Further values of the call's body, by their names in it; `None` for none.
    """

    kind: TargetKind
    id: str
    name: str
    holds: bool | None = None
    notes: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    obstacle: Obstacle | None = None
    fills: Mapping[str, int] | None = None


class ActionOption(Struct, frozen=True):
    """A choice that goes with an action: a parameter of its call, or one more call.

    Attributes:
        id: A stable name, also the flag on the command line.
        title: The label of the choice.
        effect: What the choice does to the person; follows the action's own effect.
        query: The parameter of the action's call that says whether the option is chosen, `true` or `false`; or empty.
        endpoint: The further call for the same person that the option adds; `None` for none.
        with_query: The parameters of that further call.
        instead: The action that is done in the place of this one's own call; `None` for none.
        tag: The tag that a target must have for the option to be offered; empty for none.
        on: Whether the option is chosen to begin with.
    """

    id: str
    title: str
    effect: str
    query: str = ""
    endpoint: Endpoint | None = None
    with_query: Mapping[str, str] | None = None
    instead: Action | None = None
    tag: str = ""
    on: bool = False


class Reveals(Struct, frozen=True):
    """A secret that Okta's answer holds once, for the agent to hand over to the person.

    Attributes:
        key: The secret's name in the answer's JSON; a dot leads into a part of it.
        title: The secret's name for people.
        handing: A sentence on how to hand it over.
        withdrawn_by: The id of the action that makes it useless again; empty for none.
    """

    key: str
    title: str
    handing: str
    withdrawn_by: str = ""


class Action(Struct, frozen=True):
    """One thing that an agent may do to a person. Data only: everything on screen and on the wire derives from it.

    Attributes:
        id: A stable name, also the subcommand.
        title: The verb as a label.
        key: The key on the person's card; empty for actions that start elsewhere (software).
        capability: The capability that an admin must have switched on.
        endpoint: The endpoint that the action calls.
        states: The user statuses in which Okta allows it.
        sentence: What will happen, with `{name}` and the names of the targets (`{group}`).
        effect: What the action means for the person.
        danger: The level of danger, which decides how the agent confirms.
        roles: Standard admin roles each of which allows it, the least powerful first.
        permissions: The custom-role permissions that together allow it.
        steps: How an admin does it by hand in the Admin Console, with `{name}`, `{login}`, `{link}` and the targets.
        query: The parameters of the call.
        body: The JSON body of the call; texts may hold `{id}`, the kinds of the targets, and what a target fills in.
        aims: The kinds of target beside the person, in order.
        options: The choices that go with it.
        reveals: The secret that Okta's answer holds once.
        mails: Whether Okta mails something to the person.
        also_blocked: Whether it is also for a person who is active by status, but whom Okta blocks by device.
        of_password: Whether it is about the password, so that a directory which owns the password matters.
        refused: By credential provider, a sentence on why keydesk does not do it for people of that provider.
        directory_note: What the agent should know where a directory owns the person's password.
        reaches_directory: Whether the password policy decides if it also acts on the account in Active Directory.
        portal: The connector's portal that agents use instead: `password_reset`, `unlock`, or empty.
        after: What the person has to do next; empty for nothing.
        several: Whether it may be done to several people at once.
        worked_when: The user statuses that show that the action worked.
        wants: Whether the person has the targets afterwards; `None` where only the status shows that it worked.
        extra: Whether it takes a more powerful role than the rest of its capability; set-up does not ask for that role.
        event: The System Log's event type of it, to settle an unknown outcome; empty where Okta names none.
        found_by: The read that finds what it is aimed at; who may not do that may not do the action. `None` for none.
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
    permissions: tuple[str, ...]
    steps: tuple[str, ...]
    query: Mapping[str, str] | None = None
    body: Mapping[str, object] | None = None
    aims: tuple[TargetKind, ...] = ()
    options: tuple[ActionOption, ...] = ()
    reveals: Reveals | None = None
    mails: bool = False
    also_blocked: bool = False
    of_password: bool = False
    refused: Mapping[str, str] | None = None
    directory_note: str = ""
    reaches_directory: bool = False
    portal: str = ""
    after: str = ""
    several: bool = False
    worked_when: frozenset[str] = frozenset()
    wants: bool | None = None
    extra: bool = False
    event: str = ""
    found_by: Endpoint | None = None

    @property
    def chosen(self) -> tuple[TargetKind, ...]:
        """The kinds of target that the agent has to choose."""
        return tuple(kind for kind in self.aims if kind not in _LOOKED_UP)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every endpoint that a plan of this action can call, the action's own first."""
        others = [option.instead.endpoint for option in self.options if option.instead]
        further = (option.endpoint for option in self.options if option.endpoint)
        return tuple(dict.fromkeys((self.endpoint, *others, *further)))

    def needs_policy(self, person: Person) -> bool:
        """Whether a note on this action for this person still lacks their password policy."""
        of_ad = person.user.provider_type == "ACTIVE_DIRECTORY"
        return self.reaches_directory and of_ad and person.policy.pending

    def note_on_directory(self, person: Person) -> str:
        """Return what to know where a directory owns the person's password; harmless, empty where none does."""
        if not self.directory_note or person.user.provider_type not in DIRECTORIES:
            return ""
        if not self.reaches_directory:
            return self.directory_note
        from tui.desk.people.password_policies import directory_unlock_words  # noqa: PLC0415 - for a directory only

        part, policy = person.policy, next(iter(person.policy.value or ()), None)
        unread = part.trouble.title if part.trouble else "" if part.pending else "no password policy is for them"
        if person.user.provider_type != "ACTIVE_DIRECTORY":
            policy, unread = None, "Okta documents it for Active Directory alone"
        return f"{self.directory_note} {directory_unlock_words(policy, unread)}"

    def offers(self, targets: Collection[Target] = ()) -> tuple[ActionOption, ...]:
        """Return the options whose tag these targets have, and those without a tag."""
        tags = frozenset().union(*(target.tags for target in targets))
        return tuple(option for option in self.options if not option.tag or option.tag in tags)

    def plan(self, person: Person, targets: tuple[Target, ...] = (), options: Collection[str] | None = None) -> Plan:
        """Return the plan of this action for one person; nothing is sent.

        Args:
            person: The person.
            targets: One target for each of `aims`, in that order.
            options: The ids of the chosen options; `None` for those that are chosen to begin with.

        Raises:
            ValueError: The action has other kinds of target, or does not offer an option.
        """
        if tuple(target.kind for target in targets) != self.aims:
            raise ValueError(f"{self.id} is aimed at {[kind.value for kind in self.aims]}")
        offered = self.offers(targets)
        chosen = frozenset(option.id for option in offered if option.on) if options is None else frozenset(options)
        if unknown := chosen - {option.id for option in offered}:
            raise ValueError(f"{self.id} has no option {sorted(unknown)}")
        other = next((option.instead for option in offered if option.instead and option.id in chosen), None)
        calls = self._calls(person, targets, chosen)
        if other is None:
            return Plan(self, person, calls, targets, chosen)
        calls = (*other.plan(person, options=()).calls, *calls[1:])
        return Plan(self._with_call_of(other), person, calls, targets, chosen)

    def _with_call_of(self, other: Action) -> Action:
        """Return this action with another one's call, and with all that is said of it and decides about it.

        What it means for the person is said by the option that chose it.
        """
        return replace(
            self,
            effect="",
            **{name: getattr(other, name) for name in ("endpoint", "states", "worked_when", "event", "capability")},
            **{name: getattr(other, name) for name in ("of_password", "refused", "directory_note", "roles")},
            **{name: getattr(other, name) for name in ("permissions", "steps", "after")},
        )

    def _calls(self, person: Person, targets: tuple[Target, ...], chosen: frozenset[str]) -> tuple[Call, ...]:
        user = {"id": person.user.id}
        values = user | {target.kind.value: target.id for target in targets if target.id}
        body = b""
        if self.body is not None:
            filling: dict[str, str | int] = {**values}
            for target in targets:
                filling |= target.fills or {}
            body = json.dumps(_filled(self.body, filling), separators=(",", ":")).encode()
        query = dict(self.query or {})
        query |= {o.query: str(o.id in chosen).lower() for o in self.offers(targets) if o.query}
        names = {name: value for name, value in values.items() if f"{{{name}}}" in self.endpoint.template}
        calls = [self.endpoint.call(names, query, body=body)]
        calls += [o.endpoint.call(user, o.with_query) for o in self.options if o.endpoint and o.id in chosen]
        return tuple(calls)


def _filled(part: object, values: Mapping[str, str | int]) -> object:
    """Return a part of a body with its names filled in.

    A text that is one name alone becomes the value as it is; where nothing fills it, it is left out of the body.
    """
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items() if _alone(value) in {"", *values}}
    if not isinstance(part, str):
        return part
    return values[_alone(part)] if _alone(part) else part.format(**values)


def _alone(part: object) -> str:
    """Return the name that a text of a body is alone; empty for any other part."""
    return part[1:-1] if isinstance(part, str) and part.startswith("{") and part.endswith("}") else ""


class Plan(Struct, frozen=True):
    """An action aimed at one person: what is shown, confirmed, recorded and sent.

    Attributes:
        action: The action.
        person: The person as the agent saw them.
        calls: Exactly the calls that will be sent, in order.
        targets: The targets beside the person.
        options: The ids of the chosen options.
    """

    action: Action
    person: Person
    calls: tuple[Call, ...]
    targets: tuple[Target, ...] = ()
    options: frozenset[str] = frozenset()

    @property
    def names(self) -> dict[str, str]:
        """What fills `{name}`, `{login}` and the targets' names in a text; harmless."""
        user = self.person.user
        names = {"name": plain(user.name), "login": plain(user.login)}
        return names | {target.kind.value: plain(target.name) for target in self.targets}

    @property
    def sentence(self) -> str:
        """What will happen, in one sentence."""
        return self.action.sentence.format(**self.names)

    @property
    def effect(self) -> str:
        """What the action and the chosen options mean for the person."""
        chosen = [option.effect for option in self.action.options if option.id in self.options]
        return " ".join(filter(None, (self.action.effect.format(**self.names), *chosen)))

    @property
    def aimed_at(self) -> str:
        """The targets as text for the ledger: `group VPN Users (00g…)`; empty without."""
        return "; ".join(f"{t.kind.value} {t.name} ({t.id})" for t in self.targets if t.id)
