"""The spellings under which a directory may hold a phone number or a name, since Okta compares them as plain text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumber

FEWEST_DIGITS: Final = 7
MOST_DIGITS: Final = 15  # ITU-T E.164
MOST_SPELLINGS: Final = 24
_LONGEST: Final = 60  # characters of a number as typed; anything longer is prose
_SCHEME: Final = late_pattern(r"(?:tel|phone|callto|sip|sips):(?://)?", re.IGNORECASE)
_PARAMETERS: Final = late_pattern(r";.*", re.DOTALL)
_EXTENSION: Final = late_pattern(r"[\s,;]*(?:extension|ext|ext\.|x|#|;ext=)[\s:=.]*\d{1,7}$", re.IGNORECASE)
_SHAPE: Final = late_pattern(r"\+?[\d\s().\-/+]+")
_NOT_DIGITS: Final = late_pattern(r"\D+", re.ASCII)
_MARKS: Final = late_pattern("[\u0300-\u036f]")  # only these: a kana's or a Devanagari letter's marks are not accents
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"}
)
_SPELLED_OUT: Final = str.maketrans(
    {"ä": "ae", "Ä": "Ae", "ö": "oe", "Ö": "Oe", "ü": "ue", "Ü": "Ue", "ß": "ss", "ø": "oe", "Ø": "Oe"}
    | {"å": "aa", "Å": "Aa", "æ": "ae", "Æ": "Ae"}
)
_STRAIGHT: Final = str.maketrans(dict.fromkeys("’‘ʼʹ´`", "'"))


def digits_of(text: str) -> str:
    """Return the digits of a phone number in any spelling, without an extension; empty where it cannot be one."""
    number = _bare(text) if len(text) <= _LONGEST else ""
    if not _SHAPE.fullmatch(number) or "+" in number[1:]:
        return ""
    return _NOT_DIGITS.sub("", number)


def is_phone(text: str) -> bool:
    """Whether the text can be a whole phone number."""
    return FEWEST_DIGITS <= len(digits_of(text)) <= MOST_DIGITS


def spellings(text: str, *, region: str = "US") -> tuple[str, ...]:
    """Return the spellings of a number in directories, most likely first; empty where the text is no phone number.

    Args:
        text: The number as typed or pasted.
        region: The two-letter region whose national numbers are meant when no country code is given.
    """
    if not is_phone(text):
        return ()
    forms = dict.fromkeys((text.strip(), *_all_spellings(_bare(text), region)))
    return tuple(forms)[:MOST_SPELLINGS]


def variants(text: str) -> tuple[str, ...]:
    """Return a name as typed, then as a directory may spell it: full width, apostrophes, accents, hyphens."""
    forms = dict.fromkeys((text, unicodedata.normalize("NFKC", text)))
    for form in tuple(forms):
        straight = form.translate(_STRAIGHT)
        forms |= dict.fromkeys((straight, straight.replace("'", "’")))
    for form in tuple(forms):
        forms |= dict.fromkeys((_unaccented(form), form.translate(_SPELLED_OUT)))
    if " " in text:
        forms |= dict.fromkeys([form.replace("-", " ") for form in forms])
    return tuple(form for form in forms if form.strip(" ,"))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a key to compare names as people do: without case, accents, commas, dots, hyphens, curly apostrophes."""
    letters = _unaccented(unicodedata.normalize("NFKC", text)).translate(_STRAIGHT).casefold()
    return " ".join(re.split(r"[\s,.-]+", letters)).strip()


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return unicodedata.normalize("NFC", _MARKS.sub("", letters))


def _bare(text: str) -> str:
    """Return a number in ASCII digits and punctuation, without scheme and extension."""
    ascii_ish = "".join(
        "-" if unicodedata.category(character) == "Pd" or character == "\u2212" else character
        for character in unicodedata.normalize("NFKC", text)
    )
    digits = "".join(_digit(character) for character in ascii_ish).strip()
    scheme = _SCHEME.match(digits)
    number = digits[scheme.end() :] if scheme else digits
    without = _PARAMETERS.sub("", _EXTENSION.sub("", number)).strip()
    # `123x4` is a code, not the number 123 with an extension.
    return without if len(_NOT_DIGITS.sub("", without)) >= FEWEST_DIGITS else number.strip()


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _all_spellings(number: str, region: str) -> Iterator[str]:
    candidates = _valid_numbers(number, region)
    if not candidates:
        yield from _as_grouped(number)
        yield f"+{digits_of(number)}"
        return
    forms = [_forms(candidate) for candidate in candidates]
    # In turn, so that the limit on the number of spellings drops as many of each candidate.
    for place in range(max(map(len, forms))):
        yield from (form[place] for form in forms if place < len(form))
    yield from _as_grouped(number)  # the typed groups can differ from the plan's


def _as_grouped(number: str) -> Iterator[str]:
    """Yield the typed groups with the usual separators between them, for numbers that no numbering plan has."""
    groups = re.findall(r"\d+", number)
    plus = "+" if number.startswith("+") else ""
    digits = "".join(groups)
    yield from (plus + digits, digits)
    yield from (plus + separator.join(groups) for separator in (" ", "-", "."))


def _valid_numbers(number: str, region: str) -> list[PhoneNumber]:
    """Return the valid numbers that a text can mean: national, or international with `00` or nothing for the plus."""
    import phonenumbers  # noqa: PLC0415 - 25 ms and its tables, spent only when an agent types a number

    digits = _NOT_DIGITS.sub("", number)
    tries: list[tuple[str, str | None]]
    if number.startswith("+"):
        tries = [(number, None)]
    elif digits.startswith("00"):
        tries = [(f"+{digits[2:]}", None), (number, region.upper())]
    else:
        tries = [(number, region.upper()), (f"+{digits}", None)]
    numbers: list[PhoneNumber] = []
    for text, where in tries:
        try:
            parsed = phonenumbers.parse(text, where)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed) and parsed not in numbers:
            numbers.append(parsed)
    return numbers


def _forms(number: PhoneNumber) -> list[str]:
    """Return one number in the common spellings, most likely first."""
    from phonenumbers import PhoneNumberFormat, format_number  # noqa: PLC0415 - as above

    code = str(number.country_code)
    international = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = format_number(number, PhoneNumberFormat.NATIONAL)
    groups = re.findall(r"\d+", international)[1:]
    at_home = re.findall(r"\d+", national)
    significant = "".join(groups)
    home = "".join(at_home)
    trunk = home.removesuffix(significant) if home.endswith(significant) else ""
    rest = " ".join(groups[1:])
    forms = [
        f"+{code}{significant}",
        international,
        national,
        home,
        "-".join(at_home),
        ".".join(at_home),
        f"{code}{significant}",
        f"+{code} " + " ".join(groups),
        f"+{code}-" + "-".join(groups),
        f"+{code}.{'.'.join(groups)}",
        f"+{code} ({trunk}){groups[0]} {rest}".strip() if trunk else f"+{code} ({groups[0]}) {'-'.join(groups[1:])}",
        " ".join(at_home),
        significant,
        f"+{code} {significant}",
        f"{code}-" + "-".join(groups),
        f"00{code}{significant}",
        f"00{code} " + " ".join(groups),
        format_number(number, PhoneNumberFormat.RFC3966),
        f"{code} " + " ".join(groups),
        f"({at_home[0]}){'-'.join(at_home[1:])}",
        f"{code}.{'.'.join(groups)}",
    ]
    return list(dict.fromkeys(forms))
