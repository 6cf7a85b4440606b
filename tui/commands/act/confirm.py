"""The confirmation at a terminal: it shows the plan and asks for the answer that its danger requires."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from tui.commands.act.arguments import Unconfirmed
from tui.commands.act.output import caution_lines, plan_lines
from tui.commands.output import encodable, print_to_stderr
from tui.desk.actions.grammar import Danger
from tui.desk.perform.confirmation import is_typed, typed_words

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Plan
    from tui.desk.session import Session
    from tui.desk.why.caution import Caution


def confirm(session: Session, plan: Plan, found: Caution, *, typed: bool = False) -> None:
    """Show what will be sent, and ask the agent to confirm it; where it may be an attack, by typing whom.

    Args:
        session: The session of the org.
        plan: The plan.
        found: Whether it may be an attack.
        typed: Whether the desk's rules want that the agent types whom it is about.

    Raises:
        Unconfirmed: There is no terminal, or the answer is no.
    """
    destructive = typed or plan.action.danger >= Danger.DESTRUCTIVE
    if not sys.stdin.isatty():
        advice = "It is confirmed at a terminal only, by typing whom it is for." if destructive else ""
        raise Unconfirmed(advice=advice or "Add --yes to confirm without a terminal.")
    for text in plan_lines(session, plan):
        print_to_stderr(text)
    for text in caution_lines(found):  # last, where the eye is
        print_to_stderr(text)
    if not destructive and not found.attack:
        _require_yes(ask("Go on? [y/N] "))
    elif not is_typed(plan.person.user, ask(f"{typed_words(plan.person.user)}: ")):
        raise Unconfirmed


def refuse_unseen() -> None:
    """Refuse `--yes` where the desk's rules want that the agent types whom it is about.

    Raises:
        Unconfirmed: Always.
    """
    raise Unconfirmed(advice="The desk's rules want it confirmed at a terminal, by typing whom it is for.")


def confirm_attack(found: Caution, number: int) -> None:
    """Check that whoever confirmed with `--yes` knows of an attack; where nobody looked, say so.

    Args:
        found: Whether it may be an attack.
        number: How many people under attack `--attacked` names.

    Raises:
        Unconfirmed: It may be an attack, and `--attacked 1` was not given.
    """
    if found.attack and number != 1:
        raise Unconfirmed(
            f"It may be an attack: {found.attack}; nothing was sent",
            advice=f"{found.step} If it is right all the same, add --attacked 1 and --reason TEXT.",
        )
    for text in caution_lines(found):
        print_to_stderr(text)


def _require_yes(answer: str) -> None:
    """Return for a yes.

    Raises:
        Unconfirmed: The answer is any other.
    """
    if answer.strip().lower() not in {"y", "yes"}:
        raise Unconfirmed


def ask(question: str) -> str:
    """Print a question and read one line from the terminal.

    Python's own handler of Ctrl+C is set meanwhile, since asyncio's would not interrupt the reading.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stderr.write(encodable(question, sys.stderr))
        sys.stderr.flush()
        return sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)
