"""What is mutated, and which tests judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 85.0
"""The per cent of its mutants that a file's tests must catch."""


@dataclass(frozen=True, slots=True)
class Target:
    """One file under mutation.

    Attributes:
        path: The file, from the root of the checkout.
        tests: The test files that must catch its mutants.
        equal: Mutants that no test can catch since they behave the same: the new line, and why.
    """

    path: str
    tests: tuple[str, ...]
    equal: tuple[tuple[str, str], ...] = ()


TARGETS: Final = (
    Target(
        "tui/okta/policy.py",
        (
            "tests/okta/test_policy.py",
            "tests/okta/test_guard.py",
            "tests/okta/test_guard_addresses.py",
            "tests/okta/test_guard_approvals.py",
            "tests/okta/test_guard_catalogue.py",
            "tests/okta/test_guard_capabilities.py",
        ),
    ),
    Target(
        "tui/okta/transport.py",
        (
            "tests/okta/test_transport.py",
            "tests/okta/test_patience.py",
            "tests/okta/test_guard.py",
            "tests/okta/test_guard_approvals.py",
            "tests/okta/test_connection.py",
            "tests/okta/test_withdrawn.py",
            "tests/okta/test_budget.py",
            "tests/okta/test_oauth.py",
        ),
        equal=(
            (
                'call = Call(sealed.method, sealed.url.raw_path.decode("ascii", ""), await sealed.aread())',
                "httpx makes every path ASCII",
            ),
            ('netloc = sealed.url.netloc.decode("ascii", "")', "httpx makes every host ASCII"),
            (
                "elif read and response.status_code in RETRIED and (tries <= TRIES):",
                "after the last try its answer is returned in any case",
            ),
        ),
    ),
    Target(
        "tui/desk/ledger/chain.py",
        (
            "tests/desk/ledger/test_chain.py",
            "tests/desk/ledger/test_tampering.py",
        ),
    ),
    Target(
        "tui/desk/ledger/store.py",
        (
            "tests/desk/ledger/test_store.py",
            "tests/desk/ledger/test_refusal.py",
            "tests/desk/ledger/test_trouble.py",
        ),
    ),
    Target(
        "tui/desk/actions/obstacles.py",
        (
            "tests/desk/actions/test_obstacles.py",
            "tests/desk/actions/test_plans.py",
            "tests/desk/perform/test_perform.py",
            "tests/desk/perform/test_faults.py",
            "tests/desk/by_hand/test_instructions.py",
        ),
    ),
)
