"""The pictures of README and docs: each that is shown is made, and one that is out of date is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.pictures import FOLDER, THEMES, stale

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]


def shown() -> Iterator[Path]:
    """Every picture that a page refers to."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for name in re.findall(r'(?:\]\(|src(?:set)?=")([^)"]+\.svg)', page.read_text("utf-8")):
            yield (page.parent / name).resolve()


def test_each_picture_that_a_page_shows_is_made_in_both_themes() -> None:
    pictures = set(shown())
    assert len(pictures) > 10
    assert [path for path in pictures if not path.exists()] == []
    for path in pictures:
        name = path.stem.rpartition("-")[0]
        assert all((path.parent / f"{name}-{theme}.svg").exists() for theme in THEMES)
    assert {path.parent for path in pictures} == {FOLDER}


def test_what_is_missing_changed_or_no_longer_made_is_stale(tmp_path: Path) -> None:
    (tmp_path / "same.svg").write_text("1")
    (tmp_path / "changed.svg").write_text("1")
    (tmp_path / "gone.svg").write_text("1")
    made = {"same.svg": "1", "changed.svg": "2", "new.svg": "3"}
    assert stale(made, tmp_path) == ["changed.svg", "gone.svg", "new.svg"]
    assert stale(made, tmp_path / "nothing") == sorted(made)
