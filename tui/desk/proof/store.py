"""The last proof of each connector in one JSON file, so that what Okta would refuse is grey from the first moment."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from tui.desk.proof.proof import CapabilityVerdict, Finding, Proof
from tui.local_file import read_limited
from tui.okta.policy import Capability, SoftwareBy

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.connectors.connector import Connector
    from tui.desk.connectors.profile import Profile

_VERSION: Final = 1
_LATEST: Final = 1e11


def remember(path: Path, proof: Proof) -> None:
    """Write a connector's last proof beside those of other connectors and of the other mode; atomically, mode 0600.

    A proof holds no secret.

    Raises:
        FileTrouble: It cannot be written.
    """
    proofs = _read(path)
    by_mode = proofs.get(proof.connector)
    proofs[proof.connector] = {**(by_mode if isinstance(by_mode, dict) else {}), proof.mode: as_json(proof)}
    _write(path, proofs)


def recall(path: Path, connector: Connector | Profile) -> Proof | None:
    """Read the last proof of a connector with the same name, org, client id, mode, capabilities and way of giving.

    Args:
        path: The file.
        connector: The connector, or the profile of one that is not opened.

    Returns:
        The proof; `None` without one, and where the file cannot be read or holds anything unexpected.
    """
    try:
        proof = _restored(connector.name, _proofs(read_limited(path))[connector.name][str(connector.mode)])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    on = frozenset(finding.capability for finding in proof.findings if finding.verdict is not CapabilityVerdict.OFF)
    same = (proof.org, proof.client_id, proof.mode, on, proof.software_by) == (
        connector.org.origin,
        connector.client_id,
        str(connector.mode),
        connector.capabilities,
        str(connector.software_by),
    )
    return proof if same else None


def _read(path: Path) -> dict[str, Any]:
    """Read the proofs by connector; none where the file cannot be read, since a proof can always be made again."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return _proofs(read_limited(path))
    return {}


def _proofs(data: bytes) -> dict[str, Any]:
    content = json.loads(data)
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return {}
    proofs = content.get("proofs")
    return dict(proofs) if isinstance(proofs, dict) else {}


def _write(path: Path, proofs: dict[str, Any]) -> None:
    from tui.desk.files.private import write_private  # noqa: PLC0415 - not for reading

    write_private(path, json.dumps({"version": _VERSION, "proofs": proofs}, indent=1))


def as_json(proof: Proof) -> dict[str, Any]:
    """Return a proof in JSON's types, as the file holds it and `keydesk check --json` prints it; without the steps."""
    return {
        "connector": proof.connector,
        "org": proof.org,
        "at": proof.at,
        "mode": proof.mode,
        "client_id": proof.client_id,
        "software_by": proof.software_by,
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
    """Return the proof that the file's JSON describes.

    Raises:
        ValueError: The JSON describes no proof; TypeError, KeyError and AttributeError mean the same.
    """
    at, granted = value["at"], value["granted"]
    if (
        not isinstance(at, int | float) or not 0 <= at < _LATEST
    ):  # NaN is refused too, since the time is shown as a date
        raise ValueError("at")
    return Proof(
        name,
        _text(value["org"]),
        float(at),
        tuple(
            Finding(
                Capability(item["capability"]),
                CapabilityVerdict(item["verdict"]),
                _text(item["reason"]),
                _text(item["cure"]),
                _texts(item["missing_scopes"]),
                _texts(item["roles"]),
            )
            for item in value["findings"]
        ),
        tuple((_text(item["title"]), _text(item["advice"])) for item in value["warnings"]),
        tuple((_text(item["endpoint"]), _text(item["title"]), _text(item["advice"])) for item in value["denied"]),
        None if granted is None else _texts(granted),
        client_id=_text(value["client_id"]),
        mode=_text(value["mode"]),
        dpop=value["dpop"] if isinstance(value["dpop"], bool) else None,
        fault=_text(value["fault"]),
        fault_field=_text(value["fault_field"]),
        # A proof that was stored before there was this choice.
        software_by=_text(value.get("software_by", SoftwareBy.GROUPS_AND_APPS)),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)
