"""The files that people write by hand: any content is either read, or refused with the file, the key and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tests.conftest import half_as_many
from tests.desk.support import harmful
from tui.desk.connectors import profiles_toml
from tui.desk.connectors.desk_settings import Desk
from tui.desk.connectors.profile import BadProfiles, Profiles
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.desk.connectors.settings import BadSettings, load
from tui.desk.files.toml_shape import Misfit, shape, suggestion, unknown_keys
from tui.desk.notices import rules as notice_rules
from tui.desk.notices.rules import NoticeRules

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.trouble import Trouble

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the machine is no fault of a reader."""
DEAR = settings(UNTIMED, max_examples=half_as_many().max_examples)


def tables(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Tables with keys that a reader knows and keys that it does not, holding whatever TOML can hold."""
    scalars = (
        st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.times() | st.datetimes()
    )
    names = st.sampled_from(keys) | st.text(max_size=5)
    known = st.sampled_from(
        ["mail", "apprise", "none", "tls", "a@b.example", "localhost", "acme", "https://acme.okta.com"]
    )
    return st.dictionaries(
        names,
        st.recursive(
            scalars | known,
            lambda inside: st.lists(inside, max_size=3) | st.dictionaries(names, inside, max_size=4),
            max_leaves=12,
        ),
        max_size=5,
    )


SETTINGS = tables("desk", "agent", "region")
NOTICES = tables("notices", "connector", "way", "acme", "mail", "kind", "secret", *sorted(notice_rules._KEYS))
WAYS = tables("kind", "host", "port", "tls", "user", "sender", "sender_name", "url", "secret", "keep", "where")
CONNECTORS = tables(
    "org", "sign_in", "colour", "production", "read_only", "capabilities", "portals", "network", "ticket", "kind",
    "secret", "keep", "where", "passphrase", "pattern", "needed", "proxy", "directory", "unlock",
)  # fmt: skip


def outcome(read: Callable[[Path], object], content: str | dict[str, Any], trouble: type[Trouble]) -> object:
    """What a reader makes of a file: a value, or the trouble that it may raise. Anything else fails the test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.toml"
        path.write_text(content if isinstance(content, str) else tomli_w.dumps(content), "utf-8", newline="")
        try:
            return read(path)
        except trouble as raised:
            found = raised
    assert str(path) in found.title
    assert found.advice
    assert harmful(str(found).replace(str(path), "")) == []
    return found


@DEAR
@given(SETTINGS | SETTINGS.map(lambda desk: {"desk": desk}))
def test_any_settings_are_read_or_refused_by_key(content: dict[str, Any]) -> None:
    found = outcome(load, content, BadSettings)
    if isinstance(found, BadSettings):
        assert "desk" in found.title
    else:
        assert isinstance(found, Desk)
        assert re.fullmatch("[A-Z]{2}", found.region)


@DEAR
@given(
    NOTICES
    | NOTICES.map(lambda rules: {"notices": rules})
    | NOTICES.map(lambda rules: {"notices": {"desk": "x"}, "connector": {"Acme": rules}})
    | WAYS.map(lambda way: {"way": {"x": way}})
    | WAYS.map(lambda way: {"way": {"x": {"kind": "mail", "host": "h", "sender": "a@b.example"} | way}})
)
def test_any_rules_for_notices_are_read_or_refused_by_key(content: dict[str, Any]) -> None:
    found = outcome(lambda path: notice_rules.load(path, "acme"), content, BadSettings)
    if isinstance(found, BadSettings):
        where = found.title.partition(": ")[2].removesuffix(" cannot be used")
        assert where.startswith(("notices", "connector", "way"))
        assert found.advice.startswith(where)
    else:
        assert isinstance(found, NoticeRules)
        assert all(0 <= day <= 365 for day in found.days)
        assert all(0 < way.port < 65536 for way in found.ways.values() if way.kind == "mail")


@DEAR
@given(
    CONNECTORS
    | CONNECTORS.map(lambda one: {"connectors": one})
    | CONNECTORS.map(lambda one: {"connectors": {"Acme": one}})
    | CONNECTORS.map(
        lambda one: {"connectors": {"Acme": {"org": "acme.okta.com", "sign_in": {"kind": "api-token"}} | one}}
    )
)
def test_any_connectors_are_read_or_refused_by_key(content: dict[str, Any]) -> None:
    found = outcome(profiles_toml.read, content, BadProfiles)
    if isinstance(found, BadProfiles):
        assert re.search(r"\.toml, (line \d+: )?(connectors|default)", found.title)
    else:
        assert isinstance(found, tuple)
        assert isinstance(found[0], Profiles)


@UNTIMED
@given(st.text() | st.sampled_from(["[" * 99_999, "x = " + "[" * 99_999, "x = " + "1" * 9999, "x = 2026-13-01"]))
def test_any_text_is_read_or_refused(content: str) -> None:
    assert isinstance(outcome(load, content, BadSettings), Desk | BadSettings)
    assert isinstance(outcome(notice_rules.load, content, BadSettings), NoticeRules | BadSettings)
    assert isinstance(outcome(profiles_toml.read, content, BadProfiles), tuple | BadProfiles)


SIGN_IN = '[connectors."Acme East".sign_in]\nkind = "api-token"\n'
EAST = '[connectors."Acme East"]\norg = "acme.okta.com"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (EAST, 'line 1: connectors."Acme East".sign_in is missing; it must be a table'),
        (EAST + SIGN_IN.replace("api-token", "ssh"), 'line 4: connectors."Acme East".sign_in.kind must be one of'),
        (
            EAST + 'colour = "pink"\n' + SIGN_IN,
            'must be one of blue, green, grey, orange, purple, red, teal, not "pink"',
        ),
        (EAST + "read_only = 1\n" + SIGN_IN, "read_only must be true or false, not the number 1"),
        (EAST + 'capabilities = ["mfa", 7]\n' + SIGN_IN, "lockouts, expiry, provisioning"),
        (EAST + SIGN_IN + 'secret = { keep = "file" }\n', "sign_in.secret.where is missing; it must be text in quotes"),
        (EAST + "[connectors.x\n", "line 3, column 14: this is not TOML"),
        ('default = "x"\n', "line 1: default names a connector that does not exist: x"),
    ],
)
def test_a_connector_that_does_not_fit_is_told_by_line_path_and_what_was_found(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "connectors.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadProfiles, match=re.escape(told)):
        profiles_toml.read(path)


@pytest.mark.parametrize("place", ['{ keep = "hunter2", where = "x" }', '"hunter2"', "{ keep = 1, where = 4711 }"])
def test_a_secret_in_the_place_of_where_it_is_kept_is_not_repeated(tmp_path: Path, place: str) -> None:
    path = tmp_path / "connectors.toml"
    path.write_text(f"{EAST}{SIGN_IN}secret = {place}\n", "utf-8")
    with pytest.raises(BadProfiles, match=r"sign_in\.secret") as raised:
        profiles_toml.read(path)
    assert "hunter2" not in str(raised.value)
    assert "4711" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[notices]\nper_hour = true\n", "notices.per_hour must be a whole number from 0 to 1000000, not true."),
        (
            "[notices]\ndigest_hour = 24\n",
            "notices.digest_hour must be a whole number from 0 to 23, not the number 24",
        ),
        ("[notices]\ndays = [7, true]\n", "notices.days must be a list of numbers of days up to 365, such as"),
        (
            "[notices]\nsecond_mail = true\n",
            "notices.second_mail is not a rule. Did you mean second_email? Known: alarm, alarm_to, days",
        ),
        ("[connector.Acme]\ndays = 7\n", "connector.Acme.days must be a list of numbers of days"),
        ('[notices]\nexpiries = "x"\n', "notices.expiries names the way x, which no [way.x] describes."),
        ('[way."a b"]\nkind = "fax"\n', 'way."a b".kind must be one of apprise, mail, outbox, not "fax".'),
        ("[way.x]\n", "way.x.kind is missing; it must be one of apprise, mail, outbox."),
        ('[way.x]\nkind = "mail"\nport = 0\n', "way.x.port must be a whole number from 1 to 65535, not the number 0."),
        ("way = 7\n", "way must be a table, not the number 7."),
    ],
)
def test_a_rule_that_does_not_fit_is_told_by_its_path_and_what_was_found(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadSettings) as raised:
        notice_rules.load(path, "acme")
    assert raised.value.advice.startswith(told)


def test_a_connectors_wrong_rule_is_refused_for_that_connector_only(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_text("[notices]\nper_hour = 9\n[connector.Acme]\nper_hour = -1\n", "utf-8")
    assert notice_rules.load(path, "other").per_hour == 9
    with pytest.raises(BadSettings, match=r"connector\.Acme\.per_hour"):
        notice_rules.load(path, "acme")


class Outer(Struct, frozen=True):
    """Something with a table in it."""

    place: SecretPlace
    count: int = 0
    names: tuple[str, ...] = ()


def test_no_text_is_taken_for_a_number() -> None:
    with pytest.raises(Misfit) as raised:
        shape({"place": {"keep": "file", "where": "x"}, "count": "7"}, Outer, "a", "b c")
    assert (raised.value.where, raised.value.problem) == ('a."b c".count', "must be a whole number, not text.")


def test_what_is_not_known_is_kept_also_within_tables() -> None:
    written = {"place": {"keep": "file", "where": "x", "later": 1}, "more": [2], "count": 3}
    made = shape(written, Outer)
    assert made == Outer(SecretPlace(Keep.FILE, "x"), 3)
    assert unknown_keys(written, made) == {"more": [2], "place": {"later": 1}}


def test_the_key_in_a_message_is_harmless() -> None:
    with pytest.raises(Misfit) as raised:
        shape(7, Outer, "\x1b[31m")
    assert harmful(raised.value.where) == []


def test_a_key_like_none_that_is_known_gets_no_suggestion() -> None:
    assert suggestion("zzz", {"days", "quiet"}) == "Known: days, quiet."
