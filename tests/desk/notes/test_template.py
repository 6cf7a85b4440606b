"""The template of the ticket text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.support import harmful
from tui.desk.notes.template import DEFAULT, FIELDS, LARGEST, BadNoteTemplate, NoteTemplate, parse


def test_a_line_whose_fields_are_all_empty_is_left_out() -> None:
    template = parse("{action} for {name}\nReason: {reason}\nTicket: {ticket} of {agent}\nAsk the desk.")
    filled = template.fill({"action": "Unlock", "name": "Ann Lee", "agent": "tess"})
    assert filled == "Unlock for Ann Lee\nTicket:  of tess\nAsk the desk."


def test_keydesks_own_text_names_only_fields_that_there_are() -> None:
    assert parse(DEFAULT).text == DEFAULT


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert parse("{name}: {reason}").fill({"name": "{reason}", "reason": "{name}"}) == "{reason}: {name}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "It is empty"),
        (" \n ", "It is empty"),
        ("x" * (LARGEST + 1), "4,000 characters"),
        ("{nmae}", "Did you mean name?"),
        ("{}", "Known: action"),
    ],
)
def test_a_template_that_cannot_be_used_says_what_to_do(text: str, words: str) -> None:
    with pytest.raises(BadNoteTemplate) as caught:
        parse(text)
    assert words in str(caught.value)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=60)))
def test_whatever_a_profile_holds_the_text_is_harmless_and_has_no_further_lines(values: dict[str, str]) -> None:
    text = NoteTemplate().fill(values)
    assert not [line for line in text.split("\n") if harmful(line)]
    assert len(text.split("\n")) <= len(DEFAULT.splitlines())
