"""What the commands print: aligned columns for people, one JSON document for programs."""

from __future__ import annotations

import json
import os
import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Final

from tui.desk.text.plain import plain
from tui.okta.tokens import without_tokens

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from typing import TextIO

    from tui.desk.people.badges import Badge, Badges
    from tui.desk.people.person import Part, Person
    from tui.desk.session import Session
    from tui.okta.models import User
    from tui.trouble import Trouble


_LEAST_WIDTH: Final = 30
"""Cells in which a text is wrapped, however narrow the terminal: with less, a sentence would be a column of words."""
MARKS: Final = "MARKS"
"""The title of the column of badges, which is printed only where somebody has one."""


def print_line(text: str = "") -> None:
    """Print one line; what the terminal's encoding cannot show becomes a `?` instead of a traceback."""
    sys.stdout.write(encodable(text, sys.stdout) + "\n")


def print_hanging(margin: str, text: str) -> None:
    """Print a text behind a margin. Where a terminal is too narrow for it, it goes on beneath its own beginning.

    Args:
        margin: What stands before the text, such as a label with its gap.
        text: The text; harmless, one line. No word of it is cut, so that an address or a login can be copied.
    """
    lines = [text]
    if sys.stdout.isatty():
        from textwrap import wrap

        from rich.cells import cell_len

        width = max(_LEAST_WIDTH, get_terminal_size().columns - cell_len(margin))
        lines = wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        print_line(f"{' ' * len(margin) if number else margin}{line}".rstrip())


def print_to_stderr(text: str = "") -> None:
    """Print one line to standard error, where it does not mix with what a program reads from standard output."""
    sys.stderr.write(encodable(text, sys.stderr) + "\n")


def encodable(text: str, where: TextIO) -> str:
    """Return a text that a stream can encode, and a terminal show: plain characters stand for the others."""
    if where.isatty():
        text = _for_terminal(text)
    encoding = where.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _for_terminal(text: str) -> str:
    if text.isascii():
        return text
    from tui.desk.text.charset import UTF_8, showable, terminal_charset

    charset = terminal_charset(os.environ, sys.platform)
    if charset == UTF_8:
        return text
    from rich.cells import cell_len

    return showable(text, charset, cell_len)


def print_trouble(trouble: Trouble) -> None:
    """Print a failure to standard error: its title, advice, detail and request id."""
    parts = [f"keydesk: {plain(trouble.title)}"]
    if trouble.advice:
        parts.append(f"  {plain(trouble.advice)}")
    detail = " ".join(filter(None, (trouble.detail, f"request {rid}" if (rid := _request_id(trouble)) else "")))
    if detail:
        parts.append(f"  {plain(detail)}")
    print_to_stderr(without_tokens("\n".join(parts)))


def _request_id(trouble: Trouble) -> str:
    return str(getattr(trouble, "request_id", ""))


def print_clock(session: Session) -> None:
    """Print to standard error by how much this machine's clock is off, where that is more than two minutes."""
    from tui.desk.text.okta_terms import clock_off

    if words := clock_off(session.client.clock.off):
        print_to_stderr(f"keydesk: This machine's clock is {words}. keydesk goes by Okta's; set this one right.")


def clock_json(session: Session) -> dict[str, int | None]:
    """Return, for a program, the seconds by which this machine's clock is ahead; `None` up to two minutes."""
    return {"clockAheadSeconds": round(session.client.clock.off) or None}


def print_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print one JSON document, in ASCII only, so that no control character in it reaches the terminal."""
    print_line(json.dumps(value, indent=2, ensure_ascii=True))


def print_table(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    wide: bool | None = None,
    spare: Sequence[str] = (),
    widest: int = 44,
) -> None:
    """Print a table whose columns are aligned by the width that each text has on the screen.

    At a terminal no line is longer than the terminal is wide: texts are cut, and then columns are left out, which is
    said on standard error. What tells people apart is cut last.

    Args:
        titles: The titles of the columns.
        rows: Texts that hold no control characters; a `Toned` one is coloured where the output takes colour.
        wide: Whether to print all columns whole, whatever the terminal's width (`--wide`); `None` where the command has
            no such flag.
        spare: The titles of columns that a narrow terminal does without first, in this order.
        widest: At a terminal, a longer text is cut to this many screen cells.
    """
    from rich.cells import cell_len

    table = whole = _without_empty_marks([tuple(titles), *(tuple(row) for row in rows)])
    left_out: list[str] = []
    shown: Sequence[int] = range(len(table[0]))
    if sys.stdout.isatty() and not wide:
        from tui.commands.fitting import fit

        table, left_out = fit(table, get_terminal_size().columns, widest=widest, spare=spare)
        shown = [index for index, title in enumerate(whole[0]) if title not in left_out]
    widths = [max(cell_len(row[index]) for row in table) for index in range(len(table[0]))]
    paint = _painter(whole)
    for number, row in enumerate(table):
        cells = (
            paint(number, column, cell) + " " * (width - cell_len(cell))
            for column, cell, width in zip(shown, row, widths, strict=True)
        )
        print_line("  ".join(cells).rstrip())
    if left_out:
        more = "" if wide is None else " (--wide shows all)"
        print_to_stderr(f"Left out, since the terminal is narrow: {', '.join(left_out)}{more}")


def _painter(table: Sequence[Sequence[str]]) -> Callable[[int, int, str], str]:
    """Return what colours a cell by row, column and the text that stands for it; as it is where nothing is coloured."""
    from tui.commands.colour import painted, painted_title, wants_colour
    from tui.desk.text.tone import Tone

    if not wants_colour(sys.stdout):
        return lambda _row, _column, text: text

    def paint(row: int, column: int, text: str) -> str:
        if row == 0:
            return painted_title(text)
        return painted(text, getattr(table[row][column], "tone", Tone.PLAIN))

    return paint


def when_words(moment: datetime, now: datetime, *, wide: bool, form: str = "%Y-%m-%d %H:%M") -> str:
    """Return a time for a table: how long ago at a terminal, else and with `--wide` the time itself.

    What goes into a pipe or a file is read later, when "12 min ago" means nothing any more.

    Args:
        moment: The time.
        now: The time now, by the clock that the moment was taken from.
        wide: Whether `--wide` was typed.
        form: How the time itself is written, as for `strftime`.
    """
    from tui.desk.text.okta_terms import ago

    if wide or not sys.stdout.isatty():
        return moment.astimezone().strftime(form)
    return ago(moment, now)


def add_wide(sub: argparse.ArgumentParser) -> None:
    """Declare `--wide` for a command that prints a table."""
    sub.add_argument("--wide", action="store_true", help="all columns whole and exact times, however wide it gets")


def status_cell(user: User, *, blocked: bool = False) -> str:
    """Return a user's status as a cell of a table: in words, and in the tone of the screens."""
    from tui.commands.colour import Toned
    from tui.desk.people.card import tone_of
    from tui.desk.text.okta_terms import status_words

    return Toned(plain(status_words(user.status, blocked=blocked)), tone_of(user.status, blocked=blocked))


def _without_empty_marks(table: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return a table without its column of badges, where nobody has one."""
    place = table[0].index(MARKS) if MARKS in table[0] else None
    if place is None or any(row[place] for row in table[1:]):
        return table
    return [row[:place] + row[place + 1 :] for row in table]


def user_json(user: User) -> dict[str, Any]:
    """Return a user as the commands' JSON shows it: statuses in Okta's words, times as Okta writes them.

    For `lastLogin` and `passwordChanged` a null means never, as at Okta; what Okta did not send is left out.
    """
    value = {
        "id": user.id,
        "status": user.status,
        "login": user.login,
        "name": user.name,
        "email": user.email or None,
        "department": user.text("department") or None,
        "title": user.text("title") or None,
        "manager": user.text("manager") or None,
        "employeeNumber": user.employee_number or None,
        "mobilePhone": user.text("mobilePhone") or None,
        "provider": {"type": user.provider_type if user.has_provider else None, "name": user.provider_name or None},
        "statusChanged": user.status_changed,
        "lastLogin": user.last_login,
        "passwordChanged": user.password_changed,
        "created": user.created,
    }
    absent = {name for name in ("lastLogin", "passwordChanged") if value[name] == ""}
    return {name: item for name, item in value.items() if name not in absent}


def badges_json(badges: Badges, user_id: str) -> dict[str, bool | None]:
    """Return, for a program, whether a person has an admin role and is blocked by device; `None` where not known."""
    ids = badges.admins.ids
    return {"admin": None if ids is None else user_id in ids, "blocked": badges.blocked.known(user_id)}


def badge_words(badges: Iterable[Badge]) -> str:
    """Return badges as one cell of a table, in harmless text."""
    return ", ".join(badge.text for badge in badges)


def person_json(person: Person) -> dict[str, Any]:
    """Return a person with all parts; a part that could not be read is `null`, with the reason under `unreadable`."""
    import msgspec

    parts: dict[str, Part[Any]] = {
        "blocks": person.blocks,
        "factors": person.factors,
        "groups": person.groups,
        "apps": person.apps,
        "events": person.events,
        "admin": person.admin,
    }
    value = user_json(person.user)
    value |= {name: msgspec.to_builtins(part.value) for name, part in parts.items()}
    value["unreadable"] = {name: str(part.trouble) for name, part in parts.items() if part.trouble}
    return value
