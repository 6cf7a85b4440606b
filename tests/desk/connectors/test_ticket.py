"""Ticket numbers: what a connector asks for is what is taken, and a pattern is looked at before it is kept."""

from __future__ import annotations

import string
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.desk.connectors import profiles, settings
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profile import Profile, SignIn
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.desk.connectors.ticket import ANY_TICKET, LONGEST, BadTicket, TicketRule, parse_pattern
from tui.desk.setup import form as setup
from tui.desk.setup import parse
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from pathlib import Path

INC = TicketRule("INC[0-9]{4}", needed=True)
PROFILE = Profile("Acme", parse_address("acme.okta.com"), SignIn(SignInKind.API_TOKEN, SecretPlace(Keep.KEYRING, "a")))


@pytest.mark.parametrize(
    ("rule", "ticket"),
    [
        (ANY_TICKET, ""),
        (ANY_TICKET, "anything at all: #12"),
        (TicketRule(needed=True), "1"),
        (TicketRule("[A-Z]+-[0-9]+"), ""),
        (TicketRule("[A-Z]+-[0-9]+"), "HELP-1"),
        (TicketRule("INC[0-9]{4}|HELP-[0-9]+"), "HELP-77"),
        (INC, "INC0042"),
    ],
)
def test_what_fits_is_taken_without_space_around_it(rule: TicketRule, ticket: str) -> None:
    assert rule.check(ticket) == ticket
    assert rule.check(f"  {ticket}\t") == ticket


@pytest.mark.parametrize(
    "ticket", ["INC004", "INC00421", "xINC0042", "inc0042", "\ud800", "INC0042\nINC0042", "INC٠٠٤٢"]
)
def test_only_the_whole_of_it_fits_and_what_it_looks_like_is_told(ticket: str) -> None:
    with pytest.raises(BadTicket) as caught:
        INC.check(ticket)
    assert caught.value.field == "ticket"
    assert "INC[0-9]{4}" in caught.value.advice


@pytest.mark.parametrize("nothing", ["", "   ", "\t"])
def test_nothing_is_no_ticket_where_one_is_needed(nothing: str) -> None:
    with pytest.raises(BadTicket, match="A ticket number is needed"):
        INC.check(nothing)
    with pytest.raises(BadTicket, match="A ticket number is needed"):
        TicketRule(needed=True).check(nothing)


def test_what_is_too_long_is_not_cut_but_refused() -> None:
    assert ANY_TICKET.check("x" * LONGEST)
    with pytest.raises(BadTicket, match=str(LONGEST)):
        ANY_TICKET.check("x" * (LONGEST + 1))


@given(st.text(string.printable, max_size=20))
def test_a_pattern_is_taken_or_its_field_is_named(text: str) -> None:
    try:
        pattern = parse_pattern(text)
    except BadInput as bad:
        assert (bad.field, bool(bad.advice)) == ("ticket_pattern", True)  # noqa: PT017 - either is right
    else:
        assert parse_pattern(pattern) == pattern
        with suppress(BadTicket):
            TicketRule(pattern).check(text)


@pytest.mark.parametrize("pattern", ["INC[0-9", "(", "*", "a{2,1}", "(?P<>x)", "a\\"])
def test_a_bad_pattern_is_refused_by_the_wizard(pattern: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_pattern(pattern)
    assert caught.value.field == "ticket_pattern"


HANGING = (
    "(a|aa)+b", "(a+)+b", "(a*)*b", "(.*a){30}b", "(x+x+)+y", "((a?){20}){20}b", "(?:a?){80}a{80}b", "(a|b|ab)*c"
)  # fmt: skip
"""Each makes a matcher that tries one way after the other go on for longer than anybody waits."""


@pytest.mark.parametrize("pattern", HANGING)
def test_a_pattern_that_would_hang_answers_at_once(pattern: str) -> None:
    with pytest.raises(BadTicket):
        TicketRule(parse_pattern(pattern)).check("a" * (LONGEST - 1) + "!")


TOO_MUCH = (
    r"(a+)\1", "(?=a)b", "(?<!a)b", "((a{0,80}){0,80}){0,80}", "(?:(?:(?:a{1000}){1000}){1000})",
    "(" * 100_000, r"[\pL\pN]{1000}",
)  # fmt: skip


@pytest.mark.parametrize("pattern", TOO_MUCH, ids=lambda pattern: pattern[:20])
def test_a_pattern_that_could_take_for_ever_or_all_memory_is_refused_in_silence(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput, match="cannot be used") as caught:
        parse_pattern(pattern)
    assert caught.value.field == "ticket_pattern"
    assert len(caught.value.detail) <= LONGEST
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("rule", [ANY_TICKET, INC, TicketRule(needed=True), TicketRule(r'A"\d\\')])
def test_a_connector_keeps_its_rule(home: Path, rule: TicketRule) -> None:
    path = home / "connectors.toml"
    profiles.save(path, replace(PROFILE, ticket=rule))
    assert profiles.load(path).profiles[0].ticket == rule


def test_a_bad_pattern_written_by_hand_names_the_key(home: Path) -> None:
    path = home / "connectors.toml"
    profiles.save(path, replace(PROFILE, ticket=INC))
    path.write_text(path.read_text().replace("INC[0-9]{4}", "INC[0-9"))
    with pytest.raises(Trouble) as caught:
        profiles.load(path)
    assert "pattern" in f"{caught.value} {caught.value.detail}"


def test_the_wizard_fills_the_rule_in_and_out_again() -> None:
    profile = replace(PROFILE, ticket=INC)
    form = setup.from_profile(profile)
    assert (form.ticket_pattern, form.ticket_needed) == (INC.pattern, INC.needed)
    assert parse.to_profile(form, settings.places(), ()).ticket == INC
    with pytest.raises(BadInput) as caught:
        parse.to_profile(replace(form, ticket_pattern="("), settings.places(), ())
    assert caught.value.field == "ticket_pattern"
