"""The command `keydesk`: prints `--version` at once, and imports all else only when it is needed."""

from __future__ import annotations

import sys

from tui import __version__


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
    from tui.commands.run import carry_out, run  # noqa: PLC0415 - see above

    if set(arguments) <= {"--demo", "--read-only"}:  # the app starts sooner without the parser
        from tui.commands.start import start  # noqa: PLC0415 - see above

        return carry_out(lambda: start(demo="--demo" in arguments, read_only="--read-only" in arguments))
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
