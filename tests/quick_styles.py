"""Textual's style sheets without matching the same rules again for each node of each app.

A third of what a story costs is Textual finding out which rules hold for a node: for all nodes of a screen each time
that a class on top of it changes, and for each app anew. What it finds is decided by the node's path (the type, id,
classes and state of each node from the app down to it) and by the rules that can be for it, so it is found once for
each of these. What it is in doubt about (what is disabled, what depends on its place among its siblings) is matched
anew. `tests/screens/test_quick_styles.py` compares with what Textual finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.css.model import RuleSet
    from textual.css.styles import RulesMap

ORDER: Final = frozenset({"first-of-type", "last-of-type", "first-child", "last-child", "empty"})
NOTHING: Final[Any] = {}
"""What is found for a node that no rule is for: Textual then leaves its styles as they are."""


class Candidates(NamedTuple):
    """The rules that can be for a node, by its type, id and classes.

    Attributes:
        number: The same for the same rules.
        known: Whether the path decides which of them hold.
        hover: Whether one of them looks at the mouse; as Textual notes it on a node, like the next three.
    """

    number: int
    known: bool
    hover: bool
    focus_within: bool
    order: bool
    odd_or_even: bool


_numbers: Final[dict[Hashable, int]] = {}
_rules: Final[dict[tuple[RuleSet, ...], int]] = {}
_found: Final[dict[tuple[int, int], RulesMap]] = {}
_alike: Final[dict[frozenset[tuple[str, int]], RulesMap]] = {frozenset(): NOTHING}
"""What was found, by names and the values themselves, which it keeps: nodes often have the same by another path."""
_virtual: Final[dict[str, DOMNode]] = {}
_apply: Final = Stylesheet.apply


def match_once() -> None:
    """Have all style sheets look up what was found before."""
    Stylesheet.apply = apply  # type: ignore[method-assign,assignment]
    Stylesheet._process_component_classes = components  # type: ignore[method-assign,assignment]


def match_anew() -> None:
    """Have all style sheets match as Textual does, to compare with it."""
    Stylesheet.apply = _apply  # type: ignore[method-assign]
    Stylesheet._process_component_classes = _components  # type: ignore[method-assign]


def apply(
    sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], Any] | None = None
) -> None:
    """Apply a style sheet to a node, as `Stylesheet.apply` does."""
    could = candidates(sheet, node)
    path = path_number(node, cache) if could.known else None
    if path is None:
        node.__dict__.pop("_quick", None)
        _apply(sheet, node, animate=animate, cache=cache)
        return
    key = (path, could.number)
    found = _found.get(key)
    if found is None:
        fresh: dict[tuple[Any, ...], Any] = {}
        _apply(sheet, node, animate=animate, cache=fresh)
        found = next(iter(fresh.values()), NOTHING)
        found = _found[key] = _alike.setdefault(frozenset((name, id(found[name])) for name in found), found)
    else:
        node._has_hover_style, node._has_focus_within = could.hover, could.focus_within
        node._has_order_style, node._has_odd_or_even = could.order, could.odd_or_even
        if found is not NOTHING:
            before, updates, was_animated = node.__dict__.get("_quick", (None, 0, False))
            if before is not found or updates != node.styles.base._updates or was_animated:
                sheet.replace_rules(node, found, animate=animate)
            elif not animate:
                node.notify_style_update()
        sheet._process_component_classes(node)
    node.__dict__["_quick"] = (found, node.styles.base._updates, animate and "transitions" in found)


def candidates(sheet: Stylesheet, node: DOMNode) -> Candidates:
    """Return the rules that can be for a node."""
    rules = sheet.rules
    of, known = sheet.__dict__.get("_candidates", (None, None))
    if of is not rules:
        known = {}
        sheet.__dict__["_candidates"] = (rules, known)
    who = (type(node), node._id, frozenset(node._classes))
    if who not in known:
        rules_map = sheet.rules_map
        limit = {rule for name in rules_map.keys() & node._selector_names for rule in rules_map[name]}
        mine = tuple(rule for rule in reversed(rules) if rule in limit)
        states = set().union(*[rule.pseudo_classes for rule in mine])
        known[who] = Candidates(
            number=_rules.setdefault(mine, len(_rules)),
            known=states.isdisjoint(sheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE),
            hover="hover" in states,
            focus_within="focus-within" in states,
            order=not states.isdisjoint(ORDER),
            odd_or_even=not states.isdisjoint({"odd", "even"}),
        )
    found: Candidates = known[who]
    return found


def path_number(node: DOMNode, cache: dict[tuple[Any, ...], Any] | None) -> int | None:
    """Return a number that is the same for nodes with the same path; `None` where something in it is disabled.

    Args:
        node: The node.
        cache: Textual's, of nodes whose classes do not change meanwhile.
    """
    if cache is not None and (path := cache.get(("path", node))) is not None:
        return int(path)
    above = node._parent
    upper: int | None = 0
    if isinstance(above, DOMNode):
        upper = path_number(above, cache)
    if upper is None:
        return None
    state: tuple[Hashable, ...] = ()
    if isinstance(node, App):
        theme = node.current_theme.dark
        state = (theme, node.app_focus, node.is_inline, node.native_ansi_color, node.no_color)
    elif isinstance(node, Widget):
        if node.disabled:
            return None
        state = (node.mouse_hover, node.has_focus)
    path = _number(upper, node, state)
    if cache is not None:
        cache["path", node] = path
    return path


def _number(upper: int, node: DOMNode, state: Hashable) -> int:
    return _numbers.setdefault((upper, type(node), node._id, frozenset(node._classes), state), len(_numbers) + 1)


_components: Final = Stylesheet._process_component_classes


def components(sheet: Stylesheet, node: DOMNode) -> None:
    """Find the styles of a node's component classes, as `Stylesheet._process_component_classes` does."""
    classes = node._get_component_classes()
    if not classes:
        return
    path = path_number(node, None)
    made: dict[str, RulesMap | None] = node.__dict__.setdefault("_quick_components", {})
    old = node._component_styles.copy()
    node._component_styles.clear()
    changed = False
    for component in sorted(classes):
        before = old.get(component)
        found = None
        if before is not None and path is not None:
            like_it = _virtual.get(component) or _virtual.setdefault(component, DOMNode(classes=component))
            could = candidates(sheet, like_it)
            found = _found.get((_number(path, like_it, ()), could.number)) if could.known else None
        if before is not None and found is not None and made.get(component) is found:
            node._component_styles[component] = before
            continue
        virtual = DOMNode(classes=component)
        virtual._attach(node)
        sheet.apply(virtual)
        changed = changed or before != virtual.styles
        node._component_styles[component] = virtual.styles
        made[component] = virtual.__dict__.get("_quick", (None,))[0]
    if changed:
        node.refresh()
