"""The command `keydesk`: prints `--version` at once, and imports all else only when it is needed."""

from __future__ import annotations

import atexit
import gc
import sys

from tui import __version__

THRESHOLDS = (30_000, 10, 10)
"""Thresholds of the garbage collector. With Python's default (700, 10, 10) it takes a fifth of the app's time, and of a
start's."""
# What ends with the process needs no collecting; Python would look through all of it, a tenth of a command's time.
atexit.register(gc.freeze)


def main(argv: list[str] | None = None) -> int:
    """Run keydesk.

    Args:
        argv: Arguments without the program's name; those of the process by default.

    Returns:
        The exit code; `tui.commands.codes` lists them.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in (["--version"], ["-V"]):  # importing argparse alone would double the time
        sys.stdout.write(f"keydesk {__version__}\n")
        return 0
    try:
        if arguments == ["completion", "connector-names"]:  # a shell asks for them at each tab
            from tui.commands.names import print_connector_names  # noqa: PLC0415 - see above

            return print_connector_names()
        return _run(arguments)
    except KeyboardInterrupt:  # while something is still imported, or once more while it ends
        return 130  # `Code.INTERRUPTED`, whose module may be what was being imported


def _run(arguments: list[str]) -> int:
    if arguments[:1] != ["demo-org"]:  # whose secrets are made up
        from tui.commands.private_memory import keep_memory_private  # noqa: PLC0415 - see above

        keep_memory_private()
    if gc.get_threshold() < THRESHOLDS:  # the tests set more
        gc.set_threshold(*THRESHOLDS)
    from tui.commands.run import carry_out, run  # noqa: PLC0415 - see above

    if set(arguments) <= {"--demo", "--read-only"}:  # the app starts sooner without the parser
        from tui.commands.start import start  # noqa: PLC0415 - see above

        return carry_out(lambda: start(demo="--demo" in arguments, read_only="--read-only" in arguments))
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
