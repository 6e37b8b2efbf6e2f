"""`make run` and `make test` begin here, on a machine with only git, make, a C compiler and Python. Standard library only.

environments -> .env -> model; each step only where something is missing. `--tests` adds what the tests need.
"""

import shutil
import sys

from processes import browser_packages, env_file, environments, model
from processes.places import ENV_FILE, PYTHON, ROOT
from processes.trouble import Trouble, told

FIRST_GIGABYTES = 5.0  # both environments, a model, and room to work
LATER_GIGABYTES = 0.5  # a running installation's log, queue and records


def main() -> None:
    """Raises Trouble."""
    tests = "--tests" in sys.argv
    first = not PYTHON.exists()
    _room(FIRST_GIGABYTES if first else LATER_GIGABYTES)
    print("Careline: preparing", flush=True)
    environments.prepare(tests=tests)
    if "--lint" in sys.argv:
        return
    if tests:
        browser_packages.prepare()
    if not tests and env_file.ensure(ENV_FILE):
        print("  made .env with fresh secrets (mode 600)", flush=True)
    model.ensure()


def _room(gigabytes: float) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise Trouble(f"the disk is nearly full: {free:.1f} GB free, {gigabytes:.1f} GB needed. Free some space and start again.")


if __name__ == "__main__":
    told(main)
