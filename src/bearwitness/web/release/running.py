"""A study runs in a process of its own, which outlives this server.

The parent locks a file and the child inherits the lock: it is held exactly as long as the run
lives, so that a state of "running" without a lock means that the run was killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bearwitness.errors import BearwitnessError, StudyBusy

RUNNING, DONE, FAILED, STOPPED, NEVER = "running", "done", "failed", "stopped", "never"
_children: list[subprocess.Popen] = []


@dataclass(frozen=True, kw_only=True)
class State:
    """How the last run that was started from the web stands."""

    state: str = NEVER
    message: str = ""
    hint: str = ""
    digest: str = ""


def start_run(study: Path, *, home: Path) -> None:
    """Start the study's run. Raises StudyBusy where one is under way."""
    folder = _status_folder(study, home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _children[:] = [child for child in _children if child.poll() is None]
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StudyBusy(
                "this study is being run already", hint="Wait for it to end."
            ) from error
        _write(folder, State(state=RUNNING))
        child = subprocess.Popen(
            [sys.executable, "-m", __name__, str(study.resolve()), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    _children.append(child)


def read_state(study: Path, *, home: Path) -> State:
    folder = _status_folder(study, home)
    path = folder / "status.json"
    if not path.is_file():
        return State()
    # The lock first: a run that ends between the two looks is then read as ended, never as killed.
    locked = _is_locked(folder / "lock")
    state = State(**json.loads(path.read_text(encoding="utf-8")))
    if state.state == RUNNING and not locked:
        return State(state=STOPPED, message=state.message)
    return state


def _status_folder(study: Path, home: Path) -> Path:
    key = hashlib.sha256(str(study.resolve()).encode()).hexdigest()[:16]
    return home / "runs" / key


def _is_locked(path: Path) -> bool:
    with path.open("r") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _write(folder: Path, state: State) -> None:
    partial = folder / f".status.{os.getpid()}"
    partial.write_text(json.dumps(asdict(state), ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / "status.json")


def _run(study: Path, folder: Path) -> State:
    from bearwitness.pipeline import run_study

    def tell(message: str) -> None:
        _write(folder, State(state=RUNNING, message=message))

    try:
        record = run_study(study, progress=tell)
    except BearwitnessError as error:
        return State(state=FAILED, message=str(error), hint=error.hint)
    except Exception as error:  # noqa: BLE001 - its text may quote a row: only its kind is kept
        return State(state=FAILED, message=f"an unexpected error: {type(error).__name__}")
    return State(state=DONE, digest=record.digest)


if __name__ == "__main__":
    _write(Path(sys.argv[2]), _run(Path(sys.argv[1]), Path(sys.argv[2])))
