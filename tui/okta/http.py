"""The HTTP library, imported in this one place, so that one line replaces it.

httpx has had no release since 2024. A continuation with the same names would stand here as `import … as httpx`.

httpx imports its own command line where click is installed, as it is beside keydesk (apprise needs it), and with it
pygments and rich's progress bars: more than half of the time that httpx takes. An entry without a module in
`sys.modules` says to Python's import that there is none; httpx goes on without it, as it does where click is missing.
"""

from __future__ import annotations

import sys
from typing import Final

_COMMAND_LINE: Final = "httpx._main"

if hidden := _COMMAND_LINE not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # what `importlib` documents for this
try:
    import httpx
finally:
    if hidden:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
