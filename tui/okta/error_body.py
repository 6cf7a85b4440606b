"""The body of an error answer, in Okta's and in OAuth's form."""

from __future__ import annotations

from msgspec import field

from tui.okta.models import Value


class ErrorCause(Value, frozen=True):
    """One cause in an error body."""

    error_summary: str | None = None


class ApiError(Value, frozen=True):
    """The body of an error answer; OAuth's two fields included. Only the code is documented as stable."""

    error_code: str | None = None
    error_summary: str | None = None
    error_id: str | None = None
    error_causes: list[ErrorCause] | None = None
    error: str | None = None
    oauth_description: str | None = field(default=None, name="error_description")
