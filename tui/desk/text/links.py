"""Links that may be shown, copied and opened: percent-encoded, http or https only, or none at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD: Final = re.compile(r"\{(login|id|email)\}")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_KEPT: Final = "%/:?#[]@!$&'()*+,;=~"


def web_link(text: str) -> str:
    """A link in a form that is harmless on a terminal, in a chat and in a browser; empty where it is none.

    No user name in front of the host, no controls, no spaces; what is not ASCII is encoded.
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
    """A URL template's link for one person; empty where it is none.

    Args:
        template: With `{login}`, `{id}` and `{email}` behind the host.
        values: What fills them; each becomes a part of a path or a query, whatever is in it.
    """
    try:
        if "{" in urlsplit(template).netloc:
            return ""
    except ValueError:
        return ""
    if any(value in {".", ".."} for value in values.values()):  # browsers read these as a way up, encoded or not
        return ""
    return web_link(
        _FIELD.sub(lambda found: quote(values.get(found[1], ""), safe="", errors="replace"), template.strip())
    )
