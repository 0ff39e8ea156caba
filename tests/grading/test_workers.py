"""The workers of the grader: what they share is imported once, in silence, before they part."""

import sys
from pathlib import Path

import pytest

from recsys_course.classroom.grading import work, workers
from recsys_course.classroom.grading.gathering import Submission
from recsys_course.classroom.grading.places import Place
from recsys_course.classroom.grading.workers import Job
from recsys_course.classroom.syllabus import load_syllabus


def job(slug: str) -> Job:
    return Job(Submission("ada", slug, f"ada/{slug}.py", "d", 1, ".py", Place(Path("ada.py"))), 1)


@pytest.mark.parametrize(
    ("slugs", "n_workers", "modules", "lessons"),
    [
        (["welcome", "recommending"], 2, [], ["recommending", "welcome"]),
        (["welcome", "training_loop", "welcome"], 2, ["tensorflow"], ["training_loop", "welcome"]),
        (["welcome", "training_loop"], 1, [], ["welcome"]),  # which may never need it
        ([], 2, [], []),
    ],
)
def test_what_is_imported_before_the_workers_part(
    slugs: list[str], n_workers: int, modules: list[str], lessons: list[str]
) -> None:
    needed = workers._needed(map(job, slugs), n_workers)
    assert needed.modules == modules
    of = load_syllabus().lesson_of
    assert list(dict.fromkeys(of(name).slug for name in needed.functions)) == lessons


def test_what_native_code_writes_while_it_is_imported_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"):
        monkeypatch.setenv(name, "0")  # which stays, and is put back
    monkeypatch.syspath_prepend(tmp_path)
    loud = "import os\nos.write(2, b'no GPU here')\n"
    (tmp_path / "a_loud_module.py").write_text(loud, encoding="utf-8")
    work._import_silently(["no_such_module", "a_loud_module"])
    sys.stderr.write("and after it")
    sys.stderr.flush()
    assert sys.modules.pop("a_loud_module").__name__ == "a_loud_module"
    assert capfd.readouterr().err == "and after it"
