"""The rules as a connector's file writes them, in words and numbers; what is wrong names its key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from tui.desk.rules.rules import DEFAULT_RULES, BadRules, DeskRules, Protected, check_rules
from tui.desk.rules.strength import STRENGTH_NAMES, Attested, Measured  # noqa: TC001 - msgspec reads the annotations
from tui.desk.rules.tiers import Alarm, Tier  # noqa: TC001 - as above
from tui.desk.text.plain import plain

Proofs = Literal["push", "number", "code", "top"]
Unreadable = Literal["say", "raise", "refuse"]
_LONGEST: Final = 100
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class WrittenProtected:
    """The table of who is protected, under `[connectors."NAME".rules.protected]`.

    Attributes:
        logins: Their logins; a `*` stands for any characters: `ceo@*`.
        groups: Names of groups in Okta.
        attribute: The name of an attribute of the profile; empty for none.
        values: The values of that attribute that protect.
    """

    logins: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attribute: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenRules:
    """The table `[connectors."NAME".rules]`; what is left out is as in `DEFAULT_RULES`.

    Attributes are those of `DeskRules`, with `also_count` for `weak`; `tiers` are numbers from 1 to 4 by action.
    """

    proof: Proofs = "number"
    attested: frozenset[Attested] = DEFAULT_RULES.attested
    attested_top: frozenset[Attested] = DEFAULT_RULES.attested_top
    also_count: frozenset[Literal["message", "question"]] = frozenset()
    proof_minutes: float = DEFAULT_RULES.proof_minutes
    reason_words: int = DEFAULT_RULES.reason_words
    same_reason: int = DEFAULT_RULES.same_reason
    cool_off_hours: float = DEFAULT_RULES.cool_off_hours
    changed_days: float = DEFAULT_RULES.changed_days
    per_agent: int = DEFAULT_RULES.per_agent
    per_desk: int = DEFAULT_RULES.per_desk
    log_unreadable: Unreadable = "raise"
    stop_on: frozenset[Alarm] = DEFAULT_RULES.stop_on
    place: str = ""
    tiers: dict[str, Literal[1, 2, 3, 4]] = field(default_factory=dict)
    protected: WrittenProtected = WrittenProtected()

    def made(self) -> DeskRules:
        """Return the rules.

        Raises:
            BadRules: A rule is none.
        """
        rules = DeskRules(
            tiers={action: Tier(tier) for action, tier in self.tiers.items()},
            proof=STRENGTH_NAMES[self.proof],
            attested=self.attested,
            attested_top=self.attested_top,
            weak=frozenset(Measured(kind) for kind in self.also_count),
            proof_minutes=self.proof_minutes,
            reason_words=self.reason_words,
            same_reason=self.same_reason,
            cool_off_hours=self.cool_off_hours,
            changed_days=self.changed_days,
            per_agent=self.per_agent,
            per_desk=self.per_desk,
            log_unreadable=self.log_unreadable,
            stop_on=self.stop_on,
            place=_place(self.place),
            protected=_protected(self.protected),
        )
        return check_rules(rules)


def _place(written: str) -> str:
    if len(written) > _LONGEST or plain(written) != written:
        raise BadRules(advice=f"place must be one line of {_LONGEST} characters at most.", field="place")
    return written.strip()


def _protected(written: WrittenProtected) -> Protected:
    for name in ("logins", "groups", "values"):
        texts = getattr(written, name)
        if len(texts) > _MOST or any(not text.strip() or len(text) > _LONGEST for text in texts):
            raise BadRules(
                advice=f"protected.{name} holds {_MOST} texts at most, each of 1 to {_LONGEST} characters.",
                field=f"protected.{name}",
            )
    if bool(written.attribute) is not bool(written.values):
        raise BadRules(advice="protected.attribute and protected.values go together.", field="protected.attribute")
    if written.attribute and not re.fullmatch(r"\w{1,64}", written.attribute):
        raise BadRules(advice="protected.attribute must be the name of an attribute.", field="protected.attribute")
    return Protected(written.logins, written.groups, written.attribute, written.values)


AS_THEY_COME: Final = WrittenRules()
"""The rules of a connector whose file says nothing of them."""
