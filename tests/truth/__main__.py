"""Print what keydesk says of each recorded event, and how often it is right: `make truth`."""

from __future__ import annotations

from collections import Counter

from tests.truth.recordings import NOT_KNOWN, recorded, say


def main() -> None:
    """Print the table."""
    rows = [say(path) for path in recorded()]
    print(f"{'recording':<54} {'what happened':<22} {'settled':<8} {'keydesk says':<22} {'sure':<8}")
    for row in rows:
        sure = row.sure.value if row.sure else "-"
        mark = "" if row.mark == "right" else f"  {row.mark}"
        print(f"{row.name:<54} {row.truth:<22} {row.settled:<8} {row.says:<22} {sure:<8}{mark}")
    print()
    for settled in ("certain", "likely", "low"):
        counted = Counter(row.mark for row in rows if row.settled == settled)
        whole = sum(counted.values())
        print(
            f"{settled:<8} {whole:>3}: right {counted['right']} ({100 * counted['right'] // max(1, whole)} %), "
            f"not known {counted[NOT_KNOWN]}, wrong {counted['WRONG']}"
        )


if __name__ == "__main__":
    main()
