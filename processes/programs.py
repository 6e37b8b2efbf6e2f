"""The processes of an installation as supervisord runs them (docs/architecture.md, "Processes")."""

import resource
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from core.settings import Settings
from processes.embedded_redis import Embedded
from processes.places import BOT_PYTHON, PYTHON, ROOT

LEASH = (str(PYTHON), "-S", "-E", str(ROOT / "processes" / "leash.py"))
GRACE_SECONDS = 12  # a gateway finishes its turns, the bot its replies
CONNECTIONS = 5000  # of one gateway: open widgets, and requests beside them
FILES = 8192  # one for every connection, and some for Redis and SQL


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    priority: int
    environment: dict[str, str] = field(default_factory=dict)
    stop_seconds: int = GRACE_SECONDS
    processes: int = 1


def programs(settings: Settings, folder: Path, model: Path, redis: Embedded | None) -> list[Program]:
    """The bot first: it takes longest. Redis before everybody who speaks to it."""
    found = []
    if redis:
        found.append(Program("redis", [redis.binary, str(redis.config)], 5))
    found += [
        Program("bot", _rasa(settings, model), 10, _bot_environment(settings, redis.url if redis else settings.redis_url)),
        Program("reference_api", [str(PYTHON), "-m", "reference_api"], 20, _operator_environment(settings)),
        Program("actions", [str(PYTHON), "-m", "processes.actions"], 30),
        Program("clerk", [str(PYTHON), "-m", "processes.clerk"], 40),
        Program("gateway", _gunicorn(settings), 50, processes=settings.gateways, stop_seconds=GRACE_SECONDS + 3),
    ]
    if settings.balance_api_url and settings.order_api_url:
        found = [program for program in found if program.name != "reference_api"]
    return found


def _rasa(settings: Settings, model: Path) -> list[str]:
    files = ["--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")]
    where = ["-i", "127.0.0.1", "-p", str(settings.bot_port)]
    return [str(BOT_PYTHON), "-m", "rasa", "run", "-m", str(model), *files, *where, "--response-timeout", "20"]


def _bot_environment(settings: Settings, redis_url: str) -> dict[str, str]:
    return {
        "ACTION_SECRET": settings.action_secret,
        "BOT_SEAL_KEY": settings.bot_seal_key,
        "BOT_REDIS_URL": redis_url,
        "ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "WARNING",
    }


def _operator_environment(settings: Settings) -> dict[str, str]:
    return {
        "REFERENCE_PORT": str(settings.reference_port),
        "OPERATOR_API_KEY": settings.operator_api_key,
        "REFERENCE_ADMIN_KEY": settings.reference_admin_key,
        "PROVIDER_SECRET": settings.provider_secret,
    }


def _gunicorn(settings: Settings) -> list[str]:
    return [
        str(PYTHON), "-m", "gunicorn", "--worker-class", "processes.worker.Worker", "--workers", "1", "--worker-connections", str(CONNECTIONS), "--reuse-port",
        "--bind", f"127.0.0.1:{settings.port}", "--graceful-timeout", str(GRACE_SECONDS), "--timeout", "60", "--keep-alive", "5",
        "--forwarded-allow-ips", "", "--log-level", "warning", "--no-control-socket", "processes.gateway:create_app()",
    ]  # fmt: skip


def render(folder: Path, found: list[Program]) -> str:
    """supervisord.conf; % is escaped because supervisord expands it."""
    head = (
        f"[supervisord]\nnodaemon=true\nlogfile={folder}/logs/supervisord.log\nlogfile_maxbytes=2MB\nlogfile_backups=1\n"
        f"pidfile={folder}/run/supervisord.pid\nchildlogdir={folder}/logs\nminfds={_files()}\n\n"
        f"[unix_http_server]\nfile={_control(folder)}\nchmod=0700\n\n"
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\n"
    )
    return head + "\n".join(_section(folder, program) for program in found)


def _files() -> int:
    """What the gateways need of open files, as far as this machine allows: supervisord refuses to start when it cannot have that many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)


def _control(folder: Path) -> str:
    return str(folder / "run" / "s.sock")


def _section(folder: Path, program: Program) -> str:
    environment = ",".join(f'{name}="{_escaped(value)}"' for name, value in program.environment.items())
    numbered = f"numprocs={program.processes}\nprocess_name=%(program_name)s%(process_num)d\n" if program.processes > 1 else ""
    log = f"{folder}/logs/{program.name}{'%(process_num)d' if program.processes > 1 else ''}.log"
    return (
        f"[program:{program.name}]\ncommand={_escaped(shlex.join([*LEASH, *program.command]))}\n{numbered}directory={ROOT}\nenvironment={environment}\n"
        f"priority={program.priority}\nautorestart=true\nstartsecs=0\nstartretries=1000\nstopasgroup=true\nkillasgroup=true\n"
        f"stopwaitsecs={program.stop_seconds}\nstopsignal=TERM\nredirect_stderr=true\nstdout_logfile={log}\n"
        "stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=2\n"
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
