"""The styles that are looked up are those that Textual finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import quick_styles
from tests.screens.support import NARROW, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.support import Seat


def styles(seat: Seat) -> dict[object, object]:
    """The rules that every node of the screens has, and each of its component classes."""
    found: dict[object, object] = {}
    for screen in seat.app.screen_stack:
        for node in screen.walk_children(with_self=True):
            found[node] = dict(node.styles.base._rules)
            for name, held in node._component_styles.items():
                found[node, name] = dict(held.base._rules)
    return found


async def test_styles_looked_up_are_those_that_textual_finds(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:

        async def agrees(*keys: str) -> None:
            await seat.press(*keys)
            looked_up = styles(seat)
            assert len(looked_up) > 20
            quick_styles.match_anew()
            try:
                for screen in seat.app.screen_stack:
                    seat.app.stylesheet.update(screen)
            finally:
                quick_styles.match_once()
            assert looked_up == styles(seat), keys

        await agrees()
        await seat.look_up("ann.lee@acme.example")
        for keys in (["enter"], ["question_mark"], ["escape", "p"], ["escape", "w"], ["escape", "f3"], ["f5"], ["f1"]):
            await agrees(*keys)
        await seat.pilot.resize_terminal(160, 50)
        await agrees("slash", "a", "n")
        seat.app.theme = next(name for name in seat.app.available_themes if name != seat.app.theme)
        await agrees()
        seat.app.screen.query("Input").first().disabled = True
        await agrees()
