"""Textual's style sheet, which parses each text once; Textual would parse all of them anew for every new screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet

_MOST: Final = 1024
"""Texts whose rules are kept. Textual keeps 64, which is less than the kinds of widgets and screens of a day's work."""


class KeptSheet(Stylesheet):
    """Keeps the rules of each text until the variables change, as by another theme.

    Textual makes a fresh sheet where the rules are wanted anew, three times for each screen that is opened. Rules are
    never changed once they are parsed, so the ones that are kept are the same. What is wrong in a sheet is still found:
    a text is parsed when it is first met.
    """

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache: LRUCache[tuple[object, ...], list[RuleSet]] = LRUCache(_MOST)
        self._known_variables = dict(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the variables; where they are the ones that were set before, the rules are kept."""
        if variables != self._known_variables:
            self._known_variables = dict(variables)
            super().set_variables(variables)

    def reparse(self) -> None:
        """Take the rules of all texts together, by the variables of now."""
        self.parse()
