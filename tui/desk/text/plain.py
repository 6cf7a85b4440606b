"""Untrusted text made harmless: for one line or one block of any terminal, for a spreadsheet's cell, for a search.

The rules for a terminal:

* Control characters: C0 and DEL turn into their pictures (`␛`), C1 into U+FFFD. Tabs and line ends become a space, or
  stay line ends in a block.
* Bidirectional controls, tags, soft hyphens and other invisible format characters are dropped. The few format
  characters that print something (such as the Arabic number sign) stay.
* Joiners (ZWJ, ZWNJ) stay where writing needs them: between letters outside ASCII, and up to three in one emoji, as
  the longest standard ones have. More would show wide where every library counts two cells.
* A variation selector stays only right behind a character that can have one: `❤️`, `1️⃣`, the variants of a kanji.
* Marks: three general ones on a letter, six in scripts whose own marks stack (Tibetan, Burmese, pointed Hebrew); the
  rest of a pile goes, and so does a mark with nothing to stand on, which would land on the neighbouring cell.
* Lone surrogates, noncharacters and private-use characters become U+FFFD: fonts draw anything there, keydesk's own
  signs included. Characters newer than Python's tables stay.

Markup stays as it is: widgets take text, never markup.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from tui.patterns import late_pattern

_REPLACEMENT: Final = "\ufffd"
_ELLIPSIS: Final = "…"
LONGEST: Final = 2000
"""Characters of one line, about a screenful: no name is nearly as long, and a longer one would bury all others."""
LONGEST_CELL: Final = 30_000
"""Characters of a spreadsheet's cell, which may list many names; the usual programs take 32,767."""
_ZWJ: Final = "\u200d"
_JOINERS: Final = "\u200c\u200d\u180e"  # the last separates Mongolian vowels
_JOINER_ALONE: Final = late_pattern(f"(?<![^\x00-\x7f])[{_JOINERS}]+|[{_JOINERS}]+(?![^\x00-\x7f{_JOINERS}])")
_LINE_END: Final = late_pattern("\r\n|[\n\v\f\r\x85\u2028\u2029]")
# Latin, Greek, Cyrillic, common punctuation, kana, kanji, hangul: nothing in it needs a closer look.
_ORDINARY: Final = late_pattern(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u037a-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u20a0-\u20bf"
    "\u2190-\u21ff\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f]*"
)
_GENERAL_MARKS: Final = late_pattern("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_MOST_GENERAL_MARKS: Final = 3
_MOST_MARKS: Final = 6
_MOST_EMOJI_JOINERS: Final = 3
_SELECTOR: Final = late_pattern("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BEHIND_A_SIGN: Final = late_pattern("[\U0001f3fb-\U0001f3ff\ufe0f]")  # skin tones, and the emoji selector
_KEYCAPS: Final = "#*0123456789"
# Format characters that print: they stand before the digits or the verse that they mark.
_VISIBLE_FORMAT: Final = late_pattern("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
# Invisible although Python's tables may call them unassigned; with all that is Cf.
_IGNORABLE: Final = late_pattern("[\u2065\ufff0-\ufff8\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]")
_FORMULA: Final = frozenset("=+-@\u2212")
_LEAD: Final = late_pattern("[\\s\u115f\u1160\u2800\u3164\uffa0]")  # with the letters that show as nothing
# Controls, formats (which turn text around, or hide it), surrogates, private use, and what some take for line ends.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def plain(value: object, *, limit: int | None = None) -> str:
    """Return one line of harmless text; ordinary text of any script stays unchanged.

    Args:
        value: Any value; `None` is empty, and what is not text becomes text by `str`.
        limit: The most characters, by default `LONGEST`; a longer text is cut between letters and ends in an ellipsis.
    """
    limit = LONGEST if limit is None else limit
    text = value if isinstance(value, str) else "" if value is None else str(value)
    whole = len(text)
    text = text[: 10 * max(limit, 100)]  # what may be dropped is no reason to look at megabytes
    cut = len(text) < whole
    if not (text.isascii() and text.isprintable()):
        text = _harmless(_LINE_END.sub(" ", text).replace("\t", " "))
    text += _ELLIPSIS if cut else ""
    return text if len(text) <= limit else _cut(text, limit)


def plain_block(value: object) -> str:
    """Return harmless text with its line breaks, each as one newline; a tab becomes four spaces."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    lines = _LINE_END.sub("\n", text).replace("\t", "    ").split("\n")
    return "\n".join(_harmless(line) for line in lines)


def csv_cell(value: object, *, exact: bool = False) -> str:
    """Return one line for a CSV cell, with an apostrophe in front of what a spreadsheet would run as a formula.

    Spreadsheets skip leading space, and some read full-width signs as plain ones; so this skips both too, and all
    characters that show as nothing. In much of Europe spreadsheets split cells at a semicolon, so an apostrophe also
    follows a semicolon. The CSV writer quotes commas and quotes.

    Args:
        value: Any value; `None` is empty.
        exact: Whether the cell is evidence: then nothing is dropped, and invisible characters become escapes. Otherwise
            the text is made harmless as by `plain`.
    """
    if not exact:
        return ";".join(_disarmed(part, part) for part in plain(value, limit=LONGEST_CELL).split(";"))
    text = value if isinstance(value, str) else "" if value is None else str(value)
    return ";".join(_disarmed(part, "".join(map(_spelled, part))) for part in text.split(";"))


def _disarmed(text: str, shown: str) -> str:
    """Return the shown form of a text, with an apostrophe in front where a program could run the text or that form."""
    return f"'{shown}" if _is_formula(text) or _is_formula(shown) else shown


def _is_formula(text: str) -> bool:
    for character in text:
        if character in "\t\r\n":  # some programs run what is behind it, some take it for a field's end
            return True
        if unicodedata.category(character)[0] not in "CMZ" and not _LEAD.match(character):
            return unicodedata.normalize("NFKC", character)[0] in _FORMULA
    return False


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if _is_unseen(character) else character


def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _UNSEEN or bool(_IGNORABLE.match(character)) or (category == "Cn" and _nonchar(character))


def searchable(text: str) -> str:
    """Return typed or pasted text for a search: composed (NFC), without control and format characters.

    Any white space becomes one space. Unlike `plain`, it leaves no stand-ins: nobody's name holds one. Joiners stay
    between characters outside ASCII, where they are spelling.
    """
    kept: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Zs", "Zl", "Zp"}:
            kept.append(" ")
        elif category not in {"Cs", "Cf"} or character in _JOINERS:
            kept.append(character)
    joined = _JOINER_ALONE.sub("", "".join(kept))
    return " ".join(unicodedata.normalize("NFC", joined).split())


def _harmless(text: str) -> str:
    if _ORDINARY.fullmatch(text) or text.replace(" ", "").isalpha():  # letters alone, of any script
        return text
    return _joined(_marked(_visible(text)))


def _visible(text: str) -> str:
    """Replace or drop each character that is harmful by itself; joiners and selectors depend on their neighbours."""
    kept: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc":
            kept.append(_picture(character))
        elif category in {"Cs", "Co"} or (category == "Cn" and _nonchar(character)):
            kept.append(_REPLACEMENT)
        elif category == "Cf":
            if character in _JOINERS or _VISIBLE_FORMAT.match(character):
                kept.append(character)
        elif not _IGNORABLE.match(character):
            kept.append(character)
    return "".join(kept)


def _picture(control: str) -> str:
    code = ord(control)
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else _REPLACEMENT  # noqa: PLR2004 - Unicode


def _nonchar(character: str) -> bool:
    code = ord(character)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE  # noqa: PLR2004 - Unicode's own bounds


def _marked(text: str) -> str:
    """Limit the marks on each character. Joiners do not start a new count, or they would help a pile to grow."""
    kept: list[str] = []
    base = before = ""
    general = marks = 0
    for character in text:
        if character in _JOINERS:
            kept.append(character)
            before = character
            continue
        if _is_mark(character):
            if not base or marks == _MOST_MARKS:
                continue
            if _SELECTOR.match(character) and not (before == base and _has_variants(base)):
                continue
            if _GENERAL_MARKS.match(character):
                if general == _MOST_GENERAL_MARKS:
                    continue
                general += 1
            marks += 1
        else:
            base, general, marks = character, 0, 0
        before = character
        kept.append(character)
    return "".join(kept)


def _joined(text: str) -> str:
    """Keep a joiner only between two letters outside ASCII, or between two signs of one emoji."""
    kept: list[str] = []
    before, chain = "", 0
    for place, character in enumerate(text):
        after = text[place + 1 : place + 2]
        if character in _JOINERS:
            if _is_letter(before) and _is_letter(after):
                pass
            elif character == _ZWJ and _is_sign(before) and _is_sign(after) and chain < _MOST_EMOJI_JOINERS:
                chain += 1
            else:
                continue
        elif before != _ZWJ and not _continues(character):
            chain = 0
        kept.append(character)
        before = character
    return "".join(kept)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _has_variants(base: str) -> bool:
    return base in _KEYCAPS if base.isascii() else not base.isspace()


def _is_letter(character: str) -> bool:
    """Whether a character is a letter or mark that a joiner can act on; selectors belong to signs."""
    return not character.isascii() and unicodedata.category(character)[0] in "LM" and not _SELECTOR.match(character)


def _is_sign(character: str) -> bool:
    """Whether a character is part of an emoji: a symbol, also one newer than Python knows, a skin tone, a selector."""
    if character.isascii():
        return False
    return unicodedata.category(character) in {"So", "Sm", "Cn"} or bool(_BEHIND_A_SIGN.match(character))


def _continues(character: str) -> bool:
    return _is_mark(character) or bool(_BEHIND_A_SIGN.match(character))


def _cut(text: str, limit: int) -> str:
    """Cut before a letter with its marks, so that no mark moves onto the ellipsis."""
    end = max(limit - 1, 0)
    while end and (_continues(text[end]) or text[end] in _JOINERS or text[end - 1] in _JOINERS):
        end -= 1
    return text[:end] + _ELLIPSIS if limit > 0 else ""
