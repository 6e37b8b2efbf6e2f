"""What the tests of the pages bring into the browser: axe-core and an existing Rasa widget, from npm, as their lock has them. Standard library only.

Only tests need node; where there is none, or no network, those tests skip with a word.
"""

import hashlib
import shutil
import subprocess

from processes.places import ROOT

PLACE = ROOT / "tests" / "pages"
STAMP = PLACE / "node_modules" / ".careline"


def prepare() -> None:
    """Install what the lock names, only where it changed. Never raises: nothing else waits for it."""
    wanted = hashlib.sha256((PLACE / "package-lock.json").read_bytes()).hexdigest()
    npm = shutil.which("npm")
    if npm is None or (STAMP.exists() and STAMP.read_text() == wanted):
        return
    print("  installing the browser packages of the tests ...", flush=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=PLACE, capture_output=True, text=True, check=False)
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()]
        print(f"  npm could not; the tests that need them skip: {last[-1] if last else 'no message'}", flush=True)
        return
    STAMP.write_text(wanted)
