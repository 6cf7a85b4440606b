"""What each capability needs of Okta, as data: scopes, standard roles, custom permissions, probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.okta.policy import Capability, Mode


def scopes(capabilities: Collection[Capability], mode: Mode) -> tuple[str, ...]:
    """The OAuth scopes that these choices need, sorted; in read-only mode only `.read` ones. Never empty."""
    raise NotImplementedError
