"""`make audit`: which versions that keydesk is tested with, or lets in at the least, have a known advisory.

pip-audit says "No known vulnerabilities found" also where it found no advisories to look into, as with a mirror that
keeps packages only. Here that is told apart.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
_FLOOR: Final = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)")


def floors(project: dict[str, Any]) -> list[str]:
    """The lowest version of each package that a project lets in, as requirements."""
    extras = project["project"].get("optional-dependencies", {})
    wanted = [*project["project"]["dependencies"], *(one for extra in extras.values() for one in extra)]
    return [f"{found[1]}=={found[2]}" for one in wanted if (found := _FLOOR.match(one))]


def verdict(what: str, report: dict[str, Any] | None) -> tuple[list[str], int]:
    """What to print for pip-audit's report, and the status to end with: 1 for a known advisory only.

    Args:
        what: What was looked at.
        report: As pip-audit writes it with `--format json`; `None` if it wrote none.
    """
    if report is None:
        return [f"{what}: not audited. The advisory service cannot be reached from here."], 0
    packages = report["dependencies"]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        return [f"{what}: not audited. What answers here in the advisory service's place knows no advisories."], 0
    found = [
        f"  {one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for one in packages
        for known in one.get("vulns", ())
    ]
    count = f"{len(packages) - len(unknown)} of {len(packages)} packages looked up, "
    lines = [f"{what}: {count}{f'{len(found)} known advisories:' if found else 'no known advisory.'}", *found]
    if unknown:
        lines.append(f"  not looked up: {', '.join(unknown)}")
    return lines, int(bool(found))


def audit(tool: str, requirements: Path) -> dict[str, Any] | None:
    """pip-audit's report on a list of pinned packages; `None` if it wrote none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        subprocess.run(
            [tool, "--requirement", requirements, *options, "--output", report], capture_output=True, check=False
        )
        found: dict[str, Any] | None = json.loads(report.read_text("utf-8")) if report.exists() else None
    return found


def main(tool: str) -> int:
    """Audit the versions of the constraints file and the floors of the project; 1 for a known advisory."""
    ends = []
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lowest:
        lowest.write("\n".join(floors(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")))))
        lowest.flush()
        tested = ROOT / ".ci" / "constraints.txt"
        for what, path in (("Tested versions", tested), ("Lowest versions", Path(lowest.name))):
            lines, end = verdict(what, audit(tool, path))
            print("\n".join(lines))
            ends.append(end)
    return max(ends)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
