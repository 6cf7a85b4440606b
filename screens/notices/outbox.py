"""The dialog that shows a notice as the outbox took it: a mail with its headers, where its file lies, and its text."""

from __future__ import annotations

from email import message_from_string
from email.policy import default
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.clipboard import copy
from tui.desk.text.plain import plain, plain_block
from widgets.dialog import Dialog
from widgets.notice import Notice
from widgets.tones import keys

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

HEADERS = ("From", "To", "Subject", "Date")


class OutboxScreen(Dialog[None]):
    """Shows one mail of the outbox.

    Args:
        path: The file.
        text: What is in the file.
    """

    CSS_PATH = "outbox.tcss"
    AUTO_FOCUS = "#scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", key_display="esc"),
        Binding("c", "copy", "Copy"),
    ]

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self._path = path
        self._text = mail_text(text)

    def compose(self) -> ComposeResult:
        """Yield the mail and the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content("In the outbox: nothing left this machine")
            with VerticalScroll(id="scroll"):
                yield Static(f"{self._text}\n\nFile  {plain(self._path)}", id="text", markup=False)
            yield Static(Content.assemble(*keys(("c", "copies it"), ("esc", "back"))), id="keys")
            yield Notice()

    def action_copy(self) -> None:
        """Copy the mail."""
        copy(self, self._text, lambda arrival: self.query_one(Notice).show(f"The mail: {arrival.value}"))


def mail_text(text: str) -> str:
    """Return a mail as harmless text: the headers that people read, an empty line, the text."""
    mail = message_from_string(text, policy=default)
    body = mail.get_body(("plain",))
    lines = [f"{name:<9}{plain(mail[name])}" for name in HEADERS if mail[name]]
    return "\n".join([*lines, "", plain_block(body.get_content() if body is not None else "").strip()])
