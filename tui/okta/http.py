"""The HTTP library, imported in this one place, so that one line replaces it.

httpx has had no release since 2024. A continuation with the same names would stand here as `import … as httpx`.
"""

from __future__ import annotations

import httpx

__all__ = ["httpx"]
