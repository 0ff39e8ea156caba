"""Grade a class: find the submissions, grade what has changed, keep each result at once."""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recsys_course import __version__
from recsys_course.classroom.grading.crew import Crew
from recsys_course.classroom.grading.gathering import (
    Gathered,
    Submission,
    UnreadableSubmissionError,
    gather,
)
from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.store import Store
from recsys_course.classroom.grading.variants.recognition import read_variant, seed_of
from recsys_course.classroom.grading.walls import SandboxError, bubblewrap
from recsys_course.classroom.grading.workers import LOST, Job, Settings, grade_all
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.classroom.whole_files import write_whole

if TYPE_CHECKING:
    from recsys_course.classroom.grading.variants.ledger import Ledger, Recognition

__all__ = ["Graded", "Options", "grade", "write_all"]

_INSTALL = (
    "Install bubblewrap (make system-packages, or your system's package of that name), or grade in "
    "a container that is thrown away."
)


@dataclass(frozen=True)
class Options:
    """How a class is graded.

    Args:
        slug: The exercise, where the files do not say it.
        pattern: A regular expression with a group ``student``, for the paths of the submissions.
        jobs: How many submissions at a time; as many as there are processors if not given.
        seed: Seed of the random tables; a fresh one for each run if not given.
        sandbox: "required" refuses to grade without bubblewrap, "preferred" warns, "none" does
            without it.
        limits: What each submission may use.
        ledger: The ledger of a pack, where each student has a variant of the exercise.
    """

    slug: str | None = None
    pattern: str | None = None
    jobs: int | None = None
    seed: int | None = None
    sandbox: str = "preferred"
    limits: Limits = field(default_factory=Limits)
    ledger: Path | None = None


@dataclass(frozen=True)
class Graded:
    """What came of a class.

    Args:
        results: One for each submission, those that could not be read among them.
        gathered: What was found, and what was left aside.
        seed: The seed of this run.
        protection: What protected the machine, in words.
        warnings: What it was not protected from, in words.
        n_again: How many results of an earlier run still held.
        when: When it began, in ISO 8601.
    """

    results: tuple[Result, ...]
    gathered: Gathered
    seed: int
    protection: str
    warnings: tuple[str, ...]
    n_again: int
    when: str


def grade(
    paths: Sequence[Path],
    options: Options,
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    crew: Crew | None = None,
) -> Graded:
    """Grade every submission in some files, folders and archives.

    Args:
        paths: Notebooks, Python files, folders of them, zip archives.
        options: How.
        folder: Where results are kept; a run that was cut off goes on from there, and one that
            was not grades only what has changed. Nothing is kept if not given.
        progress: Is told how many of how many results there are.
        crew: Who grades, if they have been called already; they leave in the end.

    Raises:
        ValueError: If there is nothing to grade.
        OSError: If the sandbox does not start, or bubblewrap is required and does not work.
    """
    when = datetime.now(UTC).isoformat(timespec="seconds")
    with crew or Crew() as crew, tempfile.TemporaryDirectory() as scratch:
        gathered = gather(paths, options.slug, options.pattern)
        wall, missing = _walls(options.sandbox)
        ledger = _ledger(options.ledger)
        settings = {
            "protection": bool(wall),
            "limits": repr(options.limits),
            "ledger": ledger.to_json() if ledger else "",
        }
        store = Store(folder or Path(scratch), settings, options.seed)
        kept = {one.source: store.get(one.source, one.digest) for one in gathered.found}
        results = [result for result in kept.values() if result is not None]
        n_again = len(results)
        waiting = sorted(
            (one for one in gathered.found if kept[one.source] is None), key=lambda one: one.slug
        )
        n_all = len(gathered.found)
        variants = {one.source: _variant(one, ledger) for one in gathered.found}
        jobs = [_job(one, store.seed, variants[one.source]) for one in waiting]
        n_workers = max(1, min(options.jobs or os.cpu_count() or 1, len(jobs)))
        how = Settings(options.limits, wall)

        def meanwhile() -> None:
            progress(n_again, n_all)
            if folder is not None:  # its pages come in the end
                importlib.import_module("recsys_course.classroom.grading.pages")

        for result in grade_all(jobs, n_workers, how, crew, meanwhile):
            if result.reason != LOST:  # which says nothing about the submission
                store.put(result)
            results.append(result)
            progress(len(results), n_all)
        store.finish()
    odd = tuple(
        f"{one.student}: {found.sentence}"
        for one in gathered.found
        if (found := variants[one.source]) is not None and found.sentence
    )
    gathered = replace(gathered, remarks=(*gathered.remarks, *odd))
    refused = [replace(one, seed=store.seed) for one in gathered.refused]
    results = sorted([*results, *refused], key=lambda one: (one.slug, one.student, one.source))
    protection = "bubblewrap" if wall else "limits and the kernel's namespaces alone"
    return Graded(tuple(results), gathered, store.seed, protection, missing, n_again, when)


def _ledger(path: Path | None) -> Ledger | None:
    """The ledger of a pack, if there is one."""
    if path is None:
        return None
    from recsys_course.classroom.grading.variants.ledger import Ledger  # it needs NumPy

    return Ledger.read(path)


def _variant(submission: Submission, ledger: Ledger | None) -> Recognition | None:
    """Which variant a submission should be, and what is odd about the one that it carries."""
    if ledger is None or ledger.slug != submission.slug:
        return None
    with contextlib.suppress(UnreadableSubmissionError):  # which its worker will find out, too
        return ledger.check(read_variant(submission.read()), submission.student)
    return None


def _job(submission: Submission, seed: int, variant: Recognition | None) -> Job:
    """A submission with its seed, which is the student's own where there are variants."""
    own = variant.variant.variant if variant and variant.variant else None
    return Job(submission, seed_of(own, seed), variant)


def write_all(folder: Path, graded: Graded) -> None:
    """Write what an instructor reads: pages, a table, and everything as JSON.

    Args:
        folder: Where ``index.html``, ``students/``, ``grades.csv`` and ``grades.json`` go.
        graded: What came of the class.
    """
    from recsys_course.classroom.grading.pages import write_pages
    from recsys_course.classroom.grading.tables import Run, grades_csv, grades_json

    remarks = [f"{one.source}: not graded. {one.reason}" for one in graded.gathered.left_aside]
    run = Run(
        __version__,
        graded.seed,
        graded.protection,
        (*graded.warnings, *graded.gathered.remarks, *remarks),
        graded.when,
    )
    # with its mark at the front, as spreadsheets take the text for another encoding without
    write_whole(folder / "grades.csv", "\ufeff" + grades_csv(graded.results))
    write_whole(folder / "grades.json", grades_json(run, graded.results))
    write_pages(folder, run, graded.results)


def _walls(sandbox: str) -> tuple[str | None, tuple[str, ...]]:
    """The path of bubblewrap, or None and what is not protected without it.

    Raises:
        SandboxError: If it is required and does not work.
    """
    path = None if sandbox == "none" else bubblewrap()
    if path is not None:
        return path, ()
    if sandbox == "required":
        raise SandboxError(f"bubblewrap is required and does not work here. {_INSTALL}")
    from recsys_course.classroom.grading.sandbox import Sandbox

    with Sandbox(load_syllabus().lessons[0], Limits(), None) as trial:
        missing = trial.missing
    return None, (*(f"Without bubblewrap {sentence}." for sentence in missing), _INSTALL)
