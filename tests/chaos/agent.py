"""One agent of a run: random intents, outcomes, settlements and claims, each written down with what it was told.

Run by `tests.chaos.run` as a process of its own: `python -m tests.chaos.agent DSN ORIGIN AGENT SEED STEPS FILE`.
"""

from __future__ import annotations

import json
import random
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.entry import Outcome
from tui.desk.team.database import Database, Terms
from tui.desk.team.ledger import TeamLedger
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from tui.desk.ledger.entry import Intent

TERMS = Terms(connect=2.0, statement=5.0, lock=0.5, answer=1.0, patience=2.0, pause=0.05)
"""Short enough that each fault is met, and some are not outlasted."""
NOTICES = 12


class Told:
    """The file in which an agent writes down what it asked for, and then what it was told."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def ask(self, work: Callable[[], Any], **facts: Any) -> Any:  # noqa: ANN401 - whatever the ledger returns
        """Ask for something; both lines are on disk before anything else is done."""
        self._write(facts | {"told": "asked"})
        try:
            answer = work()
        except Trouble as trouble:
            self._write(facts | {"told": "trouble", "what": type(trouble).__name__})
            return None
        self._write(facts | {"told": "done", "answer": answer})
        return answer

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        sys.stdout.write(".")  # whoever runs the agents goes by how far they are
        sys.stdout.flush()


def act(ledger: TeamLedger, told: Told, seed: str, steps: int) -> None:
    """Take random steps; each has a name of its own, which begins with the agent's."""
    agent, mine = ledger.agent, list[int]()
    dice = random.Random(seed)  # noqa: S311 - a run is repeated by its seed
    for step in range(steps):
        name, kind = (
            f"{agent} {seed}.{step}",
            dice.choice(("intend", "intend", "outcome", "outcome", "settle", "claim")),
        )
        intent = replace(INTENT, org=ledger.origin, agent=agent, reason=name, person_id=f"00u{dice.randrange(40)}")
        if kind == "intend":
            seq = told.ask(partial(_intend, ledger, intent), kind=kind, name=name)
            mine += [seq] if seq else []
        elif kind == "outcome" and mine:
            seq, outcome = mine.pop(dice.randrange(len(mine))), dice.choice(list(Outcome))
            told.ask(partial(ledger.outcome, seq, outcome, detail=name), kind=kind, name=name, seq=seq)
        elif kind == "settle":
            try:
                entries = ledger.open_entries()
            except Trouble:
                continue
            if entries:
                seq = dice.choice(entries).seq  # anybody's
                told.ask(partial(ledger.settle, seq, name), kind=kind, name=name, seq=seq)
        elif kind == "claim":
            key = f"notice/{dice.randrange(NOTICES)}"
            notice = replace(intent, action="notice", calls=())
            told.ask(partial(ledger.claim, notice, key), kind=kind, name=name, key=key)


def _intend(ledger: TeamLedger, intent: Intent) -> int:
    return ledger.intend(intent).entry


def main() -> None:
    """Act as the command line says."""
    dsn, origin, agent, seed, steps, path = sys.argv[1:]
    ledger = TeamLedger(Database(StoreAddress(dsn), terms=TERMS), origin, agent, busy=0.3)
    with closing(ledger), Path(path).open("a", encoding="utf-8") as file:
        act(ledger, Told(file), seed, int(steps))


if __name__ == "__main__":
    main()
