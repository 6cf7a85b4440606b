"""What lies behind a dialog is what Textual itself would show there, and pressing it does nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from textual._compositor import Compositor
from textual.content import Content
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from widgets.dialog import Dialog
from widgets.field import Field
from widgets.front import FrontApp
from widgets.kept_sheet import KeptSheet

if TYPE_CHECKING:
    import pytest
    from textual.app import ComposeResult
    from textual.dom import DOMNode
    from textual.strip import Strip

INSIDE = "#inside { width: 12; height: 3; border: round $warn; background: $panel; }"


class Ours(Dialog[None]):
    CSS = f"Ours {{ align: center middle; }} Ours {INSIDE}"

    def compose(self) -> ComposeResult:
        yield Static("a dialog", id="inside")


class Textuals(ModalScreen[None]):
    CSS = f"Textuals {{ align: center middle; }} Textuals {INSIDE}"

    def compose(self) -> ComposeResult:
        yield Static("a dialog", id="inside")


class Sized(Dialog[None]):
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - Textual declares it as an instance's

    def compose(self) -> ComposeResult:
        yield Field(id="field")
        yield Button("enter Go on", id="go", compact=True)


class Behind(FrontApp[None]):
    def compose(self) -> ComposeResult:
        yield Static(Content.from_markup("a [bold @click=app.bell]button[/], [link='http://a.example']a link[/] 世界"))
        yield Static("second line")


def drawn(app: Behind) -> list[Strip]:
    """The lines of the screen in front, with that behind it, as an update shows them."""
    compositor = app.screen._compositor
    compositor.render_update(full=True, screen_stack=app._background_screens)
    return compositor.render_strips()


def looks(strips: list[Strip]) -> list[list[tuple[str, object]]]:
    """Each character with its style; of blanks the background alone is seen."""
    return [
        [
            (glyph, style if glyph.strip() or style is None else style.bgcolor)
            for text, style, _ in strip
            for glyph in text
        ]
        for strip in strips
    ]


async def test_what_lies_behind_a_dialog_looks_as_textual_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Behind()
    async with app.run_test(size=(40, 10)) as pilot:
        shown = []
        for screen in (Textuals(), Ours()):
            await app.push_screen(screen)
            await pilot.pause()
            shown.append(looks(drawn(app)))
            assert any("a dialog" in strip.text for strip in drawn(app))
            clicks = [segment.style.meta for strip in drawn(app) for segment in strip if segment.style]
            assert not any("@click" in meta for meta in clicks)
            app.pop_screen()
            await pilot.pause()
            monkeypatch.setattr(BackgroundScreen, "process_segments", None)  # Textual's own work, for its own alone
        assert shown[0] == shown[1]


async def test_a_dialog_is_laid_out_once_and_what_lay_behind_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []

    def noted(kind: type, name: str) -> None:
        done = getattr(kind, name)

        def noting(self: object, *given: object, **more: object) -> object:
            work.append(name)
            return done(self, *given, **more)

        monkeypatch.setattr(kind, name, noting)

    app = Behind()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(app, "_display", lambda *_: None)  # else nothing is drawn in tests
        noted(Compositor, "reflow")
        noted(Compositor, "render_full_update")
        await app.push_screen(Ours())
        await pilot.pause()
        # As it comes, and once more after Textual has told it that its widgets are there.
        assert work == ["reflow", "render_full_update", "reflow", "render_full_update"]
        work.clear()
        app.pop_screen()
        await pilot.pause()
        assert work == ["render_full_update"]
        assert "a dialog" not in "".join(strip.text for strip in drawn(app))
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert "reflow" in work  # another size is laid out, as ever
        assert app.screen._compositor.size == (50, 12)


async def test_the_widgets_of_a_dialog_are_styled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while they are made, nor once more when the dialog finds out how large the terminal is."""
    styled = Counter[object]()
    apply = KeptSheet.apply

    def counted(sheet: KeptSheet, node: DOMNode, **more: Any) -> None:  # noqa: ANN401 - passes on what it gets
        styled[node] += 1
        apply(sheet, node, **more)

    monkeypatch.setattr(KeptSheet, "apply", counted)
    app = Behind()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.push_screen(Sized())
        await pilot.pause()
        assert app.screen.has_class("-short")
        assert [styled[widget] for widget in app.screen.query("#field, #go")] == [1, 1]
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        assert app.screen.has_class("-tall")
        assert [styled[widget] for widget in app.screen.query("#field, #go")] == [2, 2]
