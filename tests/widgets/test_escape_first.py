"""Escape and the key behind it, as they arrive from a terminal."""

from __future__ import annotations

import sys

from textual import events

from tests.each import each
from widgets.escape_first import EscapeFirst
from widgets.front import FrontApp


def keys(*chunks: str) -> list[str]:
    """The keys that the chunks mean, when they arrive without a pause."""
    parser = EscapeFirst()
    found = [message for chunk in chunks for message in parser.feed(chunk)]
    parser._timeout_time = 0.0 if parser._timeout_time is not None else None
    found += parser.tick()
    return [message.text if isinstance(message, events.Paste) else message.key for message in found]  # type: ignore[attr-defined]


@each(
    ("chunks", "meant"),
    [
        (["\x1b\r"], ["escape", "enter"]),  # cancelled and gone on, never confirmed
        (["\x1b", "\r"], ["escape", "enter"]),
        (["\x1b/ann\r"], ["escape", "slash", "a", "n", "n", "enter"]),
        (["\x1bu"], ["escape", "u"]),
        (["\x1b\x1bu"], ["escape", "escape", "u"]),
        (["x\x1b", "M"], ["x", "escape", "M"]),
        (["\x1b"], ["escape"]),
        (["\x1b[A\x1b[B"], ["up", "down"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1bOR"], ["f3"]),
        (["\x1bf\x1bb\x1b\t"], ["ctrl+right", "ctrl+left", "shift+tab"]),  # alt and an arrow, as macOS sends it
        (["\x1b[200~one\x1b\rtwo\x1b[201~u"], ["one\rtwo", "u"]),  # what is pasted presses no key of its own
        (["\x1b[200~a\x1b", "\x1b[Ab\x1b[20", "1~\x1b\r"], ["a[Ab", "escape", "enter"]),
    ],
)
def test_escape_is_never_swallowed_by_the_key_behind_it(chunks: list[str], meant: list[str]) -> None:
    assert keys(*chunks) == meant


def test_every_app_of_keydesk_reads_its_keys_so() -> None:
    driver = FrontApp[None]().get_driver_class()
    parsers = [vars(sys.modules[kind.__module__]).get("XTermParser") for kind in driver.__mro__]
    assert [parser for parser in parsers if parser is not None] == [EscapeFirst]
