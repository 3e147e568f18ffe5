"""The files shipped with the program: in the installed package, else beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the folder `name` (`queries` or `sample_data`) that belongs to this program.

    An editable install can leave an outdated copy of such a folder elsewhere, so only these two places count: the
    folder inside the package (a wheel), then the folder beside it (a checkout).
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def help_folder() -> Path:
    """Return the folder of the documentation that `mailflow help` and the help screens show."""
    return _PACKAGE / "help"
