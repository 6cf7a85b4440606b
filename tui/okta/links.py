"""The URL of the next page: read from the `Link` header, and followed only on the org's own host and scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.okta.errors import TooMuch, Unreadable
from tui.okta.policy import odd
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

# RFC 8288: <target> followed by parameters. Joined values are split at the angle brackets, since URLs hold commas.
_LINK: Final = late_pattern(r"<([^<>]*)>((?:\s*;\s*[^;,<>\"]+(?:\"[^\"]*\")?)*)")
_REL: Final = late_pattern(r";\s*rel\s*=\s*\"?([^\";,]+)\"?", re.IGNORECASE)


MOST_PAGES: Final = 5000
"""The most pages of one list: a million people."""
MOST_SHORT_PAGES: Final = 100
"""The most pages of a list that is read for one person, group or app."""
MOST_EMPTY: Final = 20
"""The most pages without an item in a row; Okta itself sends one now and then."""
LONGEST_URL: Final = 8000
"""Characters of a next page's URL; no cursor of Okta's is nearly as long."""


class PageBounds:
    """The bounds of one list, page by page: a server that always names another next page would never let it end.

    Args:
        most: The most pages.
    """

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._pages = 0
        self._empty = 0
        self._seen: set[int] = set()  # hashes, since a cursor may be long
        self._before: tuple[object, ...] = ()

    def check(self, target: str, items: tuple[object, ...], *, request_id: str = "") -> None:
        """Count a page that names a next one.

        Args:
            target: Path and query of the page.
            items: Its items.
            request_id: The request id that the error carries.

        Raises:
            TooMuch: There were too many pages, too many empty ones in a row, or the page before came again.
        """
        self._seen.add(hash(target))
        self._pages += 1
        self._empty = 0 if items else self._empty + 1
        why = ""
        if self._pages >= self._most:
            why = f"{self._pages} pages"
        elif self._empty > MOST_EMPTY:
            why = f"{self._empty} empty pages in a row"
        elif items and items == self._before:
            why = "the page before came again under another address"
        if why:
            raise TooMuch("Okta's list does not end", detail=why, request_id=request_id)
        self._before = items

    def check_next(self, target: str, *, request_id: str = "") -> None:
        """Check that the next page was not read before.

        Raises:
            Unreadable: It was.
        """
        if hash(target) in self._seen:
            raise Unreadable("Okta's pages lead in a circle", request_id=request_id)


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
    if len(url) > LONGEST_URL:
        raise Unreadable("Okta's next page is not an address", detail=f"{len(url)} characters", request_id=request_id)
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
