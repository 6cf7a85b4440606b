"""A half-done set-up, kept without its secrets, so that a quit loses nothing that was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(path: Path) -> dict[str, str | bool | list[str]]:
    """What was typed before; an unreadable draft is none (it is a convenience, never a failure)."""
    raise NotImplementedError


def save(path: Path, typed: Mapping[str, str | bool | list[str]]) -> None:
    """Keep what was typed: atomically, mode 0600. The caller leaves secrets out; names that hold one are refused."""
    raise NotImplementedError


def clear(path: Path) -> None:
    """The set-up was finished or given up."""
    raise NotImplementedError
