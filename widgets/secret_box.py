"""A form's control for pasting a secret of many lines: it shows the secret's kind and size only."""

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

MAX_CHARACTERS: Final = 64_000


class SecretBox(HangingText, can_focus=True):
    """Accepts a paste, also from a terminal that sends it key by key, and never shows a character of it.

    Attributes:
        field: The name of the form's field, as `BadInput.field` has it.
    """

    DEFAULT_CSS = """
    SecretBox { height: auto; padding: 0 1; background: $ground; }
    SecretBox:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace,delete,ctrl+u", "empty", "Empty", key_display="⌫"),
    ]

    class Changed(Message):
        """Posted when a secret was pasted, or removed."""

        def __init__(self, box: SecretBox) -> None:
            super().__init__()
            self.box = box

        @property
        def control(self) -> SecretBox:
            """Return the sender under the name that Textual's own messages use."""
            return self.box

    class Submitted(Message):
        """Posted on enter, when the box is empty or its secret is complete."""

    def __init__(self, field: str, label: str) -> None:
        super().__init__(classes="control")
        self.field = field
        self._label = label
        self._secret = Secret("")

    @property
    def secret(self) -> Secret:
        """Return the pasted secret."""
        return self._secret

    @secret.setter
    def secret(self, secret: Secret) -> None:
        self._secret = secret
        self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """Replace the secret by what is pasted."""
        event.prevent_default()
        event.stop()
        self._replace_secret(event.text[:MAX_CHARACTERS])

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's signature
        """Return whether a key is text here."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Append what is typed: some terminals send a paste as single keys, line ends included."""
        typed = event.character if event.is_printable else None
        if event.key == "enter":
            if not self._secret or _is_complete(self._secret.reveal()):
                event.stop()
                event.prevent_default()
                self.post_message(self.Submitted())
                return
            typed = "\n"
        if typed is not None:
            event.stop()
            event.prevent_default()
            self._replace_secret(self._secret.reveal() + typed)

    def _replace_secret(self, text: str) -> None:
        self._secret = Secret(text[:MAX_CHARACTERS])
        self.reset_note()
        self.post_message(self.Changed(self))

    def action_empty(self) -> None:
        """Remove the secret."""
        self._replace_secret("")

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the secret's kind and size, and nothing of its text."""
        cursor = "▸" if self.has_focus else " "
        style = STYLE[Tone.GOOD] if self._secret else "$muted"
        lead = Content.styled(f"{cursor}{self._label:<18}", "bold $accent" if self.has_focus else "$muted")
        yield Paragraph(lead, Content.styled(describe_secret(self._secret.reveal()), style))


def describe_secret(text: str) -> str:
    """Describe a pasted secret by its kind and size."""
    text = text.strip()
    if not text:
        return "paste it here: nothing of it is shown"
    lines = len(text.splitlines())
    kind = "PEM" if text.startswith("-----BEGIN") else "JWK" if text.startswith("{") else "text"
    size = f"{lines} line{'s' if lines > 1 else ''}" if kind == "PEM" else f"{len(text)} characters"
    return f"{kind}, {size}; nothing of it is shown"


def _is_complete(text: str) -> bool:
    """Return whether the secret is complete: a PEM ends with its END line, a JWK with its last brace."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        return "-----END" in text and text.endswith("-----")
    return text.count("{") == text.count("}")
