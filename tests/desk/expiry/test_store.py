"""The file in which a scan is kept: whatever stands in it, it is a place to go on from or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.desk.expiry.expiry import Age
from tui.desk.expiry.store import VERSION, load_scan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tui.desk.session import Session

FILE = ("version", "org", "at", "place")
PLACE = ("days", "started", "url", "pages", "people", "counts", "rows")
ROW = ("user", "age", "expires", "policy", "warn")
USER = ("id", "profile", "status", "login")


def any_json(*keys: str) -> st.SearchStrategy[Any]:
    """Whatever JSON can hold, with keys and words that the file has, too."""
    names = st.sampled_from([*keys, *USER]) | st.text(max_size=4)
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([1e300, -1, 10**30])
    words = st.sampled_from(["expires", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z"]) | st.text(max_size=4)
    return st.recursive(
        st.none() | st.booleans() | numbers | words,
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(names, inside, max_size=4),
        max_leaves=8,
    )


def some_of(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some keys, each with whatever JSON can hold."""
    return st.dictionaries(st.sampled_from(keys), any_json(*ROW), min_size=1, max_size=2)


def kept(session: Session, file: dict[str, Any], place: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A file as keydesk writes it, with some of it replaced."""
    now = session.client.clock.time()
    one = {"user": {"id": "00u1", "profile": {"login": "ann"}}, "age": "expires", "expires": "2030-01-01T00:00:00Z"}
    whole = {"days": 30, "started": now, "url": "x", "pages": 1, "people": 1, "counts": {"expires": 1}}
    place = whole | {"rows": [one | row]} | place
    return {"version": VERSION, "org": session.client.policy.origin, "at": now, "place": place} | file


def test_what_keydesk_writes_is_a_place(desk: Desk, tmp_path: Path) -> None:
    session = replace(desk.session(), folder=tmp_path)
    (tmp_path / "expiry-scan.json").write_text(json.dumps(kept(session, {}, {}, {})), "utf-8")
    found = load_scan(session, 30)
    assert found is not None
    assert found.counts[Age.EXPIRES] == 1
    assert [row.user.login for row in found.rows] == ["ann"]


def test_any_file_is_a_place_or_none(desk: Desk, tmp_path: Path) -> None:
    session = replace(desk.session(), folder=tmp_path)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work on the machine is no fault
    @given(
        any_json(*FILE)
        | some_of(*FILE).map(lambda file: kept(session, file, {}, {}))
        | some_of(*PLACE).map(lambda place: kept(session, {}, place, {}))
        | some_of(*ROW).map(lambda row: kept(session, {}, {}, row))
    )
    def check(content: object) -> None:
        (tmp_path / "expiry-scan.json").write_text(json.dumps(content), "utf-8")
        found = load_scan(session, 30)
        if found is not None:
            assert found.days == 30
            assert sum(count for _, count in found.histogram) <= len(found.rows)
            assert all((row.expires is None) or row.days(session.now()) is not None for row in found.rows)

    check()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b"[]"], ids=["empty", "half", "not UTF-8", "nested", "list"]
)
def test_a_broken_file_is_no_place(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "expiry-scan.json").write_bytes(content)
    assert load_scan(replace(desk.session(), folder=tmp_path), 30) is None
