"""The rules as a connector's file writes them, in words and numbers; what is wrong names its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, field
from msgspec.structs import asdict

from tui.desk.rules.rules import DEFAULT_RULES, BadRules, DeskRules, Protected, check_rules
from tui.desk.rules.strength import STRENGTH_NAMES, Attested, Measured  # noqa: TC001 - msgspec reads the annotations
from tui.desk.rules.tiers import Alarm, Tier  # noqa: TC001 - as above
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection

Proofs = Literal["push", "number", "code", "top"]
Unreadable = Literal["say", "raise", "refuse"]
_LONGEST: Final = 100
_MOST: Final = 500
_MOST_TEXT: Final = 100_000


class WrittenProtected(Struct, frozen=True):
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


class WrittenRules(Struct, frozen=True):
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


def rules_from(text: str, can: Collection[Measured] | None = None) -> DeskRules:
    """Return the rules that a text in TOML says: the keys of a connector's table of rules, at its top.

    Unlike in a connector's file, a key that keydesk does not know is refused. A newer version may mean a rule by it,
    and without it the rules would be weaker than they are meant.

    Args:
        text: The text; untrusted.
        can: What the connector can ask a caller for; `None` where that is not known.

    Raises:
        BadRules: The text is no rules, or one of them could never be met.
    """
    import tomllib  # noqa: PLC0415 - most commands read no rules from a text

    from tui.desk.files.toml_shape import Misfit, shape, suggestion, unknown_keys  # noqa: PLC0415 - as above

    if len(text) > _MOST_TEXT:
        raise BadRules(advice=f"They have {_MOST_TEXT} characters at most.")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # more digits or brackets than Python reads are no TOMLDecodeError
        place = re.search(r"line \d+, column \d+", str(error))
        raise BadRules(advice=f"This is not TOML{f': {place[0]}' if place else ''}.") from None
    try:
        written = shape(table, WrittenRules)
    except Misfit as misfit:
        raise BadRules(advice=f"{misfit.where} {misfit.problem}", field=".".join(misfit.keys)) from None
    for key, value in unknown_keys(table, written).items():
        inner = next(iter(value), "") if key == "protected" and isinstance(value, dict) else ""
        known = WrittenProtected if inner else WrittenRules
        hint = suggestion(inner or key, known.__struct_fields__)
        if key == "connectors":
            hint = "Write the keys alone, without the name of a connector above them."
        raise BadRules(advice=f"There is no rule {plain(inner or key, limit=40)}. {hint}", field=key)
    return check_rules(written.made(), can)


def as_written(rules: DeskRules) -> dict[str, Any]:
    """Return rules as a table of rules writes them, every key with its value; lists are in order."""
    table = {name: getattr(rules, name, None) for name in WrittenRules.__struct_fields__}
    table |= {"proof": rules.proof.name.lower(), "also_count": rules.weak, "protected": asdict(rules.protected)}
    table["tiers"] = {action: int(tier) for action, tier in sorted(rules.tiers.items())}
    return {key: sorted(map(str, value)) if isinstance(value, frozenset) else value for key, value in table.items()}


def differences(before: DeskRules, after: DeskRules) -> tuple[str, ...]:
    """Return what two sets of rules differ in, a harmless line for each key: `per_agent: 12, now 6`."""
    old, new = as_written(before), as_written(after)
    for inner in ("tiers", "protected"):
        for table in (old, new):
            table |= {f"{inner}.{key}": value for key, value in table.pop(inner).items()}
    return tuple(
        plain(f"{key}: {_value(old.get(key))}, now {_value(new.get(key))}", limit=1000)
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a rule has
    if value is None:
        return "as it comes"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
