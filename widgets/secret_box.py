"""A place to paste a secret of many lines into: it is kept, and only its kind and size are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tui.desk.connectors.secrets import Secret
from tui.desk.text.tone import Tone
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.binding import BindingType

MOST: Final = 64_000


class SecretBox(HangingText, can_focus=True):
    """Takes a paste whole, also from a terminal that types it out key by key; never shows a character of it.

    Attributes:
        field: What goes here, as `BadInput.field` names it.
    """

    DEFAULT_CSS = """
    SecretBox { height: auto; padding: 0 1; background: $surface; }
    SecretBox:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete,ctrl+u", "empty", "Empty", key_display="⌫"),
    ]

    class Changed(Message):
        """Something was pasted, or taken away."""

        def __init__(self, box: SecretBox) -> None:
            super().__init__()
            self.box = box

        @property
        def control(self) -> SecretBox:
            """The sender, as Textual's own messages name it."""
            return self.box

    class Submitted(Message):
        """Enter, when what is there is whole."""

    def __init__(self, field: str, label: str) -> None:
        super().__init__(classes="control")
        self.field = field
        self._label = label
        self._secret = Secret("")

    @property
    def secret(self) -> Secret:
        """What was pasted."""
        return self._secret

    @secret.setter
    def secret(self, secret: Secret) -> None:
        self._secret = secret
        self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """Keep it in the place of what was there."""
        event.prevent_default()
        event.stop()
        self._take(event.text[:MOST])

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed: some terminals hand a paste over like that, line ends included."""
        typed = event.character if event.is_printable else None
        if event.key == "enter":
            if not self._secret or _whole(self._secret.reveal()):
                event.stop()
                event.prevent_default()
                self.post_message(self.Submitted())
                return
            typed = "\n"
        if typed is not None:
            event.stop()
            event.prevent_default()
            self._take(self._secret.reveal() + typed)

    def _take(self, text: str) -> None:
        self._secret = Secret(text[:MOST])
        self.hint()
        self.post_message(self.Changed(self))

    def action_empty(self) -> None:
        """Forget it."""
        self._take("")

    def paragraphs(self) -> Iterable[Paragraph]:
        """The kind and the size, nothing of what it is."""
        cursor = "▸" if self.has_focus else " "
        style = STYLE[Tone.GOOD] if self._secret else "$foreground-muted"
        lead = Content.styled(
            f"{cursor}{self._label:<18}", "bold $text-primary" if self.has_focus else "$foreground-muted"
        )
        yield Paragraph(lead, Content.styled(told(self._secret.reveal()), style))


def told(text: str) -> str:
    """What can be said of a pasted secret without showing it."""
    text = text.strip()
    if not text:
        return "paste it here: nothing of it is shown"
    lines = len(text.splitlines())
    kind = "PEM" if text.startswith("-----BEGIN") else "JWK" if text.startswith("{") else "text"
    size = f"{lines} line{'s' if lines > 1 else ''}" if kind == "PEM" else f"{len(text)} characters"
    return f"{kind}, {size}; nothing of it is shown"


def _whole(text: str) -> bool:
    """Whether an enter ends it: a PEM goes on until its END line, a JWK until its last brace."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        return "-----END" in text and text.endswith("-----")
    return text.count("{") == text.count("}")
