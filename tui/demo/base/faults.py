"""Faults on request: what can go wrong on the way to a real org, switched on for some calls or until cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class FaultKind(NamedTuple):
    """A sort of fault: what it does, and what its value means when it takes one."""

    about: str
    value: float = 0.0
    value_means: str = ""
    match: str = ""


KINDS: dict[str, FaultKind] = {
    "429": FaultKind("E0000047 with remaining 0; the call does nothing", 48.0, "seconds until the reset"),
    "429-concurrency": FaultKind("E0000047 with limit 0 and remaining 0; the call does nothing"),
    "401": FaultKind("E0000011, as for a revoked token"),
    "401-feature": FaultKind("E0000015, as for a feature that the org lacks", match="/blocks"),
    "403-role": FaultKind("E0000006, as for a missing role"),
    "500": FaultKind("E0000009; the call does nothing"),
    "503": FaultKind("E0000010; the call does nothing"),
    "504": FaultKind("E0000067; a write has taken effect all the same"),
    "lost-cursor": FaultKind("E0000029 for a page that has a cursor", match="/logs"),
    "no-next": FaultKind("the answer comes without its next link", match="/logs"),
    "slow": FaultKind("the answer takes longer", 2.0, "seconds"),
    "cut": FaultKind("the connection closes without an answer, after a write has taken effect"),
    "cut-before": FaultKind("the connection closes without an answer, before a write takes effect"),
    "truncated": FaultKind("the full content-length is promised, half of the body comes, the connection closes"),
    "wrong-json": FaultKind("200 with valid JSON of an unexpected shape"),
    "not-json": FaultKind("200 with a body that is not JSON, called application/json"),
    "html": FaultKind("200 with a web page, as from a proxy's sign-in"),
    "wrong-clock": FaultKind("the date header is off", -19_800.0, "seconds"),
    "search-lag": FaultKind("the search index lags one second behind every change"),
}
# These hold for as long as they are set, whatever the number of calls.
_STANDING = frozenset({"search-lag"})


@dataclass(slots=True)
class Fault:
    """One fault that is switched on; ``times`` counts down, -1 stays until cleared."""

    fault: str
    times: int = 1
    match: str = ""
    method: str = ""
    value: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Return whether the fault applies to a call."""
        return self.times != 0 and self.match in path and self.method in {"", method}


def make_fault(
    name: str,
    times: int | None = None,
    match: str | None = None,
    method: str | None = None,
    value: float | None = None,
) -> Fault:
    """Return a fault, with the defaults of its kind.

    Raises:
        ValueError: The name is unknown.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"unknown fault {name!r}; known: {', '.join(KINDS)}")
    return Fault(
        name,
        (-1 if name in _STANDING else 1) if times is None else times,
        kind.match if match is None else match,
        (method or "").upper(),
        kind.value if value is None else value,
    )


def parse_fault(spec: str) -> Fault:
    """Return the fault that ``NAME[:key=value,…]`` describes, keys times, match, method and value.

    Raises:
        ValueError: The name, a key or a number is wrong.
    """
    name, _, rest = spec.partition(":")
    known = {"times", "match", "method", "value"}
    settings = dict(item.split("=", 1) for item in rest.split(",") if "=" in item)
    bad = [
        item for item in rest.split(",") if (item and item.split("=", 1)[0] not in known) or ("=" not in item and item)
    ]
    if bad:
        raise ValueError(
            f"bad part {bad[0]!r} in fault {spec!r}; write NAME:times=2,match=/lifecycle/,method=POST,value=3"
        )
    return make_fault(
        name,
        int(settings["times"]) if "times" in settings else None,
        settings.get("match"),
        settings.get("method"),
        float(settings["value"]) if "value" in settings else None,
    )


class Faults:
    """The faults that are on, in the order in which they were set."""

    def __init__(self) -> None:
        self.on: list[Fault] = []

    def set(self, fault: Fault) -> None:
        """Switch a fault on."""
        self.on.append(fault)

    def clear(self) -> None:
        """Switch everything off."""
        self.on.clear()

    def standing(self, name: str) -> bool:
        """Return whether a fault that has no calls to count is on."""
        return any(fault.fault == name for fault in self.on)

    def take(self, method: str, path: str) -> list[Fault]:
        """Return the faults that apply to a call, and count them down."""
        taken = [fault for fault in self.on if fault.fault not in _STANDING and fault.fits(method, path)]
        for fault in taken:
            if fault.times > 0:
                fault.times -= 1
        self.on = [fault for fault in self.on if fault.times != 0]
        return taken
