"""Carry a study out, from its frozen inputs to a signed package.

All output is made in a folder beside `output/` and takes its place in one step: whoever looks sees
the last whole output, and a run that was killed leaves nothing that could be taken for one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bearwitness.errors import StudyBusy
from bearwitness.intake import check_seals
from bearwitness.pipeline.analyse import Answers, Linked, Progress, answer, read_linked
from bearwitness.pipeline.publish import Release, make_release
from bearwitness.pipeline.released import keep_for_publication
from bearwitness.pipeline.study import FILE_NAME, Study, read_study
from bearwitness.pipeline.tabulated import tabulate
from bearwitness.pipeline.walk import write_walk
from bearwitness.provenance import RunRecord, file_digest
from bearwitness.release import add_timestamp, load_or_create_key, write_csv, write_package
from bearwitness.tables import ESTIMATES, check, digest

_PART, _OLD, _LOCK = ".run-part", ".run-old", ".lock"


def run_study(
    folder: Path | str, *, progress: Progress | None = None, key_path: Path | None = None
) -> RunRecord:
    """Run the study in `folder`; give its run record. `output/` then holds:

    report.html and report.pdf (with one of each for every further language), package/ (what may
    be given away), internal/ (what may not: it names records), run.json. Equal inputs and an equal
    signing key give equal digests. Raises the error of the stage that failed; the last output then
    stays as it was.
    """
    tell = progress or (lambda message: None)
    study = read_study(Path(folder))
    started = _now()
    with _alone(study):
        _clear_leftovers(study)
        inputs = _inputs(study)
        linked = read_linked(study, tell)
        answers = answer(study, linked.histories, tell) if study.has_people else None
        tables = _digests(linked, answers)
        linked = replace(linked, tabulated=tabulate(study, linked, tell))
        tell("protecting tables, setting the report")
        release = make_release(study, linked, answers, digests=inputs | tables)
        part = study.folder / _PART
        _write(part, release, linked, answers)
        _write_walk(part, study, release, linked)
        tell("packing and signing")
        key = load_or_create_key(key_path or default_key())
        write_package(part / "package", release.payload, info=release.info, key=key)
        if "timestamp" in study.package:
            tell("asking for a timestamp")
            add_timestamp(part / "package", authority=study.package["timestamp"])
        keep_for_publication(part, release.entry)
        record = _record(study, inputs, tables, part, started)
        (part / "run.json").write_text(record.to_json(), encoding="utf-8")
        _swap(part, study.output)
    tell("done")
    return record


def default_key() -> Path:
    """Where this machine's signing key lives: BEARWITNESS_SIGNING_KEY, or the user's settings."""
    settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    stated = os.environ.get("BEARWITNESS_SIGNING_KEY")
    return Path(stated) if stated else Path(settings) / "bearwitness" / "signing_key"


@contextmanager
def _alone(study: Study) -> Iterator[None]:
    """Hold the study's lock. It dies with its process, so a killed run never blocks the next."""
    import fcntl

    path = study.folder / _LOCK
    with path.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StudyBusy(
                "another run of this study is under way", hint="Wait for it to end."
            ) from error
        yield


def _clear_leftovers(study: Study) -> None:
    old = study.folder / _OLD
    if old.exists() and not study.output.exists():
        old.rename(study.output)  # killed between the two renames: the last output comes back
    for leftover in (old, study.folder / _PART):
        if leftover.exists():
            shutil.rmtree(leftover)


def _inputs(study: Study) -> dict[str, str]:
    """SHA-256 of all that was put in: the sealed files, study.toml, and what people decided."""
    sealed = {f"frozen/{name}": value for name, value in check_seals(study.frozen).items()}
    by_hand = sorted(p for p in study.hand.glob("**/*") if p.is_file())
    files = [study.folder / FILE_NAME, *by_hand]
    return sealed | {p.relative_to(study.folder).as_posix(): file_digest(p) for p in files}


def _digests(linked: Linked, answers: Answers | None) -> dict[str, str]:
    found = {name: digest(table, schema) for name, (table, schema) in linked.tables().items()}
    if answers is not None:
        found["ESTIMATES"] = digest(estimates_table(answers), ESTIMATES)
    return found


def estimates_table(answers: Answers) -> Any:
    """Every estimate, by method and by stratum, as one ESTIMATES table."""
    return check([e.to_table().to_pylist()[0] for e in answers.every()], ESTIMATES)


def _write(part: Path, release: Release, linked: Linked, answers: Answers | None) -> None:
    internal = part / "internal"
    internal.mkdir(parents=True)
    for name, content in release.reports.items():
        (part / name).write_bytes(content)
    tables = {name: table for name, (table, _) in linked.tables().items()}
    if answers is not None:
        tables["ESTIMATES"] = estimates_table(answers)
    for name, table in tables.items():
        (internal / f"{name.lower()}.csv").write_bytes(write_csv(table))
    (internal / "rejected.csv").write_bytes(write_csv(release.rejected))


def _write_walk(part: Path, study: Study, release: Release, linked: Linked) -> None:
    files = write_walk(linked, release.rows, acts_file=study.acts["file"] if study.acts else "")
    for name, content in files.items():
        (part / "internal" / name).write_bytes(content)


def _record(
    study: Study, inputs: dict[str, str], tables: dict[str, str], part: Path, started: str
) -> RunRecord:
    made = sorted(p for p in part.glob("**/*") if p.is_file())
    return RunRecord(
        study=study.name,
        inputs=inputs,
        settings={"estimation": dict(study.estimation), "release": dict(study.release)},
        seed=study.seed,
        outputs={p.relative_to(part).as_posix(): file_digest(p) for p in made},
        tables=tables,
        started_at=started,
        finished_at=_now(),
    )


def _swap(part: Path, output: Path) -> None:
    old = output.with_name(_OLD)
    if output.exists():
        output.rename(old)
    part.rename(output)
    if old.exists():
        shutil.rmtree(old)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
