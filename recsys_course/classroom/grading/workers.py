"""Processes of the grader that work side by side, in one sandbox for each lesson."""

from __future__ import annotations

import contextlib
import multiprocessing.connection
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Self

from recsys_course.classroom.grading.crew import Crew, Needed
from recsys_course.classroom.grading.gathering import Submission
from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.sandbox import Sandbox
from recsys_course.classroom.syllabus import load_syllabus

if TYPE_CHECKING:
    from recsys_course.classroom.grading.variants.ledger import Recognition

__all__ = ["LOST", "Entrance", "Job", "Settings", "grade_all", "result_without_checks"]

_SLOW = "tensorflow"
LOST = "the grader itself ended while it graded this submission; grade it again"


@dataclass(frozen=True)
class Job:
    """A submission that waits for its turn."""

    submission: Submission
    seed: int
    variant: Recognition | None = None


@dataclass(frozen=True)
class Settings:
    """How submissions are graded.

    Args:
        limits: What each may use.
        bubblewrap: The path of bubblewrap; None does without.
    """

    limits: Limits
    bubblewrap: str | None


@dataclass(frozen=True)
class Entrance:
    """Where a worker finds the sandbox of a lesson; the socket itself follows."""

    slug: str
    limits: Limits
    walled: bool
    home: str
    processors: list[int]


def grade_all(
    jobs: Iterable[Job],
    n_workers: int,
    settings: Settings,
    crew: Crew,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Grade submissions side by side.

    Args:
        jobs: In the order in which they are begun; those of one lesson should stand together, as
            the sandbox of a lesson ends with its last one.
        n_workers: How many at a time.
        settings: How.
        crew: Who.
        meanwhile: Is called once, when the first are being graded.

    Yields:
        Each result as it comes, in any order.

    Raises:
        OSError: If a sandbox cannot be started.
    """
    jobs = list(jobs)
    if not jobs:
        meanwhile()
        return
    waiting = iter(jobs)
    needed = _needed(jobs, n_workers)
    with _Sandboxes(settings) as sandboxes, _Workers(crew, n_workers, needed) as workers:
        results: list[Result] = []
        while True:
            for worker in workers.all:
                if worker.job is None and (job := next(waiting, None)) is not None:
                    worker.begin(job, sandboxes)
            if results:
                yield from results  # the workers are busy while the caller keeps them
            else:
                meanwhile()
            busy = [worker for worker in workers.all if worker.job is not None]
            if not busy:
                return
            sandboxes.keep({worker.job.submission.slug for worker in busy if worker.job})
            ready = multiprocessing.connection.wait([worker.connection for worker in busy])
            results = [worker.finish() for worker in busy if worker.connection in ready]
            workers.replace_the_lost()


def _needed(jobs: Iterable[Job], n_workers: int) -> Needed:
    """What the workers share: the checks, and TensorFlow, which takes each of them seconds.

    A worker that is alone imports TensorFlow when a check first needs it, which may be never.
    """
    slugs = sorted({job.submission.slug for job in jobs})
    lessons = [load_syllabus().lesson(slug) for slug in slugs]
    if n_workers == 1:
        lessons = [lesson for lesson in lessons if _SLOW not in lesson.imports]
    slow = [_SLOW] if any(_SLOW in lesson.imports for lesson in lessons) else []
    return Needed(slow, [task.name for lesson in lessons for task in lesson.exercises])


class _Sandboxes:
    """The sandboxes of the lessons that are being graded."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: dict[str, Sandbox] = {}

    def of(self, slug: str) -> Sandbox:
        """The sandbox of a lesson, which is started if it does not run."""
        if slug not in self._running:
            lesson, settings = load_syllabus().lesson(slug), self._settings
            self._running[slug] = Sandbox(lesson, settings.limits, settings.bubblewrap)
        return self._running[slug]

    def keep(self, slugs: set[str]) -> None:
        """End those of other lessons."""
        for slug in set(self._running) - slugs:
            self._running.pop(slug).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.keep(set())


class _Workers:
    """Those who are at work: a new one for each that has ended."""

    def __init__(self, crew: Crew, n_workers: int, needed: Needed) -> None:
        self._crew, self._needed = crew, needed
        processors = sorted(os.sched_getaffinity(0))
        # where there is one for each, none has to be fetched from where it was: a worker and its
        # submission wait for one another all the time
        own = len(processors) == n_workers
        self.all = [self._new([processors[n]] if own else processors) for n in range(n_workers)]

    def _new(self, processors: list[int]) -> _Worker:
        return _Worker(self._crew.hire(self._needed), processors)

    def replace_the_lost(self) -> None:
        self.all = [self._new(worker.processors) if worker.lost else worker for worker in self.all]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self.all:
            worker.connection.close()


class _Worker:
    """One process, and the submission that it is at."""

    def __init__(self, connection: Connection, processors: list[int]) -> None:
        self.connection, self.processors = connection, processors
        self.job: Job | None = None
        self.slug: str | None = None
        self.lost = False

    def begin(self, job: Job, sandboxes: _Sandboxes) -> None:
        self.job = job
        with contextlib.suppress(BrokenPipeError):  # it has ended, as finish() will find out
            if self.slug != job.submission.slug:
                self.slug = job.submission.slug
                opener = sandboxes.of(self.slug).ready()
                # TensorFlow uses all that there are
                processors = opener.processors if opener.tensorflow else self.processors
                self.connection.send(
                    Entrance(self.slug, opener.limits, opener.walled, opener.home, processors)
                )
                reduction.send_handle(self.connection, opener.control.fileno(), 0)
            self.connection.send(job)

    def finish(self) -> Result:
        """What came of the submission.

        Raises:
            OSError: What the worker could not do.
        """
        assert self.job is not None
        job, self.job = self.job, None
        try:
            result = self.connection.recv()
        except (EOFError, OSError):
            self.lost = True
            self.connection.close()
            return result_without_checks(job, "crashed", LOST)
        if isinstance(result, BaseException):
            raise result
        assert isinstance(result, Result)
        return result


def result_without_checks(job: Job, outcome: Any, reason: str) -> Result:
    """The result of a submission that no check saw."""
    submission = job.submission
    return Result(
        submission.student,
        submission.slug,
        submission.source,
        submission.digest,
        outcome,
        reason,
        seed=job.seed,
    )
