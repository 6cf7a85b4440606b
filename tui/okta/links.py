"""The next page: read from the `Link` header, followed as given, and only on the org's own host and scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.okta.errors import Unreadable
from tui.okta.policy import odd

if TYPE_CHECKING:
    from collections.abc import Iterable

# RFC 8288: <target> followed by parameters. A joined header is split at the angle brackets, since URLs hold commas.
_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[^;,<>\"]+(?:\"[^\"]*\")?)*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*\"?([^\";,]+)\"?", re.IGNORECASE)


def next_url(values: Iterable[str]) -> str | None:
    """The URL of the next page, or `None` on the last (Okta: "Pagination").

    Args:
        values: The values of the `Link` headers, each alone or joined by commas.
    """
    for value in values:
        for url, parameters in _LINK.findall(value):
            rel = _REL.search(parameters)
            if rel and "next" in rel[1].lower().split():
                return str(url)
    return None


def target_on(origin: str, prefix: str, url: str, *, request_id: str = "") -> str:
    """Path and query of a page's URL, unchanged, once it is known to be on the org itself.

    Args:
        origin: The org's scheme, host and port, lower case.
        prefix: The path in front of every call, if any.
        url: The URL as the server gave it.
        request_id: For the error.

    Raises:
        Unreadable: The URL leads to another host, scheme or path; credentials must not follow it.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreadable("Okta's next page is not an address", detail=str(error), request_id=request_id) from None
    # Compare without case and with the default port taken away: `https://ACME.okta.com:443` is the same place.
    default = {"https": ":443", "http": ":80"}.get(parts.scheme.lower(), "")
    there = f"{parts.scheme}://{parts.netloc}".lower().removesuffix(default)
    if there != origin or not parts.path.startswith(f"{prefix}/") or odd(parts.path):
        where = f"{there}{parts.path} is not on {origin}"
        raise Unreadable("Okta's next page leads elsewhere", detail=where, request_id=request_id)
    return parts.path.removeprefix(prefix) + (f"?{parts.query}" if parts.query else "")
