"""The grammar of what an agent may do: actions as data, what they are aimed at, what obstructs them, and plans."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.people.person import Person
    from tui.okta.calls import Call
    from tui.okta.endpoints import Endpoint
    from tui.okta.policy import Capability


class Danger(IntEnum):
    """What confirming an action asks of the agent, in rising order."""

    ROUTINE = 1
    """Enter."""
    DISRUPTIVE = 2
    """A reason."""
    DESTRUCTIVE = 3
    """Typing the person's login."""


class TargetKind(StrEnum):
    """What an action can be aimed at beside a person; the value is the name in an endpoint's template."""

    FACTOR = "factor"
    GROUP = "group"
    APP = "app"
    FACTORS = "factors"
    """All of a person's factors; nothing to choose."""


class Cause(StrEnum):
    """Why an action is not possible."""

    DIRECTORY = "elsewhere"
    PROVIDER = "other identity provider"
    MODE = "read-only"
    CAPABILITY = "switched off"
    PERMISSION = "not permitted"
    LEDGER = "not recordable"
    CHANGING = "changing"
    STATE = "wrong state"
    TARGET = "wrong target"


UNFIT: Final = frozenset({Cause.CHANGING, Cause.STATE, Cause.TARGET, Cause.PROVIDER})
"""Causes that lie in the person or the target: nobody could do it, with whatever rights."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of an action, in words for the agent.

    Attributes:
        cause: The kind, which decides what is offered instead.
        reason: Short, for beside a grey key: `not locked`.
        advice: A sentence on what to do instead.
        why: Why keydesk does not do it for this very person; harmless. `obstacle` fills it, as the two below.
        allows: What would let keydesk do it: the very scope, role or switch; harmless.
        never: Where keydesk lacks something: why nobody could do it at all; `None` where somebody else could.
    """

    cause: Cause
    reason: str
    advice: str = ""
    why: str = ""
    allows: str = ""
    never: Obstacle | None = None

    @property
    def foremost(self) -> Obstacle:
        """What to tell first: why nobody could do it comes before what keydesk lacks.

        Only a directory that does it in Okta's place comes before both.
        """
        return self.never if self.never is not None and self.cause is not Cause.DIRECTORY else self

    @property
    def for_nobody(self) -> bool:
        """Whether nobody could do it, so that steps by hand are of no use either."""
        return self.foremost.cause in UNFIT


@dataclass(frozen=True, slots=True)
class Target:
    """What an action is aimed at beside the person, as it was just read.

    Attributes:
        kind: Factor, group, app.
        id: Okta's id; empty for `Kind.FACTORS`.
        name: As people know it, untrusted: `Okta Verify on Ann's phone`, `VPN Users`.
        holds: Whether the person has it, is in it, is assigned to it now; `None` where that cannot be read.
        notes: What to know before, one sentence each; harmless text.
        tags: Words that an option asks for, such as `phone` for a number.
        obstacle: Why this action is not possible for it; `None` when it is.
    """

    kind: TargetKind
    id: str
    name: str
    holds: bool | None = None
    notes: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class ActionOption:
    """A choice that goes with an action: a parameter of its call, or one more call.

    Attributes:
        id: Stable name, also the flag on the command line.
        title: What is chosen, as a label.
        effect: What it does to the person, added to the action's when chosen.
        query: The parameter that it sets to `true`, and to `false` when it is not chosen; empty for none.
        endpoint: The further call that it adds, aimed at the same person; `None` for none.
        with_query: The parameters of that call.
        tag: Offered only where the target has this tag; empty: always.
        on: Whether it is chosen to begin with.
    """

    id: str
    title: str
    effect: str
    query: str = ""
    endpoint: Endpoint | None = None
    with_query: Mapping[str, str] | None = None
    tag: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class Reveals:
    """What an answer gives away once, for the agent to hand over.

    Attributes:
        key: Its name in the answer's JSON.
        title: Its name for people.
        handing: How to hand it over, a sentence.
    """

    key: str
    title: str
    handing: str


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that an agent may do to a person. Data only: everything on screen and on the wire derives from it.

    Attributes:
        id: Stable name, also the subcommand.
        title: The verb as a label.
        key: The key on the card; empty where it is chosen elsewhere (software).
        capability: What an admin must have switched on.
        endpoint: The call it makes.
        states: User states in which Okta allows it.
        sentence: What will happen, with `{name}` and the names of the targets (`{group}`).
        effect: What it means for the person.
        danger: What confirming it asks for.
        roles: Standard admin roles that allow it, the smallest first.
        permissions: The custom-role permissions that together allow it.
        steps: How an admin does it by hand in the Admin Console, with `{name}`, `{login}`, `{link}` and the targets.
        query: Parameters of its call.
        body: The JSON body of its call; values may hold `{id}` and the kinds of the targets.
        aims: What it is aimed at beside the person, in order.
        options: What can be chosen with it.
        reveals: What its answer gives away once.
        mails: Whether Okta mails something to the person.
        also_blocked: Also for a person whose status lets them sign in, but whom Okta blocks by device.
        of_password: Whether it is about the password, so that a directory which owns it has a say.
        refused: For a credential provider, why keydesk does not do it, a sentence.
        directory_note: What to know when a directory owns the person's password.
        portal: Which of the connector's portals does it instead: `password_reset`, `unlock`, or empty.
        after: What the person has to do next; empty for nothing.
        several: Whether it may be done to several people at once.
        worked_when: States that show the action to have worked.
        wants: Whether the targets hold for the person afterwards; `None` where only the state tells.
        extra: It takes a more powerful role than the rest of its capability, which set-up does not ask for.
        event: The System Log's event of it, for settling an unknown outcome.
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
    body: Mapping[str, str] | None = None
    aims: tuple[TargetKind, ...] = ()
    options: tuple[ActionOption, ...] = ()
    reveals: Reveals | None = None
    mails: bool = False
    also_blocked: bool = False
    of_password: bool = False
    refused: Mapping[str, str] | None = None
    directory_note: str = ""
    portal: str = ""
    after: str = ""
    several: bool = False
    worked_when: frozenset[str] = frozenset()
    wants: bool | None = None
    extra: bool = False
    event: str = ""

    @property
    def chosen(self) -> tuple[TargetKind, ...]:
        """The kinds of targets that somebody has to choose."""
        return tuple(kind for kind in self.aims if kind is not TargetKind.FACTORS)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every endpoint that a plan of it can call, its own first."""
        return (self.endpoint, *(option.endpoint for option in self.options if option.endpoint))

    def offers(self, targets: Collection[Target] = ()) -> tuple[ActionOption, ...]:
        """The options that make sense for these targets."""
        tags = frozenset().union(*(target.tags for target in targets))
        return tuple(option for option in self.options if not option.tag or option.tag in tags)

    def plan(self, person: Person, targets: tuple[Target, ...] = (), options: Collection[str] | None = None) -> Plan:
        """Aim the action at a person; nothing is sent.

        Args:
            person: Whom it is for.
            targets: One for each of `aims`, in that order.
            options: The ids of what was chosen with it; `None` for what is chosen to begin with.

        Raises:
            ValueError: Other targets or options than this action has.
        """
        if tuple(target.kind for target in targets) != self.aims:
            raise ValueError(f"{self.id} is aimed at {[kind.value for kind in self.aims]}")
        offered = self.offers(targets)
        chosen = frozenset(option.id for option in offered if option.on) if options is None else frozenset(options)
        if unknown := chosen - {option.id for option in offered}:
            raise ValueError(f"{self.id} has no option {sorted(unknown)}")
        return Plan(self, person, self._calls(person, targets, chosen), targets, chosen)

    def _calls(self, person: Person, targets: tuple[Target, ...], chosen: frozenset[str]) -> tuple[Call, ...]:
        whom = {"id": person.user.id}
        values = whom | {target.kind.value: target.id for target in targets if target.id}
        body = b""
        if self.body is not None:
            filled = {name: value.format(**values) for name, value in self.body.items()}
            body = json.dumps(filled, separators=(",", ":")).encode()
        query = dict(self.query or {})
        query |= {o.query: str(o.id in chosen).lower() for o in self.offers(targets) if o.query}
        names = {name: value for name, value in values.items() if f"{{{name}}}" in self.endpoint.template}
        calls = [self.endpoint.call(names, query, body=body)]
        calls += [o.endpoint.call(whom, o.with_query) for o in self.options if o.endpoint and o.id in chosen]
        return tuple(calls)


@dataclass(frozen=True, slots=True)
class Plan:
    """An action aimed at one person: what is shown, confirmed, recorded and sent.

    Attributes:
        action: The action.
        person: The person as the agent saw them.
        calls: Exactly the calls that will be sent, in order.
        targets: What it is aimed at beside the person.
        options: The ids of the options that were chosen.
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
        """What it means for the person, the chosen options included."""
        chosen = [option.effect for option in self.action.options if option.id in self.options]
        return " ".join(filter(None, (self.action.effect.format(**self.names), *chosen)))

    @property
    def aimed_at(self) -> str:
        """The targets as text for the ledger: `group VPN Users (00g…)`; empty without."""
        return "; ".join(f"{t.kind.value} {t.name} ({t.id})" for t in self.targets if t.id)
