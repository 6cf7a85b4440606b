"""The search box: what people type and paste is understood, nothing that they paste does harm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.each import each
from tests.okta.test_scim import comparisons, parse
from tui.desk.people.query import Ask, QueryKind, rank, understand
from tui.okta.scim import CONTAINS, MOST_CLAUSES, MOST_ENCODED

if TYPE_CHECKING:
    from tests.okta.test_scim import Comparison
    from tui.desk.people.query import Query

ID = "00u1a2B3c4D5e6F7g8h9"
OTHERS = {"secondEmail", "displayName", "employeeNumber", "mobilePhone", "primaryPhone"}
ATTRIBUTES = CONTAINS | {f"profile.{name}" for name in OTHERS}


def asked(query: Query) -> set[Comparison]:
    """Every comparison of every search."""
    return {found for ask in query.asks if ask.search for found in comparisons(parse(ask.search))}


def pairs(query: Query) -> set[tuple[str, str]]:
    """First and last name of every conjunction of two starts."""
    found = set()
    for ask in query.asks:
        tree = parse(ask.search) if ask.search else ("id", "eq", "")
        parts = tree[1] if len(tree) == 2 and tree[0] == "or" else [tree]
        for part in parts:
            if part[0] == "and" and len(part) == 2:
                values = {attribute: value for attribute, operator, value in comparisons(part) if operator == "sw"}
                if len(values) == 2:
                    found.add((values["profile.firstName"], values["profile.lastName"]))
    return found


def direct(query: Query) -> list[str]:
    return [ask.direct for ask in query.asks if ask.direct]


def is_sound(query: Query) -> None:
    """What holds for every query, whatever was typed."""
    assert len(query.asks) <= 4
    assert len(set(query.asks)) == len(query.asks)
    assert bool(query.asks) == (query.kind is not QueryKind.NOTHING)
    assert query.asks or query.hint
    assert bool(query.label) == bool(query.asks)
    assert query.kind is not QueryKind.ID or query.asks == (Ask(direct=query.text),)
    for ask in query.asks:
        assert bool(ask.search) != bool(ask.direct)
        if ask.direct:
            assert ask.direct.casefold() not in {"", ".", "..", "me"}
            assert not set(ask.direct) & set("/\\")
            assert quote(ask.direct, safe="").isascii()
            continue
        found = comparisons(parse(ask.search))
        assert len(found) <= MOST_CLAUSES
        assert len(quote(ask.search, safe="")) <= MOST_ENCODED
        for attribute, operator, value in found:
            assert attribute in ATTRIBUTES
            assert operator != "co" or (attribute in CONTAINS and len(value) >= 3)
            assert value.strip()


AS_TYPED = {
    QueryKind.ID: [ID],
    QueryKind.EMAIL: ["ann.lee@acme.example", "o'brien@acme.example", "ann.lee@", "ann.lee@acme"],
    QueryKind.PHONE: ["+1 (415) 555-0132", "4155550132", "0041 44 668 18 00", "415-555-0132 x5"],
    QueryKind.EMPLOYEE_NUMBER: ["7", "123456", "12-34", "1" * 16],
    QueryKind.CODE: ["E10432", "ab1234", "123x4", ID[:-1], ID.upper()],
    QueryKind.PART: ["ann", "ann.lee", "a/b", "李", "김", "李安", "@acme.example"],
    QueryKind.NAME: ["Ann Lee", "Lee,Ann", "van der Berg, Ann"],
}
UNPACKED = [
    (f" {ID}\n", QueryKind.ID, ID),
    (f"https://acme-admin.okta.com/admin/user/profile/view/{ID}#tab-account", QueryKind.ID, ID),
    (f"<HTTPS://ACME.okta.com/api/v1/users/{ID}/groups>", QueryKind.ID, ID),
    ("Ann Lee <ann.lee@acme.example>", QueryKind.EMAIL, "ann.lee@acme.example"),
    ('"Lee, Ann" <ann.lee@acme.example>;', QueryKind.EMAIL, "ann.lee@acme.example"),
    ("Ann\tLee\tann.lee@acme.example; bob@acme.example", QueryKind.EMAIL, "ann.lee@acme.example"),
    ("<MAILTO:ann%2Bx@acme.example?subject=Help>", QueryKind.EMAIL, "ann+x@acme.example"),
    ("'ann@acme.example',", QueryKind.EMAIL, "ann@acme.example"),
    ("ann@acme.example.", QueryKind.EMAIL, "ann@acme.example"),
    ("ＡＮＮ＠acme.example", QueryKind.EMAIL, "ANN@acme.example"),
    ("ACME\\ann@acme.example", QueryKind.EMAIL, "ann@acme.example"),
    ("@ann", QueryKind.PART, "ann"),
    ("ACME\\ann", QueryKind.LOGIN, "ann"),
    ("tel:+14155550132", QueryKind.PHONE, "+14155550132"),
    ("\u202a+1 415 555 0132\u202c", QueryKind.PHONE, "+1 415 555 0132"),  # as Windows copies numbers
    ("#12345", QueryKind.EMPLOYEE_NUMBER, "12345"),
    ("(415)", QueryKind.EMPLOYEE_NUMBER, "415"),
    ("“ann”", QueryKind.PART, "ann"),
    ("Ｅ１０４", QueryKind.CODE, "E104"),
    ("Ann (Sales)", QueryKind.PART, "Ann"),
    ("  Ann \u00a0\t Lee ,", QueryKind.NAME, "Ann Lee"),
    ("Lee, Ann (Sales)", QueryKind.NAME, "Lee, Ann"),
    ("Zoe\u0308 Lee", QueryKind.NAME, "Zoë Lee"),
]


@each(("text", "kind", "heart"), [*((text, kind, text) for kind in AS_TYPED for text in AS_TYPED[kind]), *UNPACKED])
def test_what_is_understood(text: str, kind: QueryKind, heart: str) -> None:
    query = understand(text)
    assert (query.kind, query.text) == (kind, heart)
    is_sound(query)


HINTS = {
    "Type a name": ["", " \t\n", "\x00\x1b\u200b\u202e\ud800", '"",;'],
    "one more letter": ["a", "é", "Я"],
    "letters or digits": ["😀", "../../", "%&/()=?", "@"],
    "at least 7 digits": ["+1 415", "(415) 55"],
    "Too long": ["x" * 10_000, "x" * 101 + "@y.z"],
    "many words": ["Ann " * 20, "so many words here that nobody could ever be called that"],
}


@each(("text", "hint"), [(text, hint) for hint in HINTS for text in HINTS[hint]])
def test_what_is_not_asked_says_why(text: str, hint: str) -> None:
    query = understand(text)
    assert query.asks == ()
    assert hint in query.hint
    is_sound(query)


def test_an_address_is_read_and_searched() -> None:
    query = understand("Ann.Lee@acme.example")
    assert query.asks[0] == Ask(direct="Ann.Lee@acme.example")
    for attribute in ("login", "email", "secondEmail"):
        assert (f"profile.{attribute}", "eq", "Ann.Lee@acme.example") in asked(query)
    half = understand("ann.lee@")
    assert direct(half) == []
    assert asked(half) == {("profile.login", "sw", "ann.lee@"), ("profile.email", "sw", "ann.lee@")}
    assert (query.label, half.label) == ("email address", "start of an email address")


def test_a_windows_name_is_a_login_or_its_start() -> None:
    query = understand("ACME\\ann")
    assert direct(query) == ["ann"]
    assert {("eq", "ann"), ("eq", "ACME\\ann"), ("sw", "ann@")} <= {found[1:] for found in asked(query)}


@pytest.mark.parametrize("text", ["415.555.0132", "+1 415 555 0132", "(415) 555-0132", "4155550132"])
def test_a_phone_number_is_asked_in_the_directorys_spellings(text: str) -> None:
    found = asked(understand(text))
    for attribute in ("profile.mobilePhone", "profile.primaryPhone"):
        for form in ("+14155550132", "+1 415-555-0132", "(415) 555-0132", "4155550132", "415-555-0132", text):
            assert (attribute, "eq", form) in found
        assert (attribute, "sw", "+14155550132") in found


def test_digits_alone_may_be_an_employee_number_and_a_login() -> None:
    query = understand("20231234")
    assert direct(query) == ["20231234"]
    assert ("profile.employeeNumber", "eq", "20231234") in asked(query)
    assert ("profile.mobilePhone", "eq", "20231234") in asked(query)
    assert not any("employeeNumber" in attribute for attribute, _, _ in asked(understand("+1 415 555 0132")))


def test_the_region_decides_what_a_national_number_means() -> None:
    wanted = ("profile.mobilePhone", "eq", "+41446681800")
    assert wanted in asked(understand("044 668 18 00", region="CH"))
    assert wanted not in asked(understand("044 668 18 00", region="US"))
    assert wanted in asked(understand("0041 44 668 18 00", region="US"))


def test_an_employee_number_is_asked_with_and_without_leading_zeros() -> None:
    found = asked(understand("00123"))
    assert {("profile.employeeNumber", "eq", "00123"), ("profile.employeeNumber", "eq", "123")} <= found
    assert {("profile.employeeNumber", "sw", "00123"), ("profile.login", "sw", "00123")} <= found
    assert ("profile.employeeNumber", "eq", "123") in asked(understand("１２３"))


def test_letters_with_digits_may_be_several_things() -> None:
    query = understand("E10432")
    assert direct(query) == ["E10432"]
    assert {("profile.employeeNumber", "eq", "E10432"), ("profile.login", "co", "E10432")} <= asked(query)
    assert "20 characters" in understand("00u1a2B3c4").hint


def test_one_word_is_sought_everywhere() -> None:
    query = understand("ann")
    assert direct(query) == ["ann"]
    for attribute in CONTAINS:
        assert {(attribute, "sw", "ann"), (attribute, "co", "ann")} <= asked(query)
    assert ("profile.displayName", "sw", "ann") in asked(query)


def test_two_letters_are_a_start_or_the_whole() -> None:
    query = understand("Li")
    assert {operator for _, operator, _ in asked(query)} == {"eq", "sw"}
    assert ("profile.lastName", "eq", "Li") in asked(query)
    assert direct(query) == []


@pytest.mark.parametrize("text", ["Ann Lee", "Lee Ann", "Lee, Ann", "Lee,Ann"])
def test_two_words_are_tried_in_both_orders(text: str) -> None:
    assert {("Ann", "Lee"), ("Lee", "Ann")} <= pairs(understand(text))


def test_every_split_of_a_longer_name() -> None:
    words = ["Ann", "Marie", "van", "der", "Berg"]
    query = understand(" ".join(words))
    for cut in range(1, len(words)):
        one, other = " ".join(words[:cut]), " ".join(words[cut:])
        assert {(one, other), (other, one)} <= pairs(query)
    assert {("profile.firstName", "co", "Ann"), ("profile.lastName", "co", "Berg")} <= asked(query)
    assert ("profile.displayName", "sw", "Ann Marie van der Berg") in asked(query)
    assert ("Ann Marie", "van der Berg") in pairs(understand("van der Berg, Ann Marie"))


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Seán O’Brien", ("Seán", "O'Brien")),
        ("Jürgen Groß", ("Juergen", "Gross")),
        ("Ann Smith-Jones", ("Ann", "Smith Jones")),
        ("J. Smith", ("J", "Smith")),
        ("李 安", ("安", "李")),
    ],
)
def test_a_name_in_the_directorys_spelling(text: str, pair: tuple[str, str]) -> None:
    assert pair in pairs(understand(text))


def test_a_name_without_spaces_is_also_split() -> None:
    assert {("安", "李"), ("李", "安")} <= pairs(understand("李安"))
    assert {("太郎", "山田"), ("철수", "김")} <= pairs(understand("山田太郎")) | pairs(understand("김철수"))
    assert ("profile.displayName", "sw", "李安") in asked(understand("李安"))


HOSTILE = ['" or status pr', '") or (status eq "ACTIVE', 'x" or profile.login sw "', '"\\" or id pr or id eq "']
HOSTILE += ["\\", 'ann\\"', "a' or '1'='1", 'x"@y.z" or id pr', "{{7*7}}${x}"]
PATHS = [
    "me",
    "ME",
    "a/b",
    "../ann",
    "a/../b@acme.example",
    "ann\\..\\bob",
    ".",
    "..",
    "x\\y/z",
    "ann/lee@acme.example",
]


@each("text", HOSTILE)
def test_a_value_never_becomes_grammar(text: str) -> None:
    for padded in (text, f"ann {text}", f"ann{text}@acme.example"):
        is_sound(understand(padded))


@each("text", PATHS)
def test_no_path_is_ever_read(text: str) -> None:
    assert direct(understand(text)) == []


TEXTS = st.one_of(
    st.text(st.characters(codec=None, exclude_categories=())),
    st.text(
        st.sampled_from(" @.,;<>\"'’\\/()[]+-#0123456789annLee00uäéЯ李安김ก\u200d\u0301\t\n\x00ＡＢ１＠﹫:?=%"),
        max_size=120,
    ),
    st.lists(
        st.sampled_from(["Ann", "van", "O’Brien", "Lee,", "-", "李安", "Müller-Groß", "E1", "ann@", "x" * 40])
    ).map(" ".join),
    st.from_regex(r"(mailto:|tel:|https?://|ACME\\)?[\w.%+-]{0,30}(@[\w.]{0,20})?", fullmatch=True),
)


@given(TEXTS, st.sampled_from(["US", "CH", "", "zz"]))
@example("😀" * 100, "US")
@example("李 " * 10 + "安" * 79, "US")
@example('"\\' * 50, "US")
@example("mailto:" * 140, "US")
@example("=Ą\u0300", "US")
@example("\u0344" * 10_000, "US")
@example("ÄÖÜ'-" * 9 + " " + "ÄÖÜ'-" * 9, "US")
def test_any_text_is_understood_soundly(text: str, region: str) -> None:
    is_sound(understand(text, region=region))


@given(TEXTS, st.text(st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\u00a0\u2003\u2028\u3000")))
def test_white_space_around_changes_nothing(text: str, white: str) -> None:
    assert understand(f"{white}{text}{white[::-1]}") == understand(text)


@dataclass(frozen=True)
class Person:
    id: str = "00u0"
    status: str | None = "ACTIVE"
    login: str = "nobody@acme.example"
    email: str = "nobody@acme.example"
    first_name: str = ""
    last_name: str = ""
    employee_number: str = ""


def order(text: str, *people: Person) -> list[str]:
    return [person.id for person in sorted(people, key=partial(rank, understand(text)))]


def test_the_exact_come_first() -> None:
    people = [Person(login="ann"), Person(login="ann@acme.example")]
    people += [Person(first_name=name, last_name="Lee") for name in ("Ann", "Annika", "Joanna", "Bob")]
    assert [rank(understand("ann"), person)[0] for person in people] == [0, 1, 3, 4, 5, 6]


@pytest.mark.parametrize("text", ["Zoë Lee", "lee zoe", "Lee, Zoë", "ZOE LEE"])
def test_a_name_is_exact_in_any_order_case_and_accent(text: str) -> None:
    names = [("Zoë", "Lee"), ("Zoe", "Leeson"), ("Anzoe", "Fleece")]
    people = [Person(first_name=first, last_name=last) for first, last in names]
    assert [rank(understand(text), person)[0] for person in people] == [2, 4, 5]


def test_a_name_without_spaces_is_exact() -> None:
    assert [rank(understand("李安"), Person(first_name=name, last_name="李"))[0] for name in ("安", "安娜")] == [2, 4]


@pytest.mark.parametrize("text", ["12345", "#12345", "ann@acme.example", "Ann Lee <ANN@acme.example>"])
def test_numbers_and_addresses_are_exact(text: str) -> None:
    exact = Person("1", email="Ann@Acme.example", employee_number="12345", status="DEPROVISIONED")
    near = Person("0", email="ann@acme.example.com", employee_number="123456", status="LOCKED_OUT")
    assert order(text, near, exact) == ["1", "0"]


def test_among_equals_trouble_comes_first_and_the_deactivated_last_then_names() -> None:
    states = ["LOCKED_OUT", "SUSPENDED", "ACTIVE", "DEPROVISIONED"]
    people = [Person(state, status=state, first_name="Ann", last_name="Lee") for state in states]
    assert order("Ann Lee", *people) == states
    assert order("Ann Lee", Person("0", status="DEPROVISIONED"), Person("1", status=None))[1] == "0"
    names = ["Ágh", "Berg", "Zorn"]
    assert order("ann", *(Person(name, first_name="Ann", last_name=name) for name in reversed(names))) == names


def test_signs_do_not_stand_before_letters() -> None:
    hostile = Person("link", first_name="[link=http://evil.example]Link[/link]", last_name="[@click=app.bell]Up[/]")
    assert order("bel", hostile, Person("bell", first_name="Bruce", last_name="Bell")) == ["bell", "link"]


@given(TEXTS, TEXTS)
def test_ranking_never_fails(text: str, name: str) -> None:
    assert len(order(text, Person(first_name=name, last_name=name[::-1], login=name), Person(status=None))) == 2
