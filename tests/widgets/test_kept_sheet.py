"""A style sheet that keeps its rules applies the same ones as Textual's, and parses each text once for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.css.errors import StyleValueError
from textual.css.styles import Styles
from textual.css.stylesheet import Stylesheet, StylesheetParseError
from textual.style import Style as VisualStyle
from textual.widget import Widget

from widgets.kept_sheet import KeptSheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet

MORE = 200
"""More kinds of widgets than Textual keeps the rules of."""


def fill(sheet: Stylesheet) -> None:
    for number in range(MORE):
        css = f"Kind{number} {{ color: $ink; width: {number}; }}"
        sheet.add_source(css, read_from=("kinds", str(number)), is_default_css=number % 2 == 0, tie_breaker=number)


def told(rules: list[RuleSet]) -> list[tuple[str, bool, int]]:
    return [(rule.css, rule.is_default_rules, rule.tie_breaker) for rule in rules]


def test_a_text_is_parsed_once_for_each_set_of_variables() -> None:
    sheet, plain = KeptSheet({"ink": "red"}), Stylesheet(variables={"ink": "red"})
    for one in (sheet, plain):
        fill(one)
        one.parse()
    first = list(sheet.rules)
    assert told(first) == told(plain.rules)
    sheet.set_variables({"ink": "red"})
    sheet.reparse()
    assert [id(rule) for rule in sheet.rules] == [id(rule) for rule in first]
    sheet.add_source("New { color: $ink; }", read_from=("kinds", "new"), is_default_css=False)
    assert [id(rule) for rule in sheet.rules[:MORE]] == [id(rule) for rule in first]
    for one in (sheet, plain):
        one.set_variables({"ink": "blue"})
        one.reparse()
    assert ("#FF0000" in first[0].css, "#0000FF" in sheet.rules[0].css) == (True, True)
    assert told(sheet.rules[:MORE]) == told(plain.rules)


def test_a_widget_gets_the_rules_that_textual_sets_and_none_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Stylesheet()
    sheet.add_source(
        "A { width: 3; color: red; border: round blue; display: none; layers: a b; } "
        "B { width: 3; color: blue; border-top: tall blue; padding: 1 2; } C { offset: 1 2; layers: x y; }"
    )
    a, b, c = (rule.styles.get_rules() for rule in sheet.rules)
    ours, plain = Widget(), Widget()
    for rules in (a, b, a, c, c, b):
        for kind, widget in ((KeptSheet, ours), (Stylesheet, plain)):
            kind.replace_rules(widget, rules)
        assert ours.styles.base.get_rules() == plain.styles.base.get_rules() == rules
    sets: list[str] = []
    vars(ours)["_visual_style"] = VisualStyle()
    monkeypatch.setattr(Styles, "set_rule", lambda _, name, value: sets.append(name))
    KeptSheet.replace_rules(ours, b | {"width": a["width"]})
    assert sets == []
    assert vars(ours)["_visual_style"] is None  # what is worked out from the parents' styles may be another one now
    KeptSheet.replace_rules(ours, b | {"color": a["color"]})
    assert sets == ["color"]


def test_what_is_wrong_is_still_told() -> None:
    sheet = KeptSheet({"ink": "red"})
    sheet.add_source("Kind { width: much; }", read_from=("kinds", "0"), is_default_css=False)
    with pytest.raises((StylesheetParseError, StyleValueError)):
        sheet.reparse()
