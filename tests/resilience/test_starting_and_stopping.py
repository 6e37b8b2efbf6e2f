"""A start that cannot be says why in one sentence; an end leaves nothing running and nothing lost."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from processes import env_file
from processes.environments import find_python310
from processes.places import BOT_PYTHON, ROOT
from processes.trouble import Trouble
from tests.resilience.web import WebTalk, answers_to, until
from tests.stack import Stack, free_ports, start_again, starting_stack, stop

END_SECONDS = 60


def processes_of(folder: Path) -> list[int]:
    """Every process whose environment names this folder as its VAR_DIR."""
    wanted = f"VAR_DIR={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue  # ended meanwhile
    return found


def nobody_left(stack: Stack) -> None:
    until(lambda: not processes_of(stack.folder), "the end of every process", END_SECONDS)


def open_door(stack: Stack) -> None:
    """Wait until the gateway answers, whether or not the bot is there yet."""
    until(lambda: _alive(stack), "an open door", 300)


def _alive(stack: Stack) -> bool:
    try:
        return stack.http.get(f"{stack.url}/healthz").is_success
    except httpx2.HTTPError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_an_end_leaves_no_process_and_no_conversation_is_lost() -> None:
    with starting_stack() as first:
        open_door(first)
        talk = WebTalk(first)
        talk.send("m-1", "你好")
        before = until(lambda: answers_to(talk.events(), "m-1"), "an answer")
        stop(first)
        assert first.process.returncode == 0
        nobody_left(first)
        second = start_again(first)
        try:
            open_door(second)
            talk.stack = second
            assert answers_to(talk.events(), "m-1") == before
            assert [reply["text"] for reply in talk.send("m-1", "你好")["replies"]] == [entry.text for entry in before]
            second.process.kill()
            nobody_left(second)
        finally:
            stop(second)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_killed_supervisor_leaves_no_process() -> None:
    with starting_stack() as stack:
        open_door(stack)
        pid = int((stack.folder / "run" / "supervisord.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        assert stack.process.wait(END_SECONDS) == 1
        nobody_left(stack)


# starts that cannot be
class Installation:
    """Settings and a folder with which `supervise` is started for as long as it takes to refuse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = {name: env_file.make(kind) for name, kind in env_file.MADE.items()}
        self.mode = 0o600
        self.ports = free_ports()

    def refusal(self) -> str:
        """What the start said at its end."""
        file = self.folder / ".env"
        file.write_text("".join(f"{name}={value}\n" for name, value in self.secrets.items()))
        file.chmod(self.mode)
        kept = {name: value for name, value in os.environ.items() if name not in (*env_file.MADE, *env_file.TO_FILL_IN)}
        ports = {name: str(port) for name, port in self.ports.items()}
        environment = {**kept, **ports, "VAR_DIR": str(self.folder / "var"), "CARELINE_ENV_FILE": str(file)}
        done = subprocess.run(
            [sys.executable, "-m", "processes.supervise"], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done
        assert "Traceback" not in done.stdout + done.stderr
        said = [line for line in done.stderr.splitlines() if line.strip()]
        assert len(said) == 1, done.stderr
        assert said[0].startswith("careline: ")
        return said[0]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_busy_port_is_named(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        installation.ports["BOT_PORT"] = port
        said = installation.refusal()
    assert f"port {port} is in use" in said
    assert "BOT_PORT=" in said


def test_a_default_secret_is_refused(installation: Installation) -> None:
    installation.secrets["TOKEN_KEY"] = "changeme-changeme-changeme-changeme"
    assert "TOKEN_KEY" in installation.refusal()


def test_secrets_that_others_can_read_are_refused(installation: Installation) -> None:
    installation.mode = 0o644
    assert "chmod 600" in installation.refusal()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told(installation: Installation) -> None:
    run = installation.folder / "var" / "run"
    run.mkdir(mode=0o700, parents=True)
    (run / "redis.conf").symlink_to("/dev/full")  # every write there finds no space
    assert "the disk is full" in installation.refusal()


def test_a_missing_python_3_10_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON310", "/nowhere/python3.10")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    if any(Path(place).exists() for place in ("/usr/bin/python3.10", "/usr/local/bin/python3.10")):
        pytest.skip("this machine's system has a Python 3.10")
    with pytest.raises(Trouble, match="PYTHON310="):
        find_python310("/bin/false")  # a uv that finds none


def test_a_python_that_does_not_run_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python3.10"  # as a pyenv shim is where 3.10 is not chosen
    broken.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PYTHON310", str(broken))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", f"{BOT_PYTHON.resolve().parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert find_python310("/bin/false") != str(broken)
