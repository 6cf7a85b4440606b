"""Parse what is typed into the wizard: each error names the field that is to blame, and what to do."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from tui.desk.connectors.agent import NAMED
from tui.desk.connectors.connector import SignInKind, is_loopback, parse_address
from tui.desk.connectors.portals import Portals
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.desk.connectors.ticket import TicketRule, parse_pattern
from tui.desk.rules.written import AS_THEY_COME
from tui.local_file import read_limited
from tui.okta.network import Network
from tui.okta.policy import SoftwareBy
from tui.okta.tokens import kind_of_token
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.desk.connectors.secrets import Secret
    from tui.desk.connectors.settings import Places
    from tui.desk.setup.form import Form
    from tui.okta.policy import Capability

PRODUCTION: Final = "red"
_BUNDLE: Final = 16 << 20  # bytes; the largest real bundles have half a million
_NAME: Final = re.compile(r"[\w .-]{1,40}")
_TAKEN: Final = frozenset({"demo", "environment"})  # keydesk's own names for the connectors that are no profiles
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_SAMPLE: Final = {"login": "ann.lee@acme.example", "id": "00u1a2b3c4d5e6f7g8h9", "email": "ann.lee@acme.example"}


def refuse_misplaced(value: object, field: str) -> None:
    """Refuse what looks like a secret in a field that is not for it, without quoting any of it.

    Args:
        value: The field's value.
        field: The field's name.

    Raises:
        BadInput: The value holds a secret.
    """
    if kind := kind_of_token(str(value)):
        raise BadInput(
            f"This looks like {kind}, which does not belong here",
            advice="It is not stored, and shown nowhere else. Empty this field: step 4 asks for the secret.",
            field=field,
        )


def parse_name(text: str, taken: Collection[str]) -> str:
    """Return a connector's name from typed text.

    Args:
        text: The typed text.
        taken: The names of the other connectors.

    Raises:
        BadInput: The text cannot be a name, or another connector has that name.
    """
    name = " ".join(text.split())
    if not name:
        raise BadInput("The connector needs a name", advice="Such as “Acme” or “Acme test”.", field="name")
    if not _NAME.fullmatch(name) or not any(character.isalnum() for character in name):
        raise BadInput(
            "This cannot be a connector's name",
            advice="Use 1 to 40 letters, digits, spaces, dots, dashes and underscores.",
            field="name",
        )
    if name.casefold() in _TAKEN:
        raise BadInput(f"keydesk itself uses the name {name}", advice="Choose another one.", field="name")
    if name.casefold() in {other.casefold() for other in taken}:
        raise BadInput(
            f"There is already a connector called {name}",
            advice="Choose another name, or change that one with `keydesk connect --change NAME`.",
            field="name",
        )
    return name


# -- step 2


def parse_network(form: Form) -> Network:
    """Return the proxy and the CA bundle.

    Raises:
        BadInput: The proxy is no http(s) URL, or the bundle cannot be read or holds no certificates.
    """
    proxy, bundle = form.proxy.strip(), form.ca_bundle.strip()
    if proxy:
        try:
            parts = urlsplit(proxy)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good, parts = False, urlsplit("")
        if not good:
            raise BadInput(
                "This is not a proxy's URL",
                advice="Such as http://proxy.acme.example:8080; empty means HTTPS_PROXY decides.",
                field="proxy",
            )
        if "@" in parts.netloc:
            raise BadInput(
                "A proxy's password does not belong into a profile",
                advice="Set HTTPS_PROXY in the environment instead, and leave this empty.",
                field="proxy",
            )
    if bundle:
        path = Path(bundle).expanduser()
        try:
            content = read_limited(path, _BUNDLE)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise BadInput(
                "The CA bundle cannot be read", advice=f"{why}: check the path.", field="ca_bundle"
            ) from None
        if b"-----BEGIN CERTIFICATE-----" not in content and b"-----BEGIN TRUSTED CERTIFICATE-----" not in content:
            raise BadInput(
                "This file holds no certificates",
                advice="Give a PEM file; ask your network team for the company's root certificate as PEM.",
                field="ca_bundle",
            )
        bundle = str(path)
    return Network(proxy, bundle)


# -- step 3


def parse_template(text: str, field: str) -> str:
    """Return a portal's URL template.

    Raises:
        BadInput: The text is no https URL (http is for the loopback), or holds an unknown placeholder.
    """
    text = text.strip()
    if not text:
        return ""
    for name in _PLACEHOLDER.findall(text):
        if name not in _SAMPLE:
            raise BadInput(
                f"keydesk does not know the placeholder {{{name}}}", advice="Use {login}, {id} or {email}.", field=field
            )
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        raise BadInput("A brace is not closed", advice="Write {login}, {id} or {email}.", field=field)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or any(character.isspace() for character in text) or "{" in parts.netloc or "@" in parts.netloc:
        raise BadInput("This is not a web address", advice="Such as https://reset.acme.example/?u={login}", field=field)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise BadInput("A portal has to be https", advice="Plain http is for the loopback only.", field=field)
    return text


def preview(template: str) -> str:
    """Return a template filled for a sample person."""
    return _PLACEHOLDER.sub(lambda match: quote(_SAMPLE.get(match[1], match[0]), safe=""), template)


def parse_capabilities(form: Form) -> frozenset[Capability]:
    """Return the capabilities that are switched on.

    Raises:
        BadInput: No capability is switched on.
    """
    if not form.wanted:
        raise BadInput("Nothing is switched on", advice="Switch on at least one of them.", field="capabilities")
    return form.wanted


def parse_portals(form: Form) -> Portals:
    """Return the portals that agents use in the place of keydesk.

    Raises:
        BadInput: A template cannot be used.
    """
    where = " ".join(form.directory_where.split())
    if "{" in where or where.startswith(("http://", "https://")):
        where = parse_template(where, "directory_where")
    return Portals(
        parse_template(form.portal_reset, "portal_reset"),
        parse_template(form.portal_unlock, "portal_unlock"),
        form.directory,
        where if form.directory else "",
    )


# -- step 4


def slug(name: str) -> str:
    """Return a connector's name as a name for files and variables: `acme-test` for `Acme Test`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "connector"


def proposed(form: Form, places: Places) -> dict[str, str]:
    """Return the secret's places that an empty field means: the path under `file`, the variable under `variable`."""
    stem = slug(form.name)
    variable = f"KEYDESK_{stem.upper().replace('-', '_')}"
    return {
        "file": str(places.config / "secrets" / f"{stem}.{'key' if form.jwt else 'token'}"),
        "variable": f"{variable}_{'PRIVATE_KEY' if form.jwt else 'API_TOKEN'}",
    }


def parse_place(form: Form, places: Places) -> SecretPlace:
    """Return the place of the secret.

    Raises:
        BadInput: No place is chosen, or its path, variable or command cannot be used.
    """
    if form.keep == Keep.KEYRING:
        return SecretPlace(Keep.KEYRING, f"{' '.join(form.name.split())} {'key' if form.jwt else 'token'}")
    if form.keep == Keep.FILE:
        path = Path(form.place_file.strip() or proposed(form, places)["file"]).expanduser()
        if not path.is_absolute():
            path = Path.cwd() / path
        if path.is_dir():
            raise BadInput("This is a folder", advice="Give the path of a file.", field="place_file")
        return SecretPlace(Keep.FILE, str(path))
    if form.keep == Keep.ENVIRONMENT:
        return SecretPlace(
            Keep.ENVIRONMENT,
            _variable(form.place_variable.strip() or proposed(form, places)["variable"], "place_variable"),
        )
    if form.keep == Keep.COMMAND:
        if not form.place_command.strip():
            raise BadInput(
                "The command is missing", advice="Such as: op read op://desk/okta/token", field="place_command"
            )
        if os.environ.get(NAMED):
            raise BadInput(
                "No command can be set up here",
                advice="Agents are named by their SSH keys on this machine, and none runs programs of their own.",
                field="keep",
            )
        return SecretPlace(Keep.COMMAND, form.place_command.strip())
    raise BadInput(
        "Choose where the secret is kept", advice="keydesk never falls back from one place to another.", field="keep"
    )


def parse_passphrase_place(form: Form) -> SecretPlace | None:
    """Return the place of an encrypted key's passphrase, where keydesk only reads the key; `None` without one.

    Raises:
        BadInput: The typed name cannot be a variable's name.
    """
    if form.jwt and form.keep == Keep.ENVIRONMENT and form.opening_variable.strip():
        return SecretPlace(Keep.ENVIRONMENT, _variable(form.opening_variable.strip(), "opening_variable"))
    if form.jwt and form.keep == Keep.COMMAND and form.opening_command.strip():
        return SecretPlace(Keep.COMMAND, form.opening_command.strip())
    return None


def _variable(name: str, field: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise BadInput(
            "This is not a variable's name", advice="Letters, digits and _, without $: OKTA_TOKEN.", field=field
        )
    return name


def parse_token(secret: Secret) -> None:
    """Check that a text can be an API token, before it is sent anywhere.

    Raises:
        BadInput: The text is empty or cannot be a token.
    """
    from tui.okta.auth import ApiToken  # noqa: PLC0415 - small, and only in this step
    from tui.okta.errors import OktaError  # noqa: PLC0415

    if not secret:
        raise BadInput(
            "The API token is missing", advice="Okta shows it once, when it is created: step 5.", field="api_token"
        )
    try:
        ApiToken(secret.reveal())
    except OktaError as error:
        raise BadInput(error.title, advice=error.advice, field="api_token") from None


def parse_ids(form: Form) -> tuple[str, str]:
    """Return the client id and the key id.

    Raises:
        BadInput: One of them is missing or cannot be an id, or they are swapped.
    """
    client_id, key_id = form.client_id.strip(), form.key_id.strip()
    if key_id.startswith("0oa") and not client_id.startswith("0oa"):
        raise BadInput(
            "Client id and key id are swapped",
            advice="The client id begins with 0oa; the key id stands beside the public key in Okta.",
            field="client_id",
        )
    if not client_id:
        raise BadInput(
            "The client id is missing",
            advice="Okta shows it on the app's General tab once the app is made; it begins with 0oa.",
            field="client_id",
        )
    for name, value in (("client_id", client_id), ("key_id", key_id)):
        if any(character.isspace() for character in value):
            raise BadInput("An id holds no spaces", advice="Copy it again.", field=name)
    if not key_id:
        raise BadInput(
            "The key id is missing",
            advice="Okta shows it (kid) beside the public key on the General tab.",
            field="key_id",
        )
    return client_id, key_id


def to_profile(form: Form, places: Places, taken: Collection[str], *, before: Profile | None = None) -> Profile:
    """Return the profile that a form describes.

    Args:
        form: The form.
        places: The folders for secrets.
        taken: The names of the other connectors.
        before: The profile that is changed: what the wizard does not ask for stays, such as the desk's rules.

    Raises:
        BadInput: A value cannot be used; the error names its field.
    """
    name = parse_name(form.name, taken)
    client_id, key_id = parse_ids(form) if form.jwt else ("", "")
    place, opening = parse_place(form, places), parse_passphrase_place(form)
    return Profile(
        name,
        parse_address(form.org),
        SignIn(SignInKind(form.kind), place, client_id, key_id, opening),
        colour=PRODUCTION if form.production else form.colour,
        production=form.production,
        mode=form.mode,
        capabilities=parse_capabilities(form),
        software_by=SoftwareBy(form.software_by),
        portals=parse_portals(form),
        network=parse_network(form),
        ticket=TicketRule(parse_pattern(form.ticket_pattern), form.ticket_needed),
        rules=before.rules if before else AS_THEY_COME,
        access_code=before.access_code if before else "",
        store=before.store if before else None,
        unknown=dict(before.unknown) if before else {},
    )
