"""A wave is many people tried from one source; a provider whose customers mistype is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.desk.lockouts.casework import failure, good, method, tied, when
from tui.desk.lockouts.attempts import attempts_of
from tui.desk.lockouts.spray import sprays

if TYPE_CHECKING:
    from tui.desk.lockouts.attempts import Attempt
    from tui.okta.log_events import LogEvent

BOT: dict[str, Any] = {
    "agent": "python-requests/2.31.0", "system": None, "browser": "UNKNOWN", "city": None, "country": "Seychelles",
    "network": "bad host", "proxy": True,
}  # fmt: skip


def attempts(*events: LogEvent) -> list[Attempt]:
    return [attempt for event in events for attempt in attempts_of([event])]


def test_many_people_tried_from_one_address_are_a_wave_with_its_evidence() -> None:
    tried = attempts(*(failure(-600 + n, f"p{n}", ip="192.0.2.9", **BOT) for n in range(8)))
    (wave,) = sprays(tried, ["00up1", "00up2"], now=when(0))
    assert (wave.source, wave.network, len(wave.people), wave.locked) == ("192.0.2.9", False, 8, 2)
    assert (wave.first, wave.last, wave.attempts) == (when(-600), when(-593), 8)
    assert (wave.client, wave.place, wave.internal) == ("python-requests", "Seychelles", False)


def test_several_addresses_of_one_network_are_one_wave() -> None:
    tried = attempts(*(failure(-600 + n, f"p{n}", ip=f"192.0.2.{n % 3}", **BOT) for n in range(9)))
    (wave,) = sprays(tried, [], now=when(0))
    assert (wave.source, wave.network, len(wave.addresses)) == ("bad host", True, 3)


def test_customers_of_one_provider_who_mistype_are_no_wave() -> None:
    tried = attempts(*(failure(-600 + n, f"p{n}", ip=f"203.0.113.{n}", network="big provider") for n in range(30)))
    assert sprays(tried, ["00up1", "00up2", "00up3", "00up4"], now=when(0)) == ()


def test_one_persons_many_failures_are_no_wave() -> None:
    tried = attempts(*(failure(-600 + n, "ann", ip="192.0.2.9", **BOT) for n in range(40)))
    assert sprays(tried, ["00uann"], now=when(0)) == ()


def test_an_office_behind_one_address_is_told_as_internal() -> None:
    tried = attempts(
        *(failure(-600 + n, f"p{n}", ip="203.0.113.1") for n in range(9)),
        *(good(-300 + n, f"p{n}", ip="203.0.113.1") for n in range(4)),
    )
    assert [wave.internal for wave in sprays(tried, [], now=when(0))] == [True]


def test_a_right_password_here_and_there_makes_no_office_and_many_of_them_do() -> None:
    tried = attempts(*(failure(-600 + n, f"p{n}", ip="192.0.2.9", **BOT) for n in range(8)))
    hit = attempts(method(-500, "Password", "SUCCESS", who="hit", ip="192.0.2.9"))
    (wave,) = sprays([*tried, *hit], (), now=when(0))
    assert not wave.internal
    office = attempts(*(method(-9000 - n, "Password", "SUCCESS", who=f"q{n}", ip="192.0.2.9") for n in range(9)))
    (wave,) = sprays([*tried, *office], (), now=when(0))
    assert wave.internal


def test_who_fails_at_the_second_factor_is_no_part_of_a_wave() -> None:
    stuck = [
        attempt
        for n in range(9)
        for attempt in attempts_of(
            [
                tied(method(-600 + n, "Password", "SUCCESS", who=f"p{n}", ip="192.0.2.9"), f"t{n}", f"a{n}"),
                tied(method(-590 + n, "Okta Verify", "ABANDONED", who=f"p{n}", ip="192.0.2.9"), f"u{n}", f"a{n}"),
            ]
        )
    ]
    assert len(stuck) == 9
    assert sprays(stuck, (), now=when(0)) == ()


def test_good_sign_ins_of_the_day_make_an_office() -> None:
    tried = attempts(*(failure(-600 + n, f"p{n}", ip="192.0.2.9") for n in range(8)))
    good_ones = attempts(*(good(-20_000 - n, f"q{n}", ip="192.0.2.9") for n in range(2)))
    (wave,) = sprays([*tried, *good_ones], (), now=when(0))
    assert wave.internal


def test_a_radius_server_shows_its_own_address_for_everybody_behind_it() -> None:
    radius: dict[str, Any] = {"agent": "Okta RADIUS Server Agent/2.24.0", "system": None, "browser": "UNKNOWN"}
    tried = attempts(*(failure(-60 + number, f"p{number}", **radius) for number in range(8)))
    assert [wave.internal for wave in sprays(tried, [], now=when(0))] == [True]


def test_what_is_older_than_an_hour_counts_no_more() -> None:
    tried = attempts(*(failure(-3700 + n, f"p{n}", ip="192.0.2.9", **BOT) for n in range(9)))
    assert sprays(tried, [], now=when(0)) == ()
