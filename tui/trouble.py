"""The base of every failure that keydesk expects: a title and advice, in words for the person at the desk."""

from __future__ import annotations


class Trouble(Exception):
    """An expected failure. The app, the command line and the ledger all show these same words.

    Attributes:
        title: What happened, one short sentence without a full stop.
        advice: What to do now, one or two sentences.
        detail: Facts for support (request id, error code, path), never a secret.
    """

    title: str = "Something went wrong"
    advice: str = ""

    def __init__(self, title: str | None = None, *, advice: str | None = None, detail: str = "") -> None:
        if title is not None:
            self.title = title
        if advice is not None:
            self.advice = advice
        self.detail = detail
        super().__init__(self.title)

    def __str__(self) -> str:
        """Title, advice and detail as running text."""
        text = self.title
        if self.advice:
            text += f". {self.advice}"
        if self.detail:
            text += f" ({self.detail})"
        return text


class BadInput(Trouble):
    """An input that was typed, pasted or written into a file cannot be used; forms leave it as it was typed.

    Attributes:
        field: The input's name in the form and the profile: `org`, `api_token`, `private_key`.
    """

    field: str = ""

    def __init__(
        self, title: str | None = None, *, advice: str | None = None, detail: str = "", field: str | None = None
    ) -> None:
        super().__init__(title, advice=advice, detail=detail)
        if field is not None:
            self.field = field
