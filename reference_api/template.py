"""A seeded database is built once and copied: tests and first starts do not wait for two thousand customers to be made up."""

import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from reference_api import seed, tables
from reference_api.clock import CHINA, now
from reference_api.ledger import open_books
from reference_api.settings import Settings
from reference_api.store import open_file

log = logging.getLogger(__name__)


def database(settings: Settings) -> Path:
    """The operator's database: the one that is there, or a fresh copy of the template. Safe when two processes start at once."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.folder / "operator.sqlite3"
    with _alone(settings.folder / "start.lock"):
        if path.exists() and not _is_current(path):
            aside = path.with_name(f"operator-{now():%Y%m%d%H%M%S}.sqlite3")
            log.warning("the operator's database was made by another version; it is kept as %s and a new one is made", aside.name)
            _move_aside(path, aside)
        if not path.exists():
            _copy(_template(settings), path)
    return path


def fingerprint(moment: datetime) -> str:
    """What the seed is made of: its sources, the tables, and the month its bills are counted back from."""
    folder = Path(seed.__file__).parent
    sources = [*sorted(folder.rglob("*.py")), Path(tables.__file__)]
    digest = hashlib.sha256(f"{moment.astimezone(CHINA):%Y-%m}".encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def build(path: Path) -> None:
    """Make a seeded database at `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    connection = open_file(unfinished)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, so that a copy of it is a copy of everything
        connection.execute("PRAGMA synchronous = OFF")  # a half-made file is thrown away, never used
        tables.create(connection)
        seed.build(connection)
        open_books(connection)
    finally:
        connection.close()
    os.replace(unfinished, path)


def _template(settings: Settings) -> Path:
    path = settings.template or settings.folder / f"template-{fingerprint(now())}.sqlite3"
    if not path.exists():
        with _alone(path.with_name(path.name + ".lock")):
            if not path.exists():
                build(path)
    return path


def _copy(source: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    shutil.copyfile(source, unfinished)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(unfinished, target)


def _is_current(path: Path) -> bool:
    connection = open_file(path)
    try:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return version == tables.SCHEMA_VERSION
    finally:
        connection.close()


def _move_aside(path: Path, aside: Path) -> None:
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + suffix))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a file lock; it ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
