"""Spellings: whatever way a number is typed, the way that the directory holds it is among them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.each import each
from tui.desk.people.phones import MOST_SPELLINGS, digits_of, fold, is_phone, spellings, variants

AMERICAN = (
    "+1 (415) 555-0132",
    "+14155550132",
    "+1 415-555-0132",
    "+1 415 555 0132",
    "+1-415-555-0132",
    "+1.415.555.0132",
    "(415) 555-0132",
    "(415)555-0132",
    "415-555-0132",
    "415.555.0132",
    "415 555 0132",
    "4155550132",
    "14155550132",
    "1-415-555-0132",
    "1 415 555 0132",
    "001 415 555 0132",
    "0014155550132",
    "tel:+1-415-555-0132",
    "tel:+1-415-555-0132;ext=5",
    "415-555-0132 x5",
    "415-555-0132 ext. 5",
    "+1 (415) 555–0132",
    "+1 415 555 0132",
    "４１５５５５０１３２",
    "٤١٥٥٥٥٠١٣٢",
)
SWISS = (
    "+41446681800",
    "+41 44 668 18 00",
    "+41 (0)44 668 18 00",
    "+41-44-668-18-00",
    "0041 44 668 18 00",
    "00 41 44 668 18 00",
    "0041446681800",
    "044 668 18 00",
    "044/668 18 00",
    "0446681800",
    "41446681800",
    "tel:+41-44-668-18-00",
)
GERMAN = ("+49 30 1234567", "+49301234567", "030 1234567", "030/1234567", "(030) 1234567", "0049 30 1234567")


@pytest.mark.parametrize(("numbers", "region"), [(AMERICAN, "US"), (SWISS, "CH"), (GERMAN, "DE"), (SWISS, "ch")])
def test_every_spelling_leads_to_the_same_number(numbers: tuple[str, ...], region: str) -> None:
    found = {number: set(spellings(number, region=region)) for number in numbers}
    for one, other in itertools.combinations(numbers, 2):
        assert found[one] & found[other], (one, other)
    assert set.intersection(*found.values())


@each("held", [*AMERICAN[:18]])
@each("typed", ["415 555 0132", "+14155550132"])
def test_a_number_is_found_however_it_is_held(typed: str, held: str) -> None:
    assert held in spellings(typed)


@pytest.mark.parametrize(
    "held", ["+41446681800", "+41 44 668 18 00", "044 668 18 00", "0446681800", "+41 (0)44 668 18 00"]
)
def test_an_international_number_needs_no_region(held: str) -> None:
    for typed in ("+41446681800", "0041 44 668 18 00"):
        for region in ("US", "", "XX", "nonsense"):
            assert held in spellings(typed, region=region)


def test_a_number_without_code_is_read_both_ways() -> None:
    assert {"+41446681800", "41446681800"} <= set(spellings("41446681800", region="US"))
    assert "+493012345678" in spellings("030 12345678", region="DE")


def test_what_no_plan_knows_is_still_spelled() -> None:
    assert spellings("044 668 18 00", region="US") == (
        "044 668 18 00",
        "0446681800",
        "044-668-18-00",
        "044.668.18.00",
        "+0446681800",
    )


@pytest.mark.parametrize("text", ["+1 (415) 555-0132", "415.555.0132", "123-4567", "00000000"])
def test_the_first_spelling_is_as_typed(text: str) -> None:
    assert spellings(text)[0] == text


@each(
    "text",
    [
        "", "   ", "123456", "1" * 16, "ann", "E1234567", "415-555-0132 Ann", "1+2345678", "++14155550132",
        "tel:", "x1234567", "123x4", "1 " * 5000, "()", "+", "½½½½½½½½", "²³¹²³¹²³x",
    ],
)  # fmt: skip
def test_what_is_no_number_has_no_spellings(text: str) -> None:
    assert not is_phone(text)
    assert spellings(text) == ()


def test_digits_of() -> None:
    assert digits_of("+1 (415) 555-0132 ext. 99") == "14155550132"
    assert digits_of("12 34") == "1234"
    assert digits_of("123x4") == ""
    assert digits_of("ann") == ""


@given(st.one_of(st.text(), st.text("+0123456789 ()-./;=extl:"), st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True)))
def test_never_fails_and_is_bounded(text: str) -> None:
    found = spellings(text)
    assert len(found) <= MOST_SPELLINGS
    assert len(set(found)) == len(found)
    assert all(form.strip() for form in found)
    assert bool(found) == is_phone(text)


def test_the_library_is_imported_only_for_a_number() -> None:
    code = (
        "import sys; from tui.desk.people.query import understand; understand('ann lee'); understand('E1043')\n"
        "assert 'phonenumbers' not in sys.modules\n"
        "understand('415 555 0132'); assert 'phonenumbers' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@each(
    ("typed", "held"),
    [
        ("O'Brien", "O’Brien"),
        ("O’Brien", "O'Brien"),
        ("Zoë", "Zoe"),
        ("Müller", "Muller"),
        ("Müller", "Mueller"),
        ("Strauß", "Strauss"),
        ("Jørgen", "Jorgen"),
        ("Łukasz", "Lukasz"),
        ("Ａｎｎ", "Ann"),
        ("Ann Smith-Jones", "Ann Smith Jones"),
        ("Élodie D’Arc", "Elodie D'Arc"),
        ("Ёлкина", "Елкина"),
    ],
)
def test_a_name_is_found_in_the_directorys_spelling(typed: str, held: str) -> None:
    assert held in variants(typed)
    assert variants(typed)[0] == typed


@pytest.mark.parametrize("text", ["がぎぐ", "नरेंद्र", "李安", "ann", "محمد"])
def test_marks_that_are_no_accents_stay(text: str) -> None:
    assert variants(text) == (unicodedata.normalize("NFC", text),)


def test_fold() -> None:
    assert fold("Smith-Jones,  Zoë") == fold("smith jones ZOE")
    assert fold("O’Brien") == fold("o'brien")
    assert fold("J. Smith") == "j smith"
