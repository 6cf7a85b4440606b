"""Whether a notice may be sent to a mail address, which is untrusted: it comes from a profile."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}")
_DOMAIN: Final = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]{0,61}[^\W_])?(\.[^\W_]([\w-]{0,61}[^\W_])?)+")


def unfit(address: str) -> str:
    """Why no notice is sent to an address, in a few words; empty for an address that is fit.

    Plain addresses are fit, also with letters outside ASCII. Quotes, comments, several addresses, control characters
    and line ends are not: fewer people really have such an address than try an attack with one.
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
    """A fit address for a mail server: the domain in ASCII (IDNA 2008), so that few addresses need SMTPUTF8.

    Raises:
        ValueError: The domain is not a domain.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna  # noqa: PLC0415 - tables of a megabyte, for the few who need them

    return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
