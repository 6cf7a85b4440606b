"""Password sprays: many people failing from one address or network in a short time."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.client_software import Via

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt

WINDOW: Final = timedelta(hours=1)
HOME_WINDOW: Final = timedelta(hours=24)
"""Good sign-ins of so long tell an office: within one hour even an office can have none."""
PEOPLE: Final = 5
"""From so many people on, failures from one source are a wave …"""
TRIES: Final = 12
"""… if the median person was tried at most so often; more tries are those of the people's own software."""
LOCKED: Final = 3
"""From so many locked people on, failures from one source are a wave however often each person was tried."""
AT_HOME: Final = 2
"""From so many people with good sign-ins on, a source is an office, a gateway, or an internet provider."""
SHARE: Final = 0.5
"""There somebody always mistypes: only more failing people than this share of the others are a wave."""


class Spray(Struct, frozen=True):
    """One wave of attempts from one source.

    Attributes:
        source: The address, or the owner of the network; untrusted.
        network: Whether `source` is a network of several addresses.
        people: The ids of the people who were tried, those tried most often first.
        locked: The number of them who were locked.
        attempts: The number of failed attempts.
        first: The time of the oldest attempt.
        last: The time of the newest attempt.
        client: The commonest software; untrusted.
        place: The commonest place; untrusted.
        internal: Whether the source has good sign-ins too (an office or a VPN gateway), or is a RADIUS server, whose
            address Okta sees for everybody behind it: the failures may have a common fault and be no attack.
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
    """Return the waves of the last hour, the largest first.

    Args:
        attempts: Everybody's attempts of `HOME_WINDOW`, in any order; of failures the last hour counts.
        locked: The ids of the people who were locked in the hour.
        now: The time.
    """
    recent = [attempt for attempt in attempts if attempt.user_id and (not attempt.failed or now - WINDOW <= attempt.at)]
    locked_ids = frozenset(locked)
    since = now - WINDOW
    by_address = _grouped(recent, lambda attempt: attempt.ip)
    by_network = _grouped(recent, lambda attempt: attempt.network)
    waves = [wave for ip, group in by_address.items() if (wave := _wave(ip, group, locked_ids, since, network=False))]
    for name, group in by_network.items():
        addresses = {attempt.ip for attempt in group if attempt.failed and attempt.ip}
        if len(addresses) > 1 and (wave := _wave(name, group, locked_ids, since, network=True)):
            waves = [smaller for smaller in waves if smaller.source not in addresses]
            waves.append(wave)
    return tuple(sorted(waves, key=lambda wave: (-len(wave.people), wave.source)))


def _grouped(attempts: Iterable[Attempt], key: Callable[[Attempt], str]) -> Mapping[str, list[Attempt]]:
    grouped: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if key(attempt):
            grouped[key(attempt)].append(attempt)
    return grouped


def _wave(
    source: str, attempts: list[Attempt], locked_ids: Collection[str], since: datetime, *, network: bool
) -> Spray | None:
    # Who has the right password and no factor tries no passwords.
    failed = [attempt for attempt in attempts if attempt.failed and not attempt.password_right]
    if network and 2 * sum(map(_is_strange, failed)) <= len(failed):
        return None  # a provider's customers fail each for themselves
    tries = Counter(attempt.user_id for attempt in failed)
    locked = sum(user_id in locked_ids for user_id in tries)
    good = {attempt.user_id for attempt in attempts if attempt.good}
    # A right password whose end the log does not show: one such hit is a sprayer's luck, many are an office.
    right = [attempt for attempt in attempts if not attempt.failed and attempt.user_id not in tries]
    home = len({attempt.user_id for attempt in right if attempt.at >= since})
    many = len(tries) >= max(PEOPLE, SHARE * home) and median(tries.values()) <= TRIES
    if not many and locked < max(LOCKED, SHARE * home / PEOPLE):
        return None
    times = sorted(attempt.at for attempt in failed)
    by_radius = 2 * sum(attempt.via is Via.RADIUS for attempt in failed) > len(failed)
    return Spray(
        source,
        network,
        people=tuple(user_id for user_id, _ in sorted(tries.items(), key=lambda pair: (-pair[1], pair[0]))),
        locked=locked,
        attempts=len(failed),
        first=times[0],
        last=times[-1],
        client=_commonest(attempt.client for attempt in failed),
        place=_commonest(attempt.place for attempt in failed),
        internal=len(good) >= AT_HOME or len({attempt.user_id for attempt in right}) > len(tries) or by_radius,
        addresses=tuple(sorted({attempt.ip for attempt in failed if attempt.ip})),
    )


def _is_strange(attempt: Attempt) -> bool:
    """Whether an attempt looks like nobody's own browser, mail client or VPN."""
    return attempt.proxy or attempt.threat or attempt.via in {Via.SCRIPT, Via.UNKNOWN}


def _commonest(texts: Iterable[str]) -> str:
    counted = Counter(text for text in texts if text)
    return counted.most_common(1)[0][0] if counted else ""
