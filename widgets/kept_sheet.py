"""Textual's style sheet, which parses each text once and sets what differs.

Textual would parse all of them anew for every new screen, and set all rules of every widget anew at every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.styles import RulesMap
    from textual.dom import DOMNode

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

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's own
        """Set the rules of a node that differ from those that it has.

        Textual sets each of them again, at each change of a class in any of the widgets that hold the node. To set what
        is set already does nothing, so the outcome is the same.

        Args:
            node: The widget, or the part of one that has styles of its own.
            rules: Its rules by their names.
            animate: Whether a change may glide, where the app's animations are switched on.
        """
        if animate and node.app.animation_level != "none":
            super().replace_rules(node, rules, animate=animate)
            return
        styles = node.styles.base
        held = styles._rules  # noqa: SLF001 - as Textual's own method does
        if held != rules:
            for name in held.keys() | rules.keys():
                if held.get(name) != (value := rules.get(name)):
                    setattr(styles, name, value)
        node.notify_style_update()
