"""Untrusted text: nothing dangerous comes out, and nothing ordinary is lost."""

from __future__ import annotations

import unicodedata
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.each import each
from tui.desk.text.plain import LONGEST, LONGEST_CELL, csv_cell, plain, plain_block

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

ANY = st.text(st.characters(codec=None, exclude_categories=()))
# What the rules are about, thick on the ground: joiners, marks, selectors, emoji, letters of several scripts.
NASTY = st.text(
    st.sampled_from(
        "aé 1#^\u0301\u0308\u0e47\u064b\u0f71\u094d\u0915\u0645\u200c\u200d\u180e\ufe0f\ufe00\U000e0100\u20e3"
        "👩💻❤🏽♂↔🏴\U000e0067\u202e\u2066\ufeff\u00ad\u2028\x1b\x9b\t\r\n\x85\ud800\ue000\ufdd0\ufffe\u2065葛"
    )
)
TEXTS = st.one_of(ANY, NASTY)


@each(
    "text",
    [
        "Ann Lee",
        "Zoë Ångström",
        "Zoe\u0308 A\u030angstro\u0308m",
        "Nguye\u0302\u0303n Ho\u0300ng Ha\u0323nh",  # Vietnamese, decomposed
        "Ελένη Παπαδοπούλου",
        "Юлия Ёлкина",
        "محمد بن سَلْمَان",
        "می‌خواهم",  # Persian: the non-joiner is spelling
        "بِسْمِ ٱللَّهِ",
        "\u0600\u0661\u0662",  # the Arabic number sign prints
        "דָּוִד בֶּן־גּוּרִיּוֹן",
        "בְּרֵאשִׁ֖ית",  # pointed and with accents: four marks on one letter
        "สมชาย น้ำใจดี",
        "क्षत्रिय श्रीमान्",
        "र्‍य क्‌ष",  # Devanagari with joiner and non-joiner
        "ශ්‍රී ලංකා",
        "བརྒྱད་སྒྲུབས",
        "ကျွန်ုပ်တို့၏",
        "ភាសាខ្មែរ",
        "李安",
        "葛\U000e0100城",  # a kanji and its variant
        "がぎぐ",
        "か\u3099",
        "김철수",
        "\u1112\u1161\u11ab",
        "ᠮᠣᠩᠭᠣᠯ",
        "👍🏽 🇨🇭 ❤️ 1️⃣ #️⃣",
        "👩‍💻",
        "👨‍👩‍👧‍👦",
        "👩🏽‍❤️‍💋‍👨🏽",
        "🙂‍↔️ 🏳️‍🌈",
        "\u00a0« O’Brien » — 5 €",
        "a\u0301\u0302\u0303",
        "𝒜𝓃𝓃 🫨",
        "[bold]not my job[/]",
        "",
        "␛ ␡ \ufffd",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert plain(text) == text
    assert plain_block(text) == text


@each(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "\ufffd31m"),
        ("a\x00b\x7f", "a␀b␡"),
        ("one\r\ntwo\nthree\rfour\vfive\fsix", "one two three four five six"),
        ("a\tb\x85c\u2028d\u2029e", "a b c d e"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066Ann\u2069\u200e\u200f\u061c", "Ann"),
        ("\ufeffAnn\u200b\u2060\u00adLee\u2062", "AnnLee"),
        ("A\U000e0041\U000e0042nn", "Ann"),
        ("A\U000e01f0n\ufff0n\u2065", "Ann"),
        ("A\ufe0fn\U000e0101n", "Ann"),  # selectors hide data behind letters that have no variants
        ("❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f"),
        (" \ufe0f", " "),
        ("A\u200dn\u200cn\u200d", "Ann"),
        ("\u200d👩", "👩"),
        ("👩\u200d\u200d💻", "👩\u200d💻"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
        ("\ue000\U0010ffff\ufdd0\uffff", "\ufffd" * 4),
        ("\u0301a", "a"),
        ("Z\u0334\u0335\u0336\u0337\u0338algo", "Z\u0334\u0335\u0336algo"),
        ("ก" + "็" * 40, "ก" + "็" * 6),
        ("क" + "\u0301\u200d" * 10, "क\u0301\u200d\u0301\u200d\u0301"),  # joiners do not help a pile to grow
    ],
)
def test_what_harms_is_made_visible_or_dropped(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_one_emoji_holds_at_most_three_joiners() -> None:
    assert plain("\u200d".join("👩" * 9)).split("\u200d") == ["👩", "👩", "👩", "👩👩", "👩", "👩", "👩👩"]


def test_a_block_keeps_its_lines() -> None:
    assert plain_block("a\r\nb\rc\u2028d\x85e\n\n\tf\x1b") == "a\nb\nc\nd\ne\n\n    f␛"
    assert plain_block("a\n\u0301b") == "a\nb"
    assert plain_block(None) == ""


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (5, "5"), (True, "True"), (["a", "\x1b"], "['a', '\\x1b']"), (Colour.RED, "Colour.RED")],
)
def test_values_that_are_not_text(value: object, expected: str) -> None:
    assert plain(value) == expected


@each(
    ("text", "limit", "expected"),
    [
        ("Ann Lee", 7, "Ann Lee"),
        ("Ann Lee", 6, "Ann L…"),
        ("Ann Lee", 1, "…"),
        ("Ann Lee", 0, ""),
        ("", 0, ""),
        ("Zoe\u0308 Lee", 4, "Zo…"),  # the letter goes with its mark
        ("ab👩\u200d💻cd", 5, "ab…"),  # and an emoji whole
        ("ab👍🏽", 3, "ab…"),
        ("\x1b" * 9, 4, "␛␛␛…"),
    ],
)
def test_a_limit_cuts_between_letters(text: str, limit: int, expected: str) -> None:
    assert plain(text, limit=limit) == expected


@each(
    "text",
    ["=1+1", "+1 415 555 0132", "-5", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", "﹦1", "\u22121", " =1", "\u3000=1"],
)
def test_a_formula_is_disarmed(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@each("lead", ["\t", "\r", "\n", "\r\n", "\u200b", "\u202e", "\ufeff", "\u200d", "\u0301", " \t"])
def test_nothing_in_front_hides_a_formula(lead: str) -> None:
    assert csv_cell(f"{lead}=cmd|' /C calc'!A0").lstrip("'").lstrip() == "=cmd|' /C calc'!A0"
    assert csv_cell(f"{lead}=cmd|' /C calc'!A0").startswith("'")


def test_a_cell_stays_whole_where_semicolons_part_cells() -> None:
    line = "ann@example.com," + csv_cell('Ann;=HYPERLINK("http://evil.example");\u3164+1; -2;b-c')
    assert not [cell for cell in line.split(";") if cell.lstrip(" \u3164")[:1] in {"=", "+", "-", "@"}]
    assert line.endswith(";b-c")


@pytest.mark.parametrize("value", ["Ann", "a=b", "'=1", "", None, 5, "…"])
def test_an_ordinary_cell_is_unchanged(value: object) -> None:
    assert csv_cell(value) == ("" if value is None else str(value))


def harmless(text: str) -> bool:
    return not any(
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Zl", "Zp"} or character in BIDI for character in text
    )


@given(TEXTS)
@example("\x1b\x9b\u202e\ud800")
def test_nothing_dangerous_comes_out(text: str) -> None:
    assert harmless(plain(text))
    assert harmless(csv_cell(text))
    assert harmless(plain_block(text).replace("\n", ""))
    assert len(plain(text).splitlines()) <= 1
    plain(text).encode("utf-8")


@given(TEXTS, st.one_of(st.none(), st.integers(0, 30)))
@example("\u094d\u200d👩\u200d\u200d💻\ufe0f", None)
def test_twice_is_the_same_as_once(text: str, limit: int | None) -> None:
    once = plain(text, limit=limit)
    assert plain(once, limit=limit) == once
    assert plain(once) == once
    assert limit is None or len(once) <= limit
    assert plain_block(plain_block(text)) == plain_block(text)
    assert csv_cell(csv_cell(text)) == csv_cell(text)


@given(
    TEXTS | st.lists(st.sampled_from([*"=+-@＝＋－＠﹦−;'\t\r\n a", "\u200b", "\u202e", "\u3164"])).map("".join),
    st.booleans(),
)
def test_no_cell_starts_a_formula(text: str, exact: bool) -> None:
    cell = csv_cell(text, exact=exact)
    for part in cell.split(";"):
        seen = "".join(
            c for c in part if unicodedata.category(c)[0] not in "CMZ" and c not in "\u115f\u1160\u2800\u3164\uffa0"
        )
        assert not unicodedata.normalize("NFKC", seen[:1]).startswith(("=", "+", "-", "@", "\u2212"))
    assert harmless(cell)
    assert csv_cell(cell, exact=exact) == cell


@given(TEXTS)
def test_evidence_loses_nothing_in_a_cell(text: str) -> None:
    for kept, shown in zip(text.split(";"), csv_cell(text, exact=True).split(";"), strict=True):
        rest = shown.removeprefix("'") if shown.startswith("'") and not kept.startswith("'") else shown
        for character in kept:
            escape = character.encode("unicode_escape").decode("ascii")
            assert rest.startswith((character, escape))
            rest = rest[len(character if rest.startswith(character) else escape) :]
        assert not rest


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Lt", "Nd", "Sc", "So", "Pd", "Zs"])))
def test_letters_digits_and_signs_are_never_changed(text: str) -> None:
    assert plain(text) == text


def test_a_line_without_a_limit_is_a_screenful_at_most() -> None:
    for text in ("x" * 3_000_000, "行" * 100_000, "a\u0301" * 50_000, "\u202e" * 500_000, "\x1b[31m" * 100_000):
        line = plain(text)
        assert len(line) <= LONGEST
        assert line.endswith("…")
        assert plain(line) == line
    assert plain("x" * LONGEST) == "x" * LONGEST


def test_a_cell_may_list_many_names() -> None:
    names = ", ".join(f"Group {number}" for number in range(1000))
    assert csv_cell(names) == names
    assert len(csv_cell("x" * 100_000)) == LONGEST_CELL
