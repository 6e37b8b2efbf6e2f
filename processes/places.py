"""Files and folders of an installation. Standard library only: set-up runs before anything is installed."""

import os
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
