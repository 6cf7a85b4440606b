"""Values with parts that no traceback, log or debugger shows."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A frozen value whose repr leaves out some fields: secrets, and what would only be noise.

    A struct of msgspec tells rich all its fields beside its `repr`, so both are said here.

    Attributes:
        hidden: The names of the fields that are left out; each subclass names its own.
    """

    hidden: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return the name and value of each field that may be shown, for rich and Textual's tools."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.hidden]

    def __repr__(self) -> str:
        """Return the value as Python would write it, without the hidden fields."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"
