"""Whatever Okta sends, a page is read or a clear error is raised; what can be read of it is."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import half_as_many
from tests.each import each
from tui.okta import entitlements, error_body, log_events, models
from tui.okta.decode import decode
from tui.okta.entitlements import App, AppUser, GroupRule
from tui.okta.error_body import ApiError
from tui.okta.errors import Unreadable
from tui.okta.log_events import LogEvent
from tui.okta.models import AppLink, Factor, Group, User, Value

if TYPE_CHECKING:
    from msgspec.structs import FieldInfo

MODELS = [
    kind
    for module in (models, entitlements, error_body, log_events)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Value) and kind is not Value and kind.__module__ == module.__name__
]
NAMES = sorted({field.encode_name for kind in MODELS for field in msgspec.structs.fields(kind)})
ALL_CHARACTERS = st.characters(exclude_categories=())  # half surrogates included
TEXTS = st.text(ALL_CHARACTERS, max_size=8) | st.sampled_from(["ACTIVE", "null", "true", "2026-11-23T06:00:00.000Z"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
KEYS = st.sampled_from(NAMES) | TEXTS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
IDS = st.text(ALL_CHARACTERS, min_size=1, max_size=20)


def with_an_id(kind: type[Value], thing: dict[str, Any], key: str) -> bytes:
    required = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
    return json.dumps(thing | dict.fromkeys(required, key)).encode()


def touch(value: object) -> None:
    """Read everything that the screens read, and write it to a file."""
    for name, member in inspect.getmembers(type(value)):
        if isinstance(member, property):
            getattr(value, name)
    if isinstance(value, User):
        for name in ("login", "custom", *(value.profile or ())):
            value.text(name).encode()
        for name in ("created", "activated", "status_changed", "last_login", "last_updated", "password_changed"):
            value.when(name)
    if isinstance(value, Factor):
        value.text("phoneNumber").encode()
    repr(value).encode()


def test_every_model_is_tried() -> None:
    assert {User, Group, AppLink, Factor, LogEvent, ApiError, App, AppUser, GroupRule} <= set(MODELS)


@half_as_many()
@given(st.dictionaries(st.sampled_from(NAMES) | TEXTS, JSON, max_size=12), IDS)
@example({"profile": [1], "target": [None, {"type": 3}], "credentials": "x", "errorCauses": {"a": 1}}, "00u1")
@example({"profile": {"login": ["a", None, {"b": "\ud800"}]}, "status": "\udfff"}, "\ud800")
def test_any_object_with_an_id_is_read(thing: dict[str, Any], key: str) -> None:
    for kind in MODELS:
        value = decode(with_an_id(kind, thing, key), kind)
        touch(value)
        for field in msgspec.structs.fields(kind):
            if field.required:
                expected = key.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                assert getattr(value, field.name) == expected, kind


@pytest.mark.parametrize("kind", [User, LogEvent, ApiError, list[User], list[LogEvent]], ids=str)
@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()) | st.text().map(str.encode))
@example(b"\xed\xa0\x80")
@example(b'{"id":"\xed\xa0\x80"}')
@example('{"id":"\\ud800"}'.encode("utf-16-le"))
@example(b'[{"id":"a","n":' + b"9" * 5000 + b"}]")
@example(b"[" * 50_000)
@example(b'{"x":' * 50_000)
@example(b'{"id":"a","uuid":"a","status":7,"profile":{"x":' + b"[" * 50_000)
@example(b"NaN")
@example(b"\xef\xbb\xbf[]")
def test_any_bytes_are_read_or_clearly_not(kind: type[object], data: bytes) -> None:
    value: object
    trouble: Unreadable | None = None
    try:
        value = decode(data, kind, request_id="r1")
    except Unreadable as error:
        value, trouble = None, error
    assert trouble is None or trouble.request_id == "r1"
    for item in value if isinstance(value, list) else [value]:
        touch(item)


WRONG: list[Any] = [None, 7, True, "x", "\ud800", [], [1], {}, {"x": {"y": 1}}, 1e400]
FIELDS = [(kind, field) for kind in MODELS for field in msgspec.structs.fields(kind) if not field.required]


@each(("kind", "field"), FIELDS, ids=lambda part: getattr(part, "encode_name", ""))
@each("wrong", WRONG, ids=ascii)
def test_a_field_of_another_type_breaks_nothing(kind: type[Value], field: FieldInfo, wrong: object) -> None:
    value = decode(with_an_id(kind, {field.encode_name: wrong}, "00u1"), kind)
    touch(value)
    bare = decode(with_an_id(kind, {}, "00u1"), kind)
    for one in msgspec.structs.fields(kind):
        if one.name != field.name:
            assert getattr(value, one.name) == getattr(bare, one.name)
        elif wrong is None:
            assert getattr(value, one.name) in (None, getattr(bare, one.name))


def test_one_odd_person_does_not_hide_the_others() -> None:
    people = [
        {"id": "00u1", "status": "ACTIVE", "profile": {"login": "ann@example.com"}},
        {"id": "00u2", "status": 7, "profile": ["no"], "credentials": {"provider": "none"}, "lastLogin": {}},
        {"id": "00u3", "status": "LOCKED_OUT", "credentials": {"provider": {"type": "LDAP", "name": 3}}},
    ]
    ann, odd, cid = decode(json.dumps(people).encode(), list[User])
    assert (ann.login, ann.status) == ("ann@example.com", "ACTIVE")
    assert (odd.id, odd.status, odd.profile, odd.provider_type, odd.name) == ("00u2", None, None, "OKTA", "00u2")
    assert odd.last_login == ""  # not known, which null would not be
    assert (cid.status, cid.provider_type, cid.provider_name) == ("LOCKED_OUT", "LDAP", "")


def test_one_odd_target_does_not_hide_the_person_of_an_event() -> None:
    app, ann = {"type": "AppInstance", "id": "0oa1"}, {"type": "User", "id": "00u1"}
    targets: list[Any] = [None, 7, {"type": ["User"]}, app, ann]
    event = decode(json.dumps({"uuid": "e1", "severity": 3, "target": targets}).encode(), LogEvent)
    assert event.person is not None
    assert event.person.id == "00u1"


def test_a_new_word_is_shown_and_not_refused() -> None:
    user = decode(b'{"id":"00u1","status":"HIBERNATING","realmId":"guo1","type":{"id":"oty1"}}', User)
    assert user.status == "HIBERNATING"


def test_the_careful_reading_says_the_same_as_the_fast_one() -> None:
    whole = {
        "id": "00u1",
        "status": "null",
        "created": "2026-11-23T06:00:00.000Z",
        "profile": {"login": "ann@example.com", "tags": ["a", None], "n": 1},
        "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}},
    }
    fast = decode(json.dumps(whole).encode(), User)
    assert decode(json.dumps(whole | {"activated": 7}).encode(), User) == fast
    assert fast.status == "null"


@each("kind", [kind for kind in MODELS if msgspec.structs.fields(kind)[0].required])
@each("key", [None, "", 7, [], {}, "missing"], ids=repr)
def test_a_missing_id_is_named(kind: type[Value], key: object) -> None:
    name = msgspec.structs.fields(kind)[0].encode_name
    body = {} if key == "missing" else {name: key}
    with pytest.raises(Unreadable, match=f"Okta sent a {kind.__name__} without {name}"):
        decode(json.dumps(body).encode(), kind)


def test_half_of_a_surrogate_pair_becomes_a_replacement_character() -> None:
    user = decode(b'{"id":"00u1","profile":{"\\ud83d":"\\ud83d\\ude00 \\ude00","login":"a\\ud800b"}}', User)
    assert user.profile == {"\ufffd": "\U0001f600 \ufffd", "login": "a\ufffdb"}


def test_a_deep_profile_is_read_while_there_is_room() -> None:
    deep = b'{"id":"00u1","status":7,"profile":{"x":' + b"[" * 300 + b"]" * 300 + b"}}"
    assert decode(deep, User).id == "00u1"
