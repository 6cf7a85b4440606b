"""Escape and the key behind it, as they arrive from a terminal."""

from __future__ import annotations

import os
import sys
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING

from textual import events

from tests.each import each
from widgets.escape_first import EscapeFirst
from widgets.front import FrontApp

if TYPE_CHECKING:
    import pytest
    from textual.message import Message


def keys(*chunks: str) -> list[str]:
    """The keys that the chunks mean, when they arrive without a pause."""
    parser = EscapeFirst()
    found = [message for chunk in chunks for message in parser.feed(chunk)]
    found += parser.end_pause() if parser.pause(0.025) is not None else ()
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


def test_only_an_escape_by_itself_is_given_up_soon() -> None:
    parser = EscapeFirst()
    pauses = []
    for character in "\x1b[1;5Au":
        assert len(list(parser.feed(character))) == (character in "Au")
        pauses.append(parser.pause(0.025))
    assert pauses == [0.025, 0.5, 0.5, 0.5, 0.5, None, None]
    assert list(parser.feed("\x1b")) == []
    assert [message.key for message in parser.end_pause() if isinstance(message, events.Key)] == ["escape"]
    assert parser.pause(0.025) is None


def test_the_keys_are_read_from_the_terminal_until_the_app_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCDELAY", "1")
    kind = FrontApp[None]().get_driver_class()
    terminal, keyboard = os.pipe()
    heard: list[str] = []
    ended = Event()

    def process(message: Message) -> None:
        heard.append(getattr(message, "key", ""))
        if heard[-1] == "escape":  # nothing came behind it
            os.write(keyboard, "\x1b[B\xff".encode("latin-1"))
        if len(heard) == 4:
            ended.set()

    driver = SimpleNamespace(_debug=False, fileno=terminal, exit_event=ended, process_message=process)
    os.write(keyboard, b"u\x1b")
    kind.run_input_thread(driver)  # type: ignore[attr-defined]
    assert heard == ["u", "escape", "down", "replacement_character"]
    for end in (terminal, keyboard):
        os.close(end)


def test_every_app_of_keydesk_reads_its_keys_so() -> None:
    driver = FrontApp[None]().get_driver_class()
    modules = [kind.__module__ for kind in driver.__mro__ if kind.__module__.startswith("textual.drivers.")]
    assert [vars(sys.modules[module])["XTermParser"] for module in modules] == [EscapeFirst]
