"""Links that are safe to show, copy and open: percent-encoded, http or https only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from tui.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD: Final = late_pattern(r"\{(login|id|email)\}")
_HOST: Final = late_pattern(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_KEPT: Final = "%/:?#[]@!$&'()*+,;=~"


def web_link(text: str) -> str:
    """Return a link that is harmless on a terminal, in a chat and in a browser; empty where the text is no such link.

    A user name in front of the host, a control or a space makes the result empty; what is not ASCII is encoded.
    """
    if any(ord(character) <= 0x20 or 0x7F <= ord(character) <= 0xA0 for character in text):  # noqa: PLR2004 - controls, spaces
        return ""
    try:
        parts = urlsplit(text)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:  # also what has no IDNA form
        return ""
    if parts.scheme not in {"https", "http"} or not _HOST.fullmatch(host):
        return ""
    rest = text.partition("://")[2][len(parts.netloc) :]
    return f"{parts.scheme}://{host}{quote(rest, safe=_KEPT, errors='replace')}"


def fill_link(template: str, values: Mapping[str, str]) -> str:
    """Return the link of a URL template for one person; empty where the result is no link.

    Args:
        template: The URL with `{login}`, `{id}` and `{email}` after the host.
        values: The value of each placeholder; each is encoded as a part of a path or a query.
    """
    try:
        if "{" in urlsplit(template).netloc:
            return ""
    except ValueError:
        return ""
    if any(value in {".", ".."} for value in values.values()):  # browsers go up a folder for these, encoded or not
        return ""
    return web_link(
        _FIELD.sub(lambda match: quote(values.get(match[1], ""), safe="", errors="replace"), template.strip())
    )
