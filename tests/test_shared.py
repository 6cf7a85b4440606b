"""Where Okta's schema and recordings are required, a run without them is refused, not skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import pytest_configure, require_shared

if TYPE_CHECKING:
    from pathlib import Path


def test_each_missing_part_is_named(tmp_path: Path) -> None:
    (tmp_path / "okta" / "recorded").mkdir(parents=True)
    for name in ("management.yaml", "replay.py"):
        with pytest.raises(pytest.UsageError, match=rf"{name} is missing; KEYDESK_SHARED names the folder"):
            require_shared(tmp_path)
        (tmp_path / "okta" / name).touch()
    require_shared(tmp_path)
    (tmp_path / "okta" / "recorded").rmdir()
    with pytest.raises(pytest.UsageError, match="recorded is missing"):
        require_shared(tmp_path)


def test_it_is_required_only_where_the_environment_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.conftest.SHARED", tmp_path)
    monkeypatch.delenv("KEYDESK_REQUIRE_SHARED", raising=False)
    pytest_configure()
    monkeypatch.setenv("KEYDESK_REQUIRE_SHARED", "1")
    with pytest.raises(pytest.UsageError):
        pytest_configure()
