"""One line of the doctor: what was looked at, how it is, and what to do about it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Health(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "not known"
    """It could not be looked at, and nothing is said of it."""


class DoctorLine(Struct, frozen=True):
    """One thing that was looked at; no text in it holds a secret or a proxy's password.

    Attributes:
        what: The thing, in one or two words.
        health: How it is.
        found: What was found.
        advice: What to do; empty where nothing has to be done.
    """

    what: str
    health: Health
    found: str
    advice: str = ""
