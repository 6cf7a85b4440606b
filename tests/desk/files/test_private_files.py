"""Files that only their owner reads are written whole or not at all, and never through a link."""

from __future__ import annotations

import errno
import os
import resource
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tui.desk.files.export import BadPath, typed_path, write_export
from tui.desk.files.private import FileTrouble, create_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG = "ann@example.com\r\n" * 10_000


@contextmanager
def little_room() -> Iterator[None]:
    """A disk on which a file gets no longer than 1,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("content", [LONG, "\ud800"], ids=["no room", "no text"])
def test_an_export_that_fails_in_the_middle_leaves_nothing(tmp_path: Path, content: str) -> None:
    with little_room(), pytest.raises(BadPath, match="cannot be written"):
        write_export(tmp_path / "people.csv", content)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [write_private, create_private])
def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, write: Callable[[Path, str], None]) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    with little_room(), pytest.raises(FileTrouble, match="cannot be written"):
        write(tmp_path / "new", LONG)
    assert list(tmp_path.iterdir()) == [other]
    with little_room(), pytest.raises(FileTrouble):
        write(other, LONG)
    assert other.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize("write", [write_private, create_private, write_export])
def test_only_the_owner_reads_it_whatever_the_mask(tmp_path: Path, write: Callable[[Path, str], None]) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "new", "a\r\n…")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    assert (tmp_path / "new").read_bytes() == "a\r\n…".encode()
    assert len(list(tmp_path.iterdir())) == 1


def test_no_link_is_followed_unless_it_is_asked_for(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    target.write_text("theirs")
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        create_private(link, "ours")
    with pytest.raises(BadPath, match="already"):
        write_export(link, "ours")
    write_private(link, "ours", through_link=True)
    assert (link.is_symlink(), target.read_text()) == (True, "ours")
    target.write_text("theirs")
    write_private(link, "ours")
    assert (link.is_symlink(), link.read_text(), target.read_text()) == (False, "ours", "theirs")


@pytest.mark.parametrize("linking", [True, False], ids=["with second names", "without"])
def test_of_many_who_make_one_file_at_once_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linking: bool
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not linking:
        monkeypatch.setattr(os, "link", unsupported)  # as on a memory stick
    path = tmp_path / "people.csv"

    def make(number: int) -> str:
        try:
            write_export(path, f"{number}")
        except BadPath:
            return ""
        return f"{number}"

    with ThreadPoolExecutor(8) as pool:
        made = list(filter(None, pool.map(make, range(40))))
    assert made == [path.read_text()]
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_needs_a_folder_and_a_name(tmp_path: Path) -> None:
    with pytest.raises(BadPath, match="no such folder"):
        write_export(tmp_path / "missing" / "people.csv", "x")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadPath, match="no such folder"):
        write_export(tmp_path / "file" / "people.csv", "x")
    with pytest.raises(BadPath, match="home folder"):
        typed_path("~nobody-of-that-name/people.csv")
