"""`make run`: all processes under supervisord, the bot first; then the addresses, sign-ins and keys. Ctrl-C ends them all.

Every child dies with supervisord, and supervisord with this process, also when this process is killed.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2

from core.errors import SettingsError
from core.settings import Settings, load
from processes import embedded_redis, model, ports
from processes.leash import die_with_parent
from processes.places import BOT_PYTHON, ENV_FILE, PYTHON, ROOT, var_dir
from processes.programs import programs, render
from processes.trouble import Trouble, told

READY_SECONDS = 300  # the bot imports TensorFlow; on a slow or busy machine that takes minutes
STOP_SECONDS = 40


def main() -> None:
    """Raises Trouble."""
    settings = read_settings()
    folder = var_dir()
    for name in ("", "logs", "outbox", "run"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    ports.check(
        {
            "PORT": settings.port,
            "BOT_PORT": settings.bot_port,
            "ACTIONS_PORT": settings.actions_port,
            "REFERENCE_PORT": settings.reference_port,
        }
    )
    redis = None if settings.redis_url else embedded_redis.prepare(folder)
    trained = model.ensure()
    config = folder / "run" / "supervisord.conf"
    config.write_text(render(folder, programs(settings, folder, trained, redis)))
    config.chmod(0o600)
    supervisor = start(config, child_environment(settings, folder, redis))
    try:
        wait_until_ready(settings, supervisor, folder)
        announce(settings, folder)
        supervisor.wait()
        raise Trouble(f"the supervisor ended by itself; see {folder / 'logs' / 'supervisord.log'}.")
    except KeyboardInterrupt:
        print("\nCareline: stopping ...", flush=True)
    finally:
        stop(supervisor)
    print("Careline: stopped; nothing is left running.", flush=True)


def read_settings() -> Settings:
    try:
        return load(ENV_FILE)
    except SettingsError as error:
        raise Trouble(" ".join(error.problems)) from None


def child_environment(settings: Settings, folder: Path, redis: embedded_redis.Embedded | None) -> dict[str, str]:
    """What all children get. The bot's own secrets reach the bot only through processes/programs.py."""
    url = redis.url if redis else settings.redis_url
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {
        **kept,
        "VAR_DIR": str(folder),
        "REDIS_URL": url,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "SANIC_HOST": "127.0.0.1",
    }


def start(config: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [str(PYTHON), "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(config)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def wait_until_ready(settings: Settings, supervisor: subprocess.Popen[bytes], folder: Path) -> None:
    print("  starting the processes ...", flush=True)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise Trouble(f"the supervisor could not start; see {folder / 'logs' / 'supervisord.log'}.")
        try:
            if httpx2.get(f"http://127.0.0.1:{settings.port}/readyz", timeout=3).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.3)
    raise Trouble(f"not ready after {READY_SECONDS} s; what each process said is in {folder / 'logs'}.")


def announce(settings: Settings, folder: Path) -> None:
    base = f"http://127.0.0.1:{settings.port}"
    lines = [
        "",
        "Careline is running.",
        f"  portal    {base}/",
        f"  chat      {base}/shop",
        f"  operator  {settings.order_url}/docs/api",
        f"  REST      POST {base}/webhooks/rest/webhook   (Authorization: Bearer DEMO_API_KEY)",
    ]
    if settings.is_demo:
        lines += [
            f"  phone     {base}/phone",
            f"  DEMO_API_KEY  {settings.demo_api_key}",
            "  demo customers and their service PINs",
            "    13800138000  246810   Chinese, gold tier, balance 86.50 yuan",
            "    13900139000  135790   English",
            "    13700137000  112233   Chinese, balance 3.20 yuan, broadband suspended",
            f"  texts (SMS) go to {folder / 'outbox' / 'sms.jsonl'}",
        ]
    print("\n".join([*lines, "  Ctrl-C stops everything.", ""]), flush=True)


def stop(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is None:
        supervisor.send_signal(signal.SIGTERM)
        try:
            supervisor.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait(5)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts background jobs with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    if not BOT_PYTHON.exists():
        print("careline: run `make run`, which prepares everything first.", file=sys.stderr)
        raise SystemExit(1)
    told(main)
