"""The URL of the next page: read from the `Link` header, and followed only on the org's own host and scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.okta.errors import Unreadable
from tui.okta.policy import odd

if TYPE_CHECKING:
    from collections.abc import Iterable

# RFC 8288: <target> followed by parameters. Joined values are split at the angle brackets, since URLs hold commas.
_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[^;,<>\"]+(?:\"[^\"]*\")?)*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*\"?([^\";,]+)\"?", re.IGNORECASE)


def next_url(values: Iterable[str]) -> str | None:
    """Return the URL of the next page, or `None` on the last page (Okta: "Pagination").

    Args:
        values: The values of the `Link` headers; one value may hold several links, joined by commas.
    """
    for value in values:
        for url, parameters in _LINK.findall(value):
            rel = _REL.search(parameters)
            if rel and "next" in rel[1].lower().split():
                return str(url)
    return None


def target_on(origin: str, prefix: str, url: str, *, request_id: str = "") -> str:
    """Return path and query of a page's URL, unchanged, after checking that the URL is on the org itself.

    Args:
        origin: The org's scheme, host and port, lower case.
        prefix: The path in front of every call, if any.
        url: The URL as the server sent it.
        request_id: The request id that the error carries.

    Raises:
        Unreadable: The URL leads to another host, scheme or path; credentials must not follow it.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreadable("Okta's next page is not an address", detail=str(error), request_id=request_id) from None
    # Compared in lower case and without the default port: `https://ACME.okta.com:443` is the same origin.
    default = {"https": ":443", "http": ":80"}.get(parts.scheme.lower(), "")
    page_origin = f"{parts.scheme}://{parts.netloc}".lower().removesuffix(default)
    if page_origin != origin or not parts.path.startswith(f"{prefix}/") or odd(parts.path):
        where = f"{page_origin}{parts.path} is not on {origin}"
        raise Unreadable("Okta's next page leads elsewhere", detail=where, request_id=request_id)
    return parts.path.removeprefix(prefix) + (f"?{parts.query}" if parts.query else "")
