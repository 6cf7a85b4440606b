"""The actions of a person with their keys: live, or grey with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from widgets.fit import fit


@dataclass(frozen=True, slots=True)
class Choice:
    """One action as it is shown.

    Attributes:
        key: The key.
        title: The verb.
        reason: Why it is not possible; empty when it is.
    """

    key: str
    title: str
    reason: str = ""


class ActionBar(Static):
    """One line for each action."""

    DEFAULT_CSS = """
    ActionBar { height: auto; padding: 0 1; border-top: solid $panel-lighten-1; }
    """

    choices: reactive[tuple[Choice, ...]] = reactive(())
    footnote: reactive[str] = reactive("")

    def watch_choices(self) -> None:
        """Draw again."""
        self._draw()

    def watch_footnote(self) -> None:
        """Draw again."""
        self._draw()

    def on_resize(self) -> None:
        """Cut for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = max(20, self.content_size.width)
        lines = []
        for choice in self.choices:
            if choice.reason:
                text = f" {choice.key}  {choice.title}: not possible, {choice.reason}"
                lines.append(Content.styled(fit(text, width), "$foreground-disabled"))
            else:
                lines.append(Content.assemble((f" {choice.key} ", "bold reverse"), f" {choice.title}"))
        if self.footnote:
            lines.append(Content.styled(fit(self.footnote, width), "$foreground-muted"))
        self.update(Content("\n").join(lines))
