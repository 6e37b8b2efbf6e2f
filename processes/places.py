"""Files and folders of an installation. Standard library only: set-up runs before anything is installed."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("CARELINE_ENV_FILE") or ROOT / ".env")
MODELS = ROOT / "models"
TOOLS = ROOT / ".tools"
PYTHON = ROOT / ".venv" / "bin" / "python"
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"


def var_dir() -> Path:
    """Where a running installation keeps its data: VAR_DIR, else var/."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


SOCKET_PATH_MOST = 100  # bytes; the kernel's limit is 107


def redis_socket(folder: Path) -> Path:
    """Where the embedded Redis of `folder` listens: inside it, or in the system's temporary folder when the path would be too long."""
    socket = folder / "run" / "redis.sock"
    if len(str(socket).encode()) <= SOCKET_PATH_MOST:
        return socket
    return Path(tempfile.gettempdir()) / f"careline-{os.getuid()}-{sha256(str(folder).encode()).hexdigest()[:12]}" / "redis.sock"
