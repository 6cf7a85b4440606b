"""`make audit` ends with a fault for a known advisory only, and never calls clean what it could not look up."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.audit import audit, floors, main, verdict

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = {"name": "h11", "version": "0.16.0", "vulns": []}
BAD = {"name": "pygments", "version": "2.19.2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.20.0"]}]}
NO_SERVICE = "What answers here in the advisory service's place knows no advisories."
SKIPPED = {"name": "starlette", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "end", "first"),
    [
        ([CLEAN], 0, "It: 1 of 1 packages looked up, no known advisory."),
        ([CLEAN, BAD], 1, "It: 2 of 2 packages looked up, 1 known advisories:"),
        ([CLEAN, SKIPPED], 0, "It: 1 of 2 packages looked up, no known advisory."),
        ([BAD, SKIPPED], 1, "It: 1 of 2 packages looked up, 1 known advisories:"),
        (
            [SKIPPED, SKIPPED],
            0,
            "It: not audited. What answers here in the advisory service's place knows no advisories.",
        ),
    ],
)
def test_what_was_looked_up_is_told_apart_from_what_was_not(packages: list[Any], end: int, first: str) -> None:
    lines, status = verdict("It", {"dependencies": packages, "fixes": []})
    assert (lines[0], status) == (first, end)
    text = "\n".join(lines[1:])
    assert ("pygments 2.19.2: PYSEC-1, mended in 2.20.0" in text) is (BAD in packages)
    assert ("not looked up: starlette" in text) is (SKIPPED in packages and len(packages) > packages.count(SKIPPED))


def test_a_service_that_is_not_reached_is_no_fault_and_no_clean_bill() -> None:
    assert verdict("It", None) == (["It: not audited. The advisory service cannot be reached from here."], 0)


def test_each_floor_is_looked_at() -> None:
    extras = {"demo": ["uvicorn>=0.40"], "dev": ["coverage[toml]>=7.10", "ruff"]}
    project = {"project": {"dependencies": ["httpx>=0.28.1,<1"], "optional-dependencies": extras}}
    assert floors(project) == ["httpx==0.28.1", "uvicorn==0.40", "coverage==7.10"]


def tool(folder: Path, script: str) -> str:
    """A program in the place of pip-audit: what the script does with `report`, the path to write to."""
    made = folder / "pip-audit"
    start = "import sys\nreport = sys.argv[sys.argv.index('--output') + 1]\n"
    made.write_text(f"#!{sys.executable}\n{start}{script}\n", "utf-8")
    made.chmod(0o700)
    return str(made)


def test_the_tools_report_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = json.dumps({"dependencies": [BAD], "fixes": []})
    found = tool(tmp_path, f"open(report, 'w').write({report!r})\nsys.exit(1)")
    assert audit(found, tmp_path / "pins.txt") == {"dependencies": [BAD], "fixes": []}
    assert main(found) == 1
    told = capsys.readouterr().out
    assert "Tested versions: 1 of 1" in told
    assert "Lowest versions: 1 of 1" in told


def test_a_tool_that_breaks_off_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tool(tmp_path, "sys.exit('no such host')")) == 0
    assert capsys.readouterr().out.count("not audited") == 2
