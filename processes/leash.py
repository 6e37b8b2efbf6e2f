"""Runs a command that dies with its parent, also when the parent is killed: `leash.py command ...`. Standard library only.

supervisord takes its children along only when it ends in order; without this a killed one would leave them on their ports.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """From now on the end of the parent is a SIGTERM to this process; it outlives exec. Elsewhere than on Linux: nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    die_with_parent()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  the command comes from processes/programs.py
