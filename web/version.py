"""Which version of Hexroom this is."""

from importlib.metadata import PackageNotFoundError, version


def hexroom_version() -> str:
    """Return the version of the distribution; in a checkout that is not installed, 0."""
    try:
        return version("hexroom")
    except PackageNotFoundError:
        return "0"
