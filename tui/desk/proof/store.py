"""The last proof of each connector in one JSON file, so that what would be refused is grey from the first moment."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from tui.desk.proof.proof import CapabilityVerdict, Finding, Proof
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.connectors.connector import Connector

_VERSION: Final = 1
_LATEST: Final = 1e11


def remember(path: Path, proof: Proof) -> None:
    """Keep the last proof of a connector, beside those of others and of the other mode; atomically, mode 0600.

    What is kept holds no secret.

    Raises:
        FileTrouble: It cannot be written.
    """
    kept = _read(path)
    of_one = kept.get(proof.connector)
    kept[proof.connector] = {**(of_one if isinstance(of_one, dict) else {}), proof.mode: as_json(proof)}
    _write(path, kept)


def recall(path: Path, connector: Connector) -> Proof | None:
    """The last proof of this very connector (same name, org, client id and switches); `None` without one.

    A file that cannot be read, or that holds anything odd, is none.
    """
    try:
        proof = _restored(connector.name, _proofs(path.read_bytes())[connector.name][str(connector.mode)])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    on = frozenset(finding.capability for finding in proof.findings if finding.verdict is not CapabilityVerdict.OFF)
    same = (proof.org, proof.client_id, proof.mode, on) == (
        connector.org.origin,
        connector.client_id,
        str(connector.mode),
        connector.capabilities,
    )
    return proof if same else None


def _read(path: Path) -> dict[str, Any]:
    """The proofs in the file; none where it cannot be read, since a proof can always be made again."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return _proofs(path.read_bytes())
    return {}


def _proofs(data: bytes) -> dict[str, Any]:
    found = json.loads(data)
    if not isinstance(found, dict) or found.get("version") != _VERSION or not isinstance(found.get("proofs"), dict):
        return {}
    return dict(found["proofs"])


def _write(path: Path, proofs: dict[str, Any]) -> None:
    from tui.desk.files.private import write_private  # noqa: PLC0415 - not for reading

    write_private(path, json.dumps({"version": _VERSION, "proofs": proofs}, indent=1))


def as_json(proof: Proof) -> dict[str, Any]:
    """A proof in JSON's types, as it is kept and as `keydesk check --json` prints it; without the steps."""
    return {
        "connector": proof.connector,
        "org": proof.org,
        "at": proof.at,
        "mode": proof.mode,
        "client_id": proof.client_id,
        "works": proof.works,
        "fault": proof.fault,
        "fault_field": proof.fault_field,
        "dpop": proof.dpop,
        "granted": None if proof.granted is None else list(proof.granted),
        "findings": [
            {
                "capability": str(finding.capability),
                "verdict": str(finding.verdict),
                "reason": finding.reason,
                "cure": finding.cure,
                "missing_scopes": list(finding.missing_scopes),
                "roles": list(finding.roles),
            }
            for finding in proof.findings
        ],
        "warnings": [{"title": title, "advice": advice} for title, advice in proof.warnings],
        "denied": [
            {"endpoint": endpoint, "title": title, "advice": advice} for endpoint, title, advice in proof.denied
        ],
    }


def _restored(name: str, value: dict[str, Any]) -> Proof:
    """A proof from what is kept.

    Raises:
        ValueError: It is not one; TypeError, KeyError and AttributeError mean the same.
    """
    at, granted = value["at"], value["granted"]
    if not isinstance(at, int | float) or not 0 <= at < _LATEST:  # also no NaN: it is shown as a date
        raise ValueError("at")
    return Proof(
        name,
        _text(value["org"]),
        float(at),
        tuple(
            Finding(
                Capability(one["capability"]),
                CapabilityVerdict(one["verdict"]),
                _text(one["reason"]),
                _text(one["cure"]),
                _texts(one["missing_scopes"]),
                _texts(one["roles"]),
            )
            for one in value["findings"]
        ),
        tuple((_text(one["title"]), _text(one["advice"])) for one in value["warnings"]),
        tuple((_text(one["endpoint"]), _text(one["title"]), _text(one["advice"])) for one in value["denied"]),
        None if granted is None else _texts(granted),
        client_id=_text(value["client_id"]),
        mode=_text(value["mode"]),
        dpop=value["dpop"] if isinstance(value["dpop"], bool) else None,
        fault=_text(value["fault"]),
        fault_field=_text(value["fault_field"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(one) for one in value)
