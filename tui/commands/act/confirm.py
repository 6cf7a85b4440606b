"""The ceremony at a terminal: who, what, exactly which calls, and the answer that the danger asks for."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from tui.commands.act.arguments import Unconfirmed
from tui.commands.act.output import whole
from tui.commands.output import aside, shown
from tui.desk.actions.grammar import Danger

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Plan
    from tui.desk.session import Session


def confirm(session: Session, plan: Plan) -> None:
    """Show what will be sent and ask.

    Raises:
        Unconfirmed: Not a terminal, or not a yes.
    """
    destructive = plan.action.danger >= Danger.DESTRUCTIVE
    if not sys.stdin.isatty():
        advice = "It is confirmed at a terminal only, by typing the login." if destructive else ""
        raise Unconfirmed(advice=advice or "Add --yes to confirm without a terminal.")
    for text in whole(session, plan):
        aside(text)
    if not destructive:
        said_yes(ask("Go on? [y/N] "))
    elif ask("Type the login to go on: ").strip().casefold() != plan.person.user.login.casefold():
        raise Unconfirmed


def said_yes(answer: str) -> None:
    """Take a yes.

    Raises:
        Unconfirmed: It is none.
    """
    if answer.strip().lower() not in {"y", "yes"}:
        raise Unconfirmed


def ask(question: str) -> str:
    """One line from the terminal. asyncio takes the first Ctrl+C to itself, which would leave the question standing."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stderr.write(shown(question, sys.stderr))
        sys.stderr.flush()
        return sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)
