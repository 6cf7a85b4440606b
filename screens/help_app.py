"""What every app of keydesk has: `?` and F1, which show the keys of the screen in front, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding

from widgets.front import FrontApp

if TYPE_CHECKING:
    from textual.binding import BindingType

R = TypeVar("R")


class HelpApp(FrontApp[R]):
    """An app whose screens and dialogs all have `?` and F1; where text is typed, `?` is a letter and F1 works."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, since else no key of the app reaches a dialog, and a box may have a use for F1.
        Binding("question_mark", "show_keys", "Keys", key_display="?", show=False, priority=True),
        Binding("f1", "show_keys(True)", "Keys", show=False, priority=True),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: `?` is a letter in a box."""
        if action == "show_keys" and not parameters:
            return self.focused is None or not self.focused.check_consume_key("question_mark", "?")
        return super().check_action(action, parameters)

    def action_show_keys(self, f1: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - which key it was
        """Show the keys of the screen in front, or hide them again."""
        from screens.key_help import KeyHelpScreen

        if isinstance(self.screen, KeyHelpScreen):
            self.screen.dismiss(None)
        elif self.screen.is_mounted:
            self.push_screen(KeyHelpScreen(self.screen))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy selected text all ways that there are; ctrl+c in a field and anywhere else comes here."""
        from screens.clipboard import copy_selected

        copy_selected(self, text)
