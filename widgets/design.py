"""What Textual's own widgets look like in keydesk, and the styles that several screens share. See docs/look.md."""

from __future__ import annotations

from typing import Final

SHEET: Final = """
Screen { background: $ground; color: $text; }
ModalScreen { background: transparent; }

Pane { width: 1fr; height: 1fr; }
.-wide Pane {
    border: round $muted; border-title-color: $muted; border-title-style: bold; border-subtitle-color: $muted;
    &:focus-within { border: round $focus; border-title-color: $focus; border-subtitle-color: $focus; }
    &:focus-within:nocolor { border-title-style: bold reverse; }
}
.-wide.-short Pane { border: none; &:focus-within { border: none; } }

Button, Button.-style-default {
    color: $accent; background: $panel; background-tint: transparent; border: none; text-style: bold; tint: transparent;
    &:hover { background: $panel; text-style: bold underline; }
    &.-active { background: $panel; border: none; tint: transparent; }
    &.-success { color: $good; background: $panel; }
    &.-warning { color: $warn; background: $panel; }
    &.-error { color: $bad; background: $panel; }
    &:focus { text-style: bold reverse; background-tint: transparent; }
    &:disabled { color: $muted; text-opacity: 100%; text-style: none; }
}

Input {
    background: $ground; color: $text; background-tint: transparent;
    &:focus { background-tint: transparent; }
    &:ansi { background: $ground; color: $text; }
    &.-textual-compact.-invalid { background-tint: transparent; }
    & > .input--cursor { background: $ground; color: $text; text-style: reverse; }
    & > .input--placeholder, & > .input--suggestion { color: $muted; text-style: none; }
}

Toast {
    background: $panel; color: $text; border-left: outer $accent;
    &:ansi { background: $panel; }
    &.-information { border-left: outer $good; }
    &.-warning { border-left: outer $warn; }
    &.-error { border-left: outer $bad; }
}
Tooltip { background: $panel; color: $text; border: round $muted; padding: 0 1; &:ansi { background: $panel; } }

CommandPalette {
    background: transparent; color: $text;
    &:ansi { background: transparent; }
    & > Vertical {
        width: 84; max-width: 100%; margin-top: 2; background: $panel;
        &:dark { background: $panel; }
    }
    & > .command-palette--help-text { color: transparent; text-style: not bold; }
    & > .command-palette--highlight { color: $accent; text-style: bold underline; }
    #--input {
        border: round $focus; background: $panel; padding: 0 1;
        &.--list-visible { border: round $focus; }
    }
    LoadingIndicator { border-bottom: none; color: $accent; background: $panel; }
}
CommandInput, CommandInput:focus { border: none; height: 1; background: $panel; }
CommandList {
    border: round $focus; background: $panel; padding: 0; scrollbar-size-vertical: 1;
    text-wrap: nowrap; text-overflow: ellipsis;  /* a command has two lines, and so many have room */
    &:focus, &.--populating { border: round $focus; }
    & > .option-list--option { text-style: bold; padding: 0 1; }
    &:nocolor > .option-list--option-highlighted { text-style: bold underline; }
}
SearchIcon { display: none; }
"""
