"""What the tests of the actions share: whom each action is possible for, what to type, and a terminal to print on."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, NamedTuple

from tests.desk.support import choose, someone_for
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Danger

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tui.demo.org import Org

ANN = "ann.lee@acme.example"
BOB = "bob.martin@acme.example"
ERIK = "erik.larsen@acme.example"
HENRY = "henry.stone@acme.example"
REVEALING = tuple(action.id for action in ACTIONS.values() if action.reveals)
DESTRUCTIVE = tuple(action.id for action in ACTIONS.values() if action.danger is Danger.DESTRUCTIVE)
REASONED = tuple(action.id for action in ACTIONS.values() if action.danger > Danger.ROUTINE)


class Typed(NamedTuple):
    """What to type for an action that is possible."""

    action: str
    login: str
    aims: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return [self.action, self.login, *self.aims]


def possible(org: Org, action: str) -> Typed:
    """An action with somebody for whom it is possible, and something to aim it at."""
    person = org.people.find(someone_for(org, action))
    assert person
    aims = [text for kind, key in choose(org, action, person.id).items() for text in (f"--{kind.value}", key)]
    return Typed(action, person.login, tuple(aims))


def aimed(org: Org, action: str, name: str) -> tuple[str, ...]:
    """What to type to aim an action at something, whether or not it is possible for that person."""
    person = org.people.named(name)
    return tuple(text for kind, key in choose(org, action, person.id).items() for text in (f"--{kind.value}", key))


def sure(action: str) -> list[str]:
    """How to confirm an action without being asked, where that can be; with a reason where one is needed."""
    yes = [] if action in DESTRUCTIVE else ["--yes"]
    return [*yes, *(["--reason", "called"] if action in REASONED else []), *secretly(action)]


def secretly(action: str) -> list[str]:
    return ["--print-secret"] if action in REVEALING else []


class Screen(io.StringIO):
    """Standard output at a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def at_a_terminal(shell: Shell, answer: str = "") -> Screen:
    """Sit at a terminal: questions are answered with this, and what is printed is seen there."""
    shell.answers(answer)
    screen = Screen()
    shell.patch.setattr(sys, "stdout", screen)
    return screen
