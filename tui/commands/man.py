"""`keydesk man`: the manual page, made from the parser and from what the help topics say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from tui import __version__
from tui.commands.codes import Code
from tui.commands.help import subparsers, summaries

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

_COMMON: Final = frozenset({"demo", "connector", "read_only", "verify_only"})
"""Options of nearly every command, which the page tells once."""
_ASCII: Final = str.maketrans({
    "…": "...", "“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "·": ";", "→": "->",
})  # fmt: skip
"""Characters that a man program may not show in every locale, and plain ones for them."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    del common  # the page is printed without an org
    sub = commands.add_parser(
        "man",
        help="the manual page",
        description="Shows the manual page. Into a pipe or file it prints the page as roff, for a folder of manual "
        "pages: keydesk man > ~/.local/share/man/man1/keydesk.1",
    )
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the page with the man program where there is a terminal and such a program; else print it as roff."""
    roff = manual(arguments.parser, arguments.headings)
    if not (sys.stdout.isatty() and _shown_by_man(roff)):
        sys.stdout.write(roff)
    return Code.OK


def _shown_by_man(roff: str) -> bool:
    """Whether a man program took the page from its standard input."""
    import shutil
    import subprocess

    for words in (["man", "-l", "-"], ["mandoc", "-a"]):  # the first is GNU's, the second that of BSD and macOS
        if program := shutil.which(words[0]):
            try:
                done = subprocess.run([program, *words[1:]], input=roff.encode(), check=False)  # noqa: S603 - fixed words
            except OSError:
                continue
            if done.returncode == 0:
                return True
    return False


def manual(top: argparse.ArgumentParser, headings: Mapping[str, Sequence[str]]) -> str:
    """Return the manual page in the language of roff (the macros of man(7)), in ASCII.

    Args:
        top: The parser of all commands.
        headings: The commands beneath each heading, in order.
    """
    from tui.commands.reference import DESCRIPTION, ENVIRONMENT, EXAMPLES, exit_codes, files

    about = (top.description or "").rstrip(".")
    lines = [
        f'.TH KEYDESK 1 "" "keydesk {__version__}" "User Commands"',
        ".SH NAME",
        f"keydesk \\- {_text(about[0].lower() + about[1:])}",
        ".SH SYNOPSIS",
        ".B keydesk",
        _text("[--demo] [-c NAME] [--read-only] [COMMAND ...]"),
        ".SH DESCRIPTION",
        *_paragraphs(DESCRIPTION),
        ".SH OPTIONS",
        *_options(top),
        ".PP",
        _text("The options that say which org may stand before or after a command, where it asks an org."),
        ".SH COMMANDS",
    ]
    parsers, lines_by_name = subparsers(top), summaries(top)
    for title, names in headings.items():
        lines.append(f".SS {_text(title)}")
        for name in names:
            lines += _command(parsers[name], lines_by_name[name])
    lines += [".SH EXIT STATUS", *_tagged(exit_codes())]
    lines += [".SH ENVIRONMENT", *_tagged(ENVIRONMENT)]
    lines += [".SH FILES", *_tagged(files()), ".PP", _text("keydesk paths prints where they lie.")]
    lines += [".SH EXAMPLES", *_tagged(EXAMPLES)]
    return "\n".join(lines) + "\n"


def _command(parser: argparse.ArgumentParser, summary: str) -> list[str]:
    """Return a command with its options, and its verbs beneath it."""
    lines = [".TP", f"\\fB{_text(_usage(parser))}\\fR", _text(_sentence(summary))]
    if parser.description and not parser.description.casefold().startswith(summary.casefold()):
        lines += [".IP", *_paragraphs(parser.description, macro=".IP")]
    if options := _options(parser, skip=_COMMON):
        lines += [".RS", *options, ".RE"]
    verbs = summaries(parser)
    for name, verb in subparsers(parser).items():
        lines += _command(verb, verbs[name])
    return lines


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return a command with its arguments and the options of which one is needed: `keydesk unlock [PERSON ...]`.

    argparse's own usage line names all options, and is written otherwise by each version of Python.
    """
    words = [parser.prog]
    for group in parser._mutually_exclusive_groups:  # noqa: SLF001 - argparse has no public way to them
        if group.required:
            options = " | ".join(action.option_strings[-1] for action in group._group_actions)  # noqa: SLF001 - as above
            words.append(f"({options})")
    for action in parser._get_positional_actions():  # noqa: SLF001 - as above
        name = str(action.metavar or action.dest)
        shapes = {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]", "A...": f"{name} ..."}
        words.append(shapes.get(str(action.nargs), name))
    return " ".join(words)


def _options(parser: argparse.ArgumentParser, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """Return the options and arguments that have a help text, the help option aside."""
    lines = []
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to them
        if not action.help or "-h" in action.option_strings or action.help == "==SUPPRESS==" or action.dest in skip:
            continue
        value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
        value = " ".join(value) if isinstance(value, tuple) else value
        names = ", ".join(f"\\fB{_text(name)}\\fR" for name in action.option_strings) or f"\\fI{_text(value)}\\fR"
        tail = f" \\fI{_text(value)}\\fR" if action.option_strings and value else ""
        about = action.help.replace("%%", "%")
        lines += [".TP", f"{names}{tail}", _text(_sentence(about))]
    return lines


def _sentence(text: str) -> str:
    """Return a help text as a sentence; one that ends as a sentence already gets no second full stop."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def _tagged(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [line for name, about in pairs for line in (".TP", f"\\fB{_text(name)}\\fR", _text(about))]


def _paragraphs(text: str, *, macro: str = ".PP") -> list[str]:
    """Return a text's paragraphs; one whose lines are indented keeps its lines."""
    lines: list[str] = []
    for number, paragraph in enumerate(text.split("\n\n")):
        lines += [macro] if number else []
        if paragraph.startswith("  "):
            lines += [".nf", *map(_text, paragraph.split("\n")), ".fi"]
        else:
            lines.append(_text(" ".join(paragraph.split())))
    return lines


def _text(text: str) -> str:
    """Return a text as roff shows it: nothing in it is a command, and a hyphen can be copied as an option's."""
    plain = text.translate(_ASCII).encode("ascii", "replace").decode().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain
