"""The pen that a terminal writes with: attributes, colours and link, and the shortest way from one pen to another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tui.terminal.glyphs import Unshowable

if TYPE_CHECKING:
    from tui.terminal.rules import Rules

RESET: Final = "\x1b[m"
_ATTRIBUTES: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")
_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that show where there is no glyph: lines, frames, and colours turned round."""
_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
_RIVALS: Final = (frozenset({"1", "2"}), frozenset({"4", "21"}), frozenset({"5", "6"}), frozenset({"51", "52"}))
_FOREGROUND: Final = r"(3[0-79]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)"
_BACKGROUND: Final = r"(4[0-79]|10[0-7]|48;5;\d+|48;2;\d+;\d+;\d+)"
_CODES: Final = re.compile(rf"((?:(?:{'|'.join(reversed(_ATTRIBUTES))})(?:;|$))*){_FOREGROUND}?(?:;|$)?{_BACKGROUND}?")


class Pen:
    """What is written looks like this. There is one object for each look, so that looks are compared by identity.

    Attributes:
        attributes: The SGR codes of bold, underline and so on.
        ink: The SGR codes of the foreground; empty for the terminal's own.
        paper: The SGR codes of the background; empty for the terminal's own.
        link: What follows `OSC 8;`: the link's id and address; empty for none.
        bare: The pen that shows the same where there is no glyph: this one without its ink, unless that shows, too,
            as it does of a link, which many terminals underline.
    """

    __slots__ = ("attributes", "bare", "ink", "link", "paper")

    def __init__(self, attributes: frozenset[str], ink: str, paper: str, link: str) -> None:
        """Hold a look; whoever keeps all pens says which is its bare one."""
        self.attributes = attributes
        self.ink = ink
        self.paper = paper
        self.link = link
        self.bare = self

    @property
    def shows_on_blanks(self) -> bool:
        """Whether more is seen of a blank than its background."""
        return bool(self.link or self.attributes & _ON_BLANKS)

    def __repr__(self) -> str:
        """Return the pen's codes."""
        return f"<{';'.join([*sorted(self.attributes), self.ink, self.paper])} {self.link}>"


class Pens:
    """All pens of a terminal."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[tuple[frozenset[str], str, str, str], Pen] = {}
        self._by_codes: dict[tuple[str, str], Pen] = {}
        self._ways: dict[tuple[Pen, Pen], str] = {}
        self.default = self.get("")

    def get(self, codes: str, link: str = "") -> Pen:
        """Return the pen of a style.

        Args:
            codes: The codes of an SGR sequence, as Textual makes them of a style.
            link: What follows `OSC 8;`.

        Raises:
            Unshowable: There is another code among them.
        """
        pen = self._by_codes.get((codes, link))
        if pen is None:
            match = _CODES.fullmatch(codes)
            if match is None:
                raise Unshowable(codes)
            attributes = frozenset(filter(None, match[1].split(";")))
            ink, paper = match[2] or "", match[3] or ""
            pen = self._pen(attributes, "" if ink == "39" else ink, "" if paper == "49" else paper, link)
            self._by_codes[codes, link] = pen
        return pen

    def bare(self, paper: str) -> Pen:
        """Return the pen of blanks on a background."""
        return self._pen(frozenset(), "", paper, "")

    def on(self, pen: Pen, blank: Pen) -> Pen:
        """Return the pen that blanks are written with after another pen: its ink, which does not show, may stay."""
        return blank if pen.shows_on_blanks else self._pen(pen.attributes, pen.ink, blank.paper, "")

    def _pen(self, attributes: frozenset[str], ink: str, paper: str, link: str) -> Pen:
        key = (attributes, ink, paper, link)
        pen = self._known.get(key)
        if pen is None:
            pen = self._known[key] = Pen(*key)
            plain = pen.shows_on_blanks or not (attributes or ink)
            if not plain:
                pen.bare = self.bare(paper)
        return pen

    def way(self, old: Pen, new: Pen) -> str:
        """Return what makes one pen of another."""
        way = self._ways.get((old, new))
        if way is None:
            way = self._ways[old, new] = self._shortest(old, new)
        return way

    def _shortest(self, old: Pen, new: Pen) -> str:
        link = "" if old.link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
        looks = [*sorted(new.attributes, key=int), new.ink, new.paper]
        anew = ";".join(filter(None, ["0", *looks])) if any(looks) else ""
        steps = self._steps(old, new)
        if steps is None:
            return f"{link}\x1b[{anew}m"
        if not steps:
            return link
        part = ";".join(steps)
        return f"{link}\x1b[{part if len(part) <= len(anew) else anew}m"

    def _steps(self, old: Pen, new: Pen) -> list[str] | None:
        """Return the codes of what differs; `None` where all has to be said anew.

        That is where the terminal is not to be asked to take one thing back, and where two attributes come together
        that some terminals hold for two states of one, as bold and faint: there the last one wins.
        """
        gone = old.attributes - new.attributes
        if old.attributes != new.attributes and any(pair <= new.attributes for pair in _RIVALS):
            return None
        off = {_OFF[code] for code in gone}
        lost = (old.ink and not new.ink) or (old.paper and not new.paper)
        if (gone or lost) and not self._rules.part_colours:
            return None
        come = {code for code in new.attributes if code not in old.attributes or _OFF[code] in off}
        steps = [*sorted(off), *sorted(come, key=int)]
        if old.ink != new.ink:
            steps.append(new.ink or "39")
        if old.paper != new.paper:
            steps.append(new.paper or "49")
        return steps
