"""Proofs of callers: each belongs to one person, one agent and one purpose, and which of its steps still count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.desk.rules.strength import PassedStep

NEW_FACTOR: Final = 24 * 3600.0
"""Seconds for which a factor is too new to prove anything: whoever took an account over enrolled one of their own."""


class CallerProof(Struct, frozen=True):
    """What proved that a caller is a person.

    Attributes:
        person: Okta's id of the person.
        agent: Who asked the caller, as the ledger names agents.
        purpose: The id of the action that it was asked for.
        steps: The steps that were passed.
        spent: Whether an action of the highest tier has used it.
        entries: The numbers of the ledger entries that hold the steps.
        pairs: Whether two numbers in a row count as more than one. They do not where a push to this person ended
            lately as nobody knows: it may have been a wrong number, and so one more blind try.
    """

    person: str
    agent: str
    purpose: str
    steps: tuple[PassedStep, ...]
    spent: bool = False
    entries: tuple[int, ...] = ()
    pairs: bool = True


class Asking(Struct, frozen=True):
    """For what a proof is looked at.

    Attributes:
        person: Okta's id of the person.
        agent: The agent.
        purpose: The id of the action.
        aimed_at: The ids of the factors that the action takes away or replaces.
        now: Okta's time, in seconds since 1970.
        lasts: For how many seconds a step counts.
    """

    person: str
    agent: str
    purpose: str
    aimed_at: frozenset[str]
    now: float
    lasts: float


def counting(proofs: Collection[CallerProof], asking: Asking) -> list[CallerProof]:
    """Return the proofs that count, each with the steps alone that do.

    A proof of another person, by another agent or for another purpose does not count, nor one that is spent. A step
    does not count once it is too old or while its time lies ahead (a clock was moved), nor where its factor is
    the one that is to be reset or was enrolled within a day of it. A factor whose enrolment is not known is not new.
    """
    found = []
    for proof in proofs:
        if proof.spent or (proof.person, proof.agent, proof.purpose) != (asking.person, asking.agent, asking.purpose):
            continue
        steps = tuple(step for step in proof.steps if _counts(step, asking))
        if steps:
            found.append(CallerProof(proof.person, proof.agent, proof.purpose, steps, pairs=proof.pairs))
    return found


def _counts(step: PassedStep, asking: Asking) -> bool:
    if not 0 <= asking.now - step.at < asking.lasts:
        return False
    if step.factor and step.factor in asking.aimed_at:
        return False
    return step.enrolled is None or step.at - step.enrolled >= NEW_FACTOR
