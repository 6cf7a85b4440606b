"""Structure-aware mutation: JSON stays JSON, mostly, and its parts become others that a server might send."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from random import Random

MOST_CHANGES: Final = 4
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 7.5, 1e308, -1e-308, 2**63, -(2**63) - 1, 10**30, "", " ", "0", "null", "ACTIVE",
    "LOCKED_OUT", "x" * 5000, "\x1b[31m\x07\x00", "\u202egnp.exe", "a\u0301" * 200, "\ud800", "\U0001f468\u200d" * 50,
    "=cmd|' /C calc'!A0", "[bold red]x[/]", "{0} %s {name}", "../../etc/passwd", "https://evil.example/a?b#c",
    "2026-02-30T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2026-08-27T18:14:07.000Z",
    "2026-08-27T18:14:07.000+14:00", "not a date", [], {}, [[]], [None], [{}], {"": None}, {"id": None},
    [1, "a", None, {}], {"a": {"b": {"c": {"d": []}}}},
)  # fmt: skip
_DEEP: Final = 300


def odd(dice: Random) -> Any:  # noqa: ANN401 - JSON
    """Return an odd value, as a copy: what is made of it later must not change the others."""
    return deepcopy(dice.choice(ODD))


def mutated(value: Any, dice: Random) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with one to four of its parts changed; the given value stays as it is."""
    value = json.loads(json.dumps(value))
    for _ in range(dice.randint(1, MOST_CHANGES)):
        value = _changed(value, dice)
    return value


def _changed(value: Any, dice: Random) -> Any:  # noqa: ANN401 - JSON
    """Go down to some part and change it there."""
    inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if _is_list(value) else []
    if inner and dice.random() < 0.85:
        key, part = dice.choice(inner)
        value[key] = _changed(part, dice)
        return value
    return _other(value, dice)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _other(value: Any, dice: Random) -> Any:  # noqa: ANN401 - JSON; one way out for each kind of change
    if isinstance(value, dict) and value:
        key = dice.choice(list(value))
        match dice.randrange(5):
            case 0:
                del value[key]
                return value
            case 1:
                value[dice.choice(list(value))] = json.loads(json.dumps(value[key]))  # a copy: no circle
                return value
            case 2:
                value[key] = [value[key]]
                return value
    if isinstance(value, list) and value:
        match dice.randrange(5):
            case 0:
                return [*value, *json.loads(json.dumps(value))]
            case 1:
                return value[: dice.randrange(len(value))]
            case 2:
                return [*value, odd(dice)]
            case 3:
                dice.shuffle(value)
                return value
    if isinstance(value, str) and value and dice.random() < 0.4:
        return dice.choice((value.lower(), value.upper(), value * 50, value[: len(value) // 2], f"{value}\n{value}"))
    return odd(dice)


def written(value: Any, dice: Random) -> bytes:  # noqa: ANN401 - JSON
    """Return JSON as bytes, now and then damaged, or not in the form that is usual."""
    text = json.dumps(value)
    match dice.randrange(40):
        case 0:
            return text.encode()[: dice.randrange(len(text) + 1)]
        case 1:
            return text.replace(":", ": NaN ", 1).encode()
        case 2:
            return text.encode("utf-16")
        case 3:
            return b"\xff\xfe" + text.encode()
        case 4:
            return b"[" * _DEEP + text.encode() + b"]" * _DEEP
        case 5:
            return b"<html><body>Sign in</body></html>"
        case 6:
            return b""
        case 7:
            return json.dumps({"errorCode": dice.choice(ODD), "errorSummary": dice.choice(ODD)}).encode()
    return text.encode()
