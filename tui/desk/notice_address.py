"""Whether a notice may be sent to a mail address; what comes from a profile is untrusted."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}")
_DOMAIN: Final = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]{0,61}[^\W_])?(\.[^\W_]([\w-]{0,61}[^\W_])?)+")


def unfit(address: str) -> str:
    """Why an address is not written to, in a few words; empty for one that is.

    Taken are plain addresses, also with letters outside ASCII. Not taken are quotes, comments, several addresses,
    controls and line ends: the people who really have such a one are fewer than those who try something with it.
    """
    if not address:
        return "there is no address"
    if len(address) > LONGEST:
        return "it is too long for an address"
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} for character in address):
        return "it has a control character or a space in it"
    if "=?" in address:  # an encoded word (RFC 2047), which mail software takes apart: there could be line ends in it
        return "it has an encoded word in it"
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "it is not an address"
    if _LOCAL.fullmatch(local) is None or local.startswith(".") or local.endswith(".") or ".." in local:
        return "the part before the @ is not one that keydesk writes to"
    if _DOMAIN.fullmatch(domain) is None:
        return "the part after the @ is not a domain"
    return ""


def to_wire(address: str) -> str:
    """A fit address as it goes to a server: the domain in ASCII (IDNA 2008), so that only few need SMTPUTF8.

    Raises:
        ValueError: The domain is not one.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna  # noqa: PLC0415 - tables of a megabyte, for the few who need them

    return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
