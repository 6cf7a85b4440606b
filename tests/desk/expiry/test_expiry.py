"""When a password expires, by which policy; and the scan of a whole org: pages, stops, restarts, rights, memory."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.lockouts.casework import policy, when
from tests.desk.support import fault
from tests.each import each
from tui.desk.expiry.expiry import WORDS, Age, expiry_of
from tui.desk.expiry.export import as_csv, as_json
from tui.desk.expiry.scan import expiry_scan
from tui.desk.expiry.store import load_scan, save_scan
from tui.desk.files.export import write_export
from tui.desk.people.password_policies import PasswordPolicies, settings_of
from tui.okta.clock import stamp
from tui.okta.entitlements import PasswordPolicy
from tui.okta.errors import OktaDown
from tui.okta.models import Provider, User, UserCredentials
from tui.trouble import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, Wire
    from tui.demo.org import Org
    from tui.desk.expiry.scan import ExpiryScan, ScanProgress

NOW = when(0)
MONTH = replace(policy(10), max_age=30, warn=5)


def someone(status: str = "ACTIVE", provider: str = "OKTA", age: float | None = 1.0, **profile: str) -> User:
    changed = None if age is None else stamp(NOW - timedelta(days=age))
    return User(
        id="00u1",
        status=status,
        password_changed=changed,
        profile={"login": "ann@example.com"} | profile,
        credentials=UserCredentials(provider=Provider(type=provider)),
    )


@each(
    ("user", "applied", "age"),
    [
        (someone(age=1), MONTH, Age.EXPIRES),
        (someone(age=29.9), MONTH, Age.EXPIRES),
        (someone(age=30.1), MONTH, Age.OVERDUE),
        (someone("LOCKED_OUT", age=30.1), MONTH, Age.OVERDUE),
        (someone("RECOVERY", age=1), MONTH, Age.EXPIRES),
        (someone("PASSWORD_EXPIRED", age=99), MONTH, Age.EXPIRED),
        (someone(age=999), policy(10), Age.NEVER),
        (someone(provider="IMPORT", age=1), MONTH, Age.EXPIRES),
        (someone(provider="ACTIVE_DIRECTORY", age=999), MONTH, Age.DIRECTORY),
        (someone(provider="LDAP", age=999), MONTH, Age.LDAP),
        (someone(provider="FEDERATION"), None, Age.OUTSIDE),
        (someone(provider="SOCIAL"), None, Age.OUTSIDE),
        (someone(age=None), MONTH, Age.NEVER_SET),
        (someone(age=1), None, Age.NO_POLICY),
        (someone("SUSPENDED", age=999), MONTH, Age.STATUS),
        (someone("STAGED", age=None), MONTH, Age.STATUS),
        (msgspec.structs.replace(someone(), password_changed=""), MONTH, Age.UNKNOWN),
        (
            msgspec.structs.replace(someone(age=None), credentials=UserCredentials(password={}, provider=None)),
            MONTH,
            Age.UNKNOWN,
        ),
        (msgspec.structs.replace(someone(age=None), credentials=None), MONTH, Age.UNKNOWN),
        (someone(age=1), replace(MONTH, max_age=None), Age.UNKNOWN),
    ],
)
def test_what_can_be_said_of_a_password(user: User, applied: Any, age: Age) -> None:  # noqa: ANN401 - Applied or none
    found = expiry_of(user, applied, NOW)
    assert (found.age, found.expires is not None) == (age, age in {Age.EXPIRES, Age.OVERDUE})


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(Age)


@given(st.integers(0, 10**9), st.floats(0, 5000))
@example(1, 1.0)  # at the very moment: neither a day left nor overdue
def test_any_age_gives_one_answer_and_the_right_days(most: int, age: float) -> None:
    found = expiry_of(someone(age=age), replace(MONTH, max_age=most), NOW)
    days = found.days(NOW)
    if most == 0:
        assert found.age is Age.NEVER
    elif days is not None:
        assert (days < 0) == (found.age is Age.OVERDUE)
        assert abs(days - (most - age)) <= 1.01


def made(name: str, priority: int, groups: list[str], provider: str = "OKTA", **more: Any) -> PasswordPolicy:  # noqa: ANN401
    conditions: dict[str, Any] = {"authProvider": {"provider": provider}}
    if groups:
        conditions["people"] = {"groups": {"include": groups}}
    settings = {"password": {"age": {"maxAgeDays": priority * 10}, "lockout": {}}}
    return PasswordPolicy(id=name, name=name, priority=priority, conditions=conditions, settings=settings, **more)


@each(
    ("age", "most"),
    [({"maxAgeDays": 0}, 0), ({"maxAgeDays": 90}, 90), ({}, None), ({"maxAgeDays": None}, None), (None, None)],
)
def test_a_policy_that_does_not_say_an_age_does_not_say_never(age: object, most: int | None) -> None:
    assert settings_of(PasswordPolicy(id="p", settings={"password": {"age": age}})).max_age == most


def chosen(user: User, groups: set[str], *policies: PasswordPolicy) -> str | None:
    applied = PasswordPolicies(tuple(sorted(policies, key=lambda one: one.priority or 0))).applies(user, groups)
    return applied.id if applied else None


A, B, OFF = made("a", 1, ["g1"]), made("b", 2, []), made("off", 0, ["g1"], status="INACTIVE")
AD, ANY = made("ad", 3, [], "ACTIVE_DIRECTORY"), made("any", 4, [], "ANY")


@pytest.mark.parametrize(
    ("provider", "groups", "expected"),
    [
        ("OKTA", {"g1"}, "a"),
        ("OKTA", {"g2"}, "b"),
        ("IMPORT", set(), "b"),
        ("ACTIVE_DIRECTORY", {"g1"}, "ad"),
        ("LDAP", set(), "any"),
        ("FEDERATION", {"g1"}, None),
    ],
)
def test_the_first_policy_for_their_provider_and_groups(provider: str, groups: set[str], expected: str | None) -> None:
    assert chosen(someone(provider=provider), groups, AD, B, ANY, A, OFF) == expected


@given(st.permutations([A, B, OFF, AD, ANY]), st.sets(st.sampled_from(["g1", "g2"])))
def test_the_order_in_which_policies_come_makes_no_difference(policies: list[PasswordPolicy], groups: set[str]) -> None:
    assert chosen(someone(), groups, *policies) == ("a" if "g1" in groups else "b")


# -- the scan


async def scanned(scan: ExpiryScan) -> list[ScanProgress]:
    told: list[ScanProgress] = []
    await scan.run(told.append)
    return told


async def test_everybody_is_counted_once_without_a_call_per_person(desk: Desk, org: Org, wire: Wire) -> None:
    scan = expiry_scan(desk.session(), 30)
    told = await scanned(scan)
    people = sum(person.status != "DEPROVISIONED" and not person.deleted for person in org.people.from_index())
    assert sum(scan.counts.values()) == people == told[-1].people
    assert told[-1].done
    assert len(wire.sent) <= 8
    assert {row.user.provider_type for row in scan.rows if row.age is Age.EXPIRES} <= {"OKTA", "IMPORT"}
    assert sum(count for _, count in scan.histogram) == sum(row.age is Age.EXPIRES for row in scan.rows)


async def test_each_is_listed_by_the_policy_of_their_own_groups(desk: Desk, org: Org) -> None:
    scan = expiry_scan(desk.session(), 3650)
    await scanned(scan)
    for row in scan.rows:
        if row.user.provider_type == "OKTA":
            person = next(one for one in org.people.from_index() if one.id == row.user.id)
            assert row.policy == org.policies.of(person).name


class Pausing(httpx.AsyncBaseTransport):
    """Lets others have their turn while a request is on its way, as a network does."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return await self.inner.handle_async_request(request)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.expiry.scan.PAGE", "30")


@pytest.mark.usefixtures("small_pages")
async def test_a_scan_that_is_stopped_at_each_page_goes_on_with_the_next(desk: Desk, wire: Wire) -> None:
    whole, scan = expiry_scan(desk.session(), 30), expiry_scan(desk.session(), 30)
    await scanned(whole)
    calls = len(wire.sent)
    stops = 0
    wire.inner = Pausing(wire.inner)
    while not scan.done:
        running = asyncio.ensure_future(scan.run(lambda _: None))
        read = scan.progress.people
        while scan.progress.people == read and not running.done():
            await asyncio.wait({running}, timeout=0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        stops += 1
    assert stops > 2
    assert len(wire.sent) - calls < calls + 3 * stops
    assert (scan.counts, scan.rows) == (whole.counts, whole.rows)


async def test_a_fault_keeps_the_place(desk: Desk, org: Org) -> None:
    scan = expiry_scan(desk.session(), 30)
    fault(org, "500", match="/api/v1/users", times=9)
    with pytest.raises(OktaDown):
        await scanned(scan)
    org.faults.clear()
    await scanned(scan)
    assert sum(scan.counts.values()) == scan.progress.people


async def test_a_place_is_taken_up_after_a_restart_and_not_when_it_is_old(desk: Desk, tmp_path: Path) -> None:
    session = replace(desk.session(), folder=tmp_path)
    whole, scan = expiry_scan(session, 30), expiry_scan(session, 30)
    await scanned(whole)
    scan.started = session.now()
    scan._url = f"{session.client.policy.origin}/api/v1/users?limit=200"
    save_scan(session, scan)
    assert (tmp_path / "expiry-scan.json").stat().st_mode & 0o777 == 0o600
    again = load_scan(session, 30)
    assert again is not None
    await scanned(again)
    assert (again.counts, again.rows) == (whole.counts, whole.rows)
    assert load_scan(session, 14) is None
    session.client.clock.local.now += 3601  # type: ignore[attr-defined]
    assert load_scan(session, 30) is None


async def test_without_the_right_to_read_groups_it_says_so_and_goes_on(desk: Desk, org: Org) -> None:
    scan = expiry_scan(desk.session(), 30)
    fault(org, "403-role", match="/api/v1/groups/", times=99)
    await scanned(scan)
    assert scan.done
    assert any("may not read the members" in text for text in scan.missing)


async def test_the_export_is_safe_in_a_spreadsheet_and_overwrites_nothing(desk: Desk, tmp_path: Path) -> None:
    scan = expiry_scan(desk.session(), 3650)
    await scanned(scan)
    rows = list(csv.DictReader(io.StringIO(as_csv(scan))))
    assert len(rows) == len(scan.rows)
    assert not any(
        cell[:1] in {"=", "+", "-", "@"} and not cell.lstrip("-").isdigit() for row in rows for cell in row.values()
    )
    assert json.loads(as_json(scan))["counts"]["active-directory"] == scan.counts[Age.DIRECTORY]
    path = tmp_path / "people.csv"
    write_export(path, "x")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="already"):
        write_export(path, "y")
    assert path.read_text("utf-8") == "x"
