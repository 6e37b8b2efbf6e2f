"""The trained model, named after everything it depends on (docs/decisions.md, D8). Standard library only.

models/<hash of config.yml, domain.yml, data/**, bot/**.py, language/**.py, bot/requirements.lock>.tar.gz
Rasa caches the results of its components but does not see the code they call, so each state of that code (bot/, language/, the lock) gets a
cache folder of its own: new words or rules train in seconds, new code trains all. Two starts at once train once (file lock).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from processes.places import BOT_PYTHON, MODELS, ROOT
from processes.trouble import Trouble, told

KEPT = 3  # newest models kept
TRAINING_SECONDS = 900  # far above the minute it takes


def sources() -> list[Path]:
    fixed = [ROOT / "config.yml", ROOT / "domain.yml", ROOT / "bot" / "requirements.lock"]
    found = [*(ROOT / "data").rglob("*.yml"), *_python("bot"), *_python("language")]
    return sorted({path for path in [*fixed, *found] if path.is_file()})


def _code_digest() -> str:
    digest = hashlib.sha256((ROOT / "bot" / "requirements.lock").read_bytes())
    for source in sorted([*_python("bot"), *_python("language")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _python(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts]


def path_of_model() -> Path:
    digest = hashlib.sha256()
    for source in sources():
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return MODELS / f"{digest.hexdigest()[:16]}.tar.gz"


def ensure() -> Path:
    """The model of the sources as they are now, trained when it is not there. Raises Trouble."""
    MODELS.mkdir(exist_ok=True)
    with (MODELS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        model = path_of_model()
        if not model.exists():
            print("  training the model, about a minute ...", flush=True)
            _train(model)
            _forget_old()
        else:
            os.utime(model)
        return model


def _train(model: Path) -> None:
    name = f".training-{os.getpid()}"
    command = [str(BOT_PYTHON), "-m", "rasa", "train", "--quiet", "--out", str(MODELS), "--fixed-model-name", name]
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "RASA_CACHE_DIRECTORY": str(MODELS / f".cache-{_code_digest()}"),
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=TRAINING_SECONDS
    )
    trained = MODELS / f"{name}.tar.gz"
    if done.returncode or not trained.exists():
        (MODELS / "training.log").write_text(done.stdout + done.stderr)
        raise Trouble("training the model failed; what Rasa said is in models/training.log.")
    trained.replace(model)


def _forget_old() -> None:
    newest_first = sorted(MODELS.glob("[0-9a-f]*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT:]:
        old.unlink()
    current = MODELS / f".cache-{_code_digest()}"
    for cache in MODELS.glob(".cache-*"):
        if cache != current:
            shutil.rmtree(cache, ignore_errors=True)


def main() -> None:
    print(ensure().relative_to(ROOT))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    told(main)
