"""The two Python environments, built from the hashed locks and rebuilt when a lock changes. Standard library only.

.venv      Python >= 3.11: everything a stranger can reach (requirements.lock; with `--tests` also requirements-dev.lock)
bot/.venv  Python 3.10: Rasa, in a cage of its own (bot/requirements.lock)
"""

import hashlib
import os
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path

from processes.places import BOT_PYTHON, PYTHON, ROOT, TOOLS
from processes.trouble import Trouble

UV_VERSION = "0.13.9"
PYTHON_NEEDED = (3, 11)


def prepare(*, tests: bool) -> None:
    """Both environments, each only where its lock is newer than what is installed. Raises Trouble."""
    if sys.version_info < PYTHON_NEEDED:
        found = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Trouble(f"Python 3.11 or newer is needed, this is {found}. Install it and run `make run PYTHON=python3.11`.")
    locks = [ROOT / "requirements-dev.lock"] if tests else [ROOT / "requirements.lock"]
    _sync(PYTHON, locks, sys.executable, "the product's environment (.venv)")
    _sync(BOT_PYTHON, [ROOT / "bot" / "requirements.lock"], None, "Rasa's environment (bot/.venv)")


def _sync(python: Path, locks: list[Path], base: str | None, label: str) -> None:
    home = python.parent.parent
    stamp = home / f".careline-{locks[0].stem}"
    wanted = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"  installing {label}, a few minutes the first time ...", flush=True)
    uv = _uv()
    if not python.exists():
        _run([uv, "venv", "--quiet", "--python", base or find_python310(uv), str(home)])
    _run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), *map(str, locks)])
    for old in home.glob(".careline-*"):
        old.unlink()
    stamp.write_text(wanted)
    if (
        locks[0].name == "requirements-dev.lock"
    ):  # the tests' lock holds all of the product's: no second installation for `make run`
        _stamp_superset(home)


def _stamp_superset(home: Path) -> None:
    lock = ROOT / "requirements.lock"
    (home / f".careline-{lock.stem}").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())


def _uv() -> str:
    """uv from PyPI in .tools/."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists() or UV_VERSION not in subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout:
        made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(TOOLS, ignore_errors=True)
            raise Trouble("this Python cannot make virtual environments. On Debian: apt-get install python3-venv")
        _run([str(TOOLS / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", f"uv=={UV_VERSION}"])
    return str(uv)


def find_python310(uv: str) -> str:
    """A Python 3.10 that really runs: a pyenv shim may be on PATH and fail. Last resort: uv fetches one. Raises Trouble."""
    candidates = [
        os.environ.get("PYTHON310", ""),
        *sorted(glob(os.path.expanduser("~/.pyenv/versions/3.10*/bin/python")), reverse=True),
    ]
    if root := os.environ.get("PYENV_ROOT"):
        candidates += sorted(glob(f"{root}/versions/3.10*/bin/python"), reverse=True)
    if shim := shutil.which("pyenv"):
        candidates += sorted(glob(str(Path(shim).resolve().parent.parent / "versions/3.10*/bin/python")), reverse=True)
    candidates += [shutil.which("python3.10") or "", "/usr/bin/python3.10", "/usr/local/bin/python3.10"]
    for candidate in filter(None, candidates):
        if _is_310(candidate):
            return candidate
    subprocess.run([uv, "python", "install", "--quiet", "3.10"], capture_output=True, check=False, timeout=600)
    found = subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True, check=False).stdout.strip()
    if found and _is_310(found):
        return found
    raise Trouble(
        "Rasa needs a Python 3.10 and none was found. Install one (pyenv install 3.10) or name it: PYTHON310=/path/to/python3.10 make run"
    )


def _is_310(python: str) -> bool:
    try:
        asked = [python, "-c", "import sys, venv, ctypes, ssl, sqlite3; print(sys.version_info[:2])"]
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=20).stdout.strip() == "(3, 10)"
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        if any("No space left" in line for line in last):
            raise Trouble("the disk is full while installing. Free about 5 GB and start again; what was installed is kept.")
        raise Trouble(
            f"`{Path(command[0]).name} {' '.join(command[1:3])}` failed: {last[-1] if last else 'no message'}. Check the network and start again."
        )
