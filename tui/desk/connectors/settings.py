"""The folders and files of keydesk, and the desk's own settings from `settings.toml`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.desk_settings import Desk
    from tui.desk.files.toml_shape import Misfit


class BadSettings(Trouble):
    """A settings file cannot be used; keydesk does not change it."""

    title = "The settings cannot be read"


class Places(NamedTuple):
    """The folders in use, and the files in them; with `KEYDESK_HOME` both folders are the same.

    Attributes:
        config: The folder of the settings and the profiles.
        state: The folder of the ledger and of all that keydesk writes by itself.
    """

    config: Path
    state: Path

    @property
    def demo(self) -> Places:
        """The places of the demo org, which writes apart, so that nothing made up gets among what was done."""
        return Places(self.config, self.state / "demo")

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.state / "ledger.sqlite3"

    @property
    def settings(self) -> Path:
        """The settings' file."""
        return self.config / "settings.toml"

    @property
    def connectors(self) -> Path:
        """The connectors' file."""
        return self.config / "connectors.toml"

    @property
    def notices(self) -> Path:
        """The file with the rules of the notices."""
        return self.config / "notices.toml"

    @property
    def draft(self) -> Path:
        """The file with the texts typed into an unfinished set-up; no secrets."""
        return self.state / "draft.json"

    @property
    def nonces(self) -> Path:
        """The file with the last DPoP nonces."""
        return self.state / "nonces.json"

    @property
    def left_off(self) -> Path:
        """The file with the last view and the people of late."""
        return self.state / "left-off.json"

    @property
    def proofs(self) -> Path:
        """The file with the last proof of each connector."""
        return self.state / "proofs.json"


def places(environ: Mapping[str, str] | None = None, *, demo: bool = False) -> Places:
    """Return the folders for this user on this platform, or those of the demo org; none is created."""
    found = _places(os.environ if environ is None else environ)
    return found.demo if demo else found


def _places(environ: Mapping[str, str]) -> Places:
    if home := environ.get("KEYDESK_HOME"):
        root = Path(home).expanduser()
        return Places(root, root)
    import platformdirs  # noqa: PLC0415 - not needed with KEYDESK_HOME or for --version

    config = platformdirs.user_config_path("keydesk", appauthor=False)
    return Places(config, platformdirs.user_state_path("keydesk", appauthor=False))


def load(path: Path) -> Desk:
    """Read the table `[desk]` of the settings; a missing file means the defaults, unknown keys are ignored.

    Raises:
        BadSettings: The file cannot be used; the error names the file and the line or the key.
    """
    from tui.desk.connectors.desk_settings import Desk  # noqa: PLC0415 - a shell asks for the places at each tab

    data = read_toml(path)
    if data is None:
        return Desk()
    from tui.desk.files.toml_shape import Misfit  # noqa: PLC0415 - only where there is a file

    try:
        return desk_of(data)
    except Misfit as misfit:
        raise unusable(path, misfit) from None


def desk_of(data: dict[str, Any]) -> Desk:
    """Return the table `[desk]` of the settings as read.

    Raises:
        Misfit: A value does not fit.
    """
    from msgspec.structs import replace  # noqa: PLC0415 - as in `load`

    from tui.desk.connectors.desk_settings import Desk  # noqa: PLC0415 - as in `load`
    from tui.desk.files.toml_shape import Misfit, shape  # noqa: PLC0415 - only where there is a file

    desk = shape(data.get("desk", {}), Desk, "desk")
    region = desk.region.upper()
    if not (len(region) == 2 and region.isascii() and region.isalpha()):  # noqa: PLR2004 - ISO 3166
        raise Misfit(("desk", "region"), 'must be two letters, such as "US".')
    return replace(desk, region=region)


def read_toml(path: Path) -> dict[str, Any] | None:
    """Read the tables of a settings file; `None` where there is no file.

    Raises:
        BadSettings: The file cannot be read, or is not TOML; the error then names line and column.
        FileTrouble: Somebody else can change the file.
    """
    if not os.path.lexists(path):
        return None
    from tui.desk.files.private import read_own  # noqa: PLC0415 - only where there is a file

    try:
        text = read_own(path).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadSettings(f"{path} cannot be read", advice="Save it as UTF-8 text.") from None
    except OSError as error:
        raise BadSettings(f"{path} cannot be read", advice="Check the file.", detail=error.strerror or "") from None
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number too long for Python
        raise BadSettings(f"{path} is not valid TOML", advice=f"Correct it: {error}.") from None
    except RecursionError:
        raise BadSettings(f"{path} is not valid TOML", advice="Correct it: it nests too deeply.") from None


def unusable(path: Path, misfit: Misfit) -> BadSettings:
    """Return the error about a value that does not fit: it names the file, the value's path, and what to do."""
    return BadSettings(f"{path}: {misfit.where} cannot be used", advice=f"{misfit.where} {misfit.problem}")
