from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.support import World
from tests.each import each
from tui.demo.groups.expressions import BadExpression, Scope, compile_rule

# Bob Martin, Engineering, Developer, E100001; in the group VPN Users and in no other of these.
TRUE = (
    'user.department=="Engineering"',
    "user.department == 'Engineering'",
    'user.department!="Sales"',
    'user.department=="Sales" OR user.department=="Engineering"',
    'user.department=="Sales" || user.title=="Developer"',
    'user.department=="Engineering" AND user.title=="Developer"',
    'user.department=="Engineering" and user.title eq "Developer"',
    'user.department=="Engineering" && !(user.title=="Manager")',
    'NOT user.department=="Sales"',
    'user.department=="Engineering" OR user.department=="Sales" AND user.title=="Nobody"',
    'String.startsWith(user.employeeNumber, "E1000")',
    'String.stringContains(user.login, "martin")',
    'String.toLowerCase(user.firstName)=="bob"',
    'String.toUpperCase(user.lastName)=="MARTIN"',
    'String.substringAfter(user.email, "@")=="acme.example"',
    'String.substringBefore(user.email, "@")=="bob.martin"',
    'String.substring(user.firstName, 0, 2)=="Bo"',
    'String.replace(user.firstName, "b", "x")=="Box"',
    'String.append(user.firstName, user.lastName)=="BobMartin"',
    'String.removeSpaces("a b")=="ab"',
    "String.len(user.firstName) == 3",
    "String.len(user.firstName) >= 3 and String.len(user.firstName) < 4",
    "user.nosuch == null",
    'user.firstName == "Bob" ? true : false',
    'Arrays.contains({"Engineering", "Sales"}, user.department)',
    'isMemberOfGroupName("VPN Users")',
    'user.isMemberOfGroupName("VPN Users")',
    'isMemberOfGroupNameStartsWith("VPN")',
    'isMemberOfGroupNameContains("N Us")',
    'isMemberOfGroupNameRegex("VPN.*")',
    '!isMemberOfGroupName("Executive Lounge")',
    'isMemberOfGroup("{vpn}")',
    'isMemberOfAnyGroup("00gNOPE", "{vpn}")',
    'user.getInternalProperty("status")=="ACTIVE"',
    r'"a\"b" == "a\"b"',
)
FALSE = (
    'user.department=="engineering"',
    'user.department=="Sales"',
    "user.department==null",
    'user.nosuch=="x"',
    "user.firstName",
    'isMemberOfGroup("00gNOPE")',
    'isMemberOfGroupNameRegex("[")',
    "user.firstName > 3",
    "!true",
    'String.substring(user.firstName, "a", "b") == "Bob"',
    'String.substring(user.nosuch, null, 1) == "Bob"',
    "false || false",
)
BAD = (
    "",
    '(user.firstName == "TestAcc"',
    'user.firstName = "x"',
    'user.firstName == "x',
    "user.firstName ==",
    '"just text"',
    "7",
    "null",
    'String.toLowerCase("x")',
    'String.noSuch("x")',
    'String.startsWith("x")',
    'Time.now() == "x"',
    'Convert.toInt("3") == 3',
    'appuser.role == "x"',
    "department",
    'user.a.b == "x"',
    'user.firstName == "x" user.lastName == "y"',
    'user.firstName == "x" AND',
    '"x" AND true',
    "isMemberOfGroup()",
    'isMemberOfGroupName("a", "b")',
    "user.firstName == \x00",
    "(" * 60 + "true" + ")" * 60,
    "!" * 3 + '"x"',
)


_BOB = World().org.people.named("bob.martin")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def holds(world: World, text: str) -> bool:
    vpn = world.org.groups.named("VPN Users").id
    belongs = world.org.groups.by_rule._belongs
    test = compile_rule(text.replace("{vpn}", vpn))
    return test(Scope(world.org.people.named("bob.martin"), belongs))


@each("text", TRUE)
def test_what_is_true_of_a_person(world: World, text: str) -> None:
    assert holds(world, text) is True


@each("text", FALSE)
def test_what_is_false_of_a_person(world: World, text: str) -> None:
    assert holds(world, text) is False


@each("text", BAD)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(BadExpression):
        compile_rule(text)


_WORDS = st.sampled_from(
    [
        *"(){},!?:<>\"'",
        *("==", "!=", "&&", "||", "AND", "or", "not", "user.firstName", '"Bob"', "3", "null", "true", "user"),
        *("String.len", "String.substring", "isMemberOfGroupName", "Arrays.size", "user.getInternalProperty"),
    ]
)


@given(st.one_of(st.text(), st.lists(_WORDS, max_size=14).map(" ".join)))
def test_whatever_is_written_is_refused_or_answers_yes_or_no(text: str) -> None:
    try:
        test = compile_rule(text)
    except BadExpression:
        return
    assert test(Scope(_BOB, lambda *_: False)) in {True, False}
