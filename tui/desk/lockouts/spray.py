"""Many people failing from one address or network in a short time: a password spray, and the evidence for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.attempts import Via

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt

WINDOW: Final = timedelta(hours=1)
PEOPLE: Final = 5
"""So many people from one source are a wave …"""
TRIES: Final = 12
"""… where the one in the middle was tried no more often than this; beyond that it is the people's own software."""
LOCKED: Final = 3
"""So many locked from one source are a wave however often each was tried."""
AT_HOME: Final = 2
"""So many people with good sign-ins from a source make it an office, a gateway, or an internet provider."""
SHARE: Final = 0.5
"""There, somebody always mistypes: only more failing people than this share of the others are a wave."""


@dataclass(frozen=True, slots=True)
class Spray:
    """One wave from one source.

    Attributes:
        source: The address, or the network's owner; untrusted.
        network: Whether `source` is a network of several addresses.
        people: The ids of those who were tried, those tried most often first.
        locked: How many of them were locked.
        attempts: How many attempts.
        first: When it began.
        last: The newest attempt.
        client: The software most often seen; untrusted.
        place: Where; untrusted.
        internal: Also good sign-ins come from there (an office or a VPN gateway), or it is a RADIUS server, whose
            address Okta sees for everybody behind it: it may be a common fault and no attack.
        addresses: All addresses, sorted; untrusted.
    """

    source: str
    network: bool
    people: tuple[str, ...]
    locked: int
    attempts: int
    first: datetime
    last: datetime
    client: str
    place: str
    internal: bool
    addresses: tuple[str, ...] = ()


def sprays(attempts: Iterable[Attempt], locked: Iterable[str], *, now: datetime) -> tuple[Spray, ...]:
    """The waves of the last hour, the largest first.

    Args:
        attempts: Everybody's, in any order.
        locked: The ids of people who were locked in that time.
        now: The time.
    """
    recent = [one for one in attempts if now - WINDOW <= one.at and one.user_id]
    shut = frozenset(locked)
    by_address = _gathered(recent, lambda one: one.ip)
    by_network = _gathered(recent, lambda one: one.network)
    found = [spray for ip, ones in by_address.items() if (spray := _wave(ip, ones, shut, network=False))]
    for name, ones in by_network.items():
        addresses = {one.ip for one in ones if one.failed and one.ip}
        if len(addresses) > 1 and (spray := _wave(name, ones, shut, network=True)):
            found = [one for one in found if one.source not in addresses]
            found.append(spray)
    return tuple(sorted(found, key=lambda one: (-len(one.people), one.source)))


def _gathered(attempts: Iterable[Attempt], key: Callable[[Attempt], str]) -> Mapping[str, list[Attempt]]:
    found: defaultdict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        if key(one):
            found[key(one)].append(one)
    return found


def _wave(source: str, ones: list[Attempt], shut: Collection[str], *, network: bool) -> Spray | None:
    failed = [one for one in ones if one.failed]
    if network and 2 * sum(map(_strange, failed)) <= len(failed):
        return None  # a provider's customers fail each for themselves
    tries = Counter(one.user_id for one in failed)
    locked = sum(user_id in shut for user_id in tries)
    good = {one.user_id for one in ones if not one.failed}
    home = len(good - tries.keys())
    many = len(tries) >= max(PEOPLE, SHARE * home) and median(tries.values()) <= TRIES
    if not many and locked < max(LOCKED, SHARE * home / PEOPLE):
        return None
    times = sorted(one.at for one in failed)
    return Spray(
        source,
        network,
        people=tuple(user_id for user_id, _ in sorted(tries.items(), key=lambda pair: (-pair[1], pair[0]))),
        locked=locked,
        attempts=len(failed),
        first=times[0],
        last=times[-1],
        client=_commonest(one.client for one in failed),
        place=_commonest(one.place for one in failed),
        internal=len(good) >= AT_HOME or 2 * sum(one.via is Via.RADIUS for one in failed) > len(failed),
        addresses=tuple(sorted({one.ip for one in failed if one.ip})),
    )


def _strange(one: Attempt) -> bool:
    """Whether an attempt looks like nobody's own browser, mail client or VPN."""
    return one.proxy or one.threat or one.via in {Via.SCRIPT, Via.UNKNOWN}


def _commonest(texts: Iterable[str]) -> str:
    counted = Counter(text for text in texts if text)
    return counted.most_common(1)[0][0] if counted else ""
