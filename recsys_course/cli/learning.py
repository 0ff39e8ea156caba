"""The commands for a learner, in the order in which one needs them.

They are ten, each with its help; that makes this module longer than others.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys_course.cli.application import HOME_VARIABLE, HomeFolder, app, err, out, say, sentences

if TYPE_CHECKING:
    from recsys_course.classroom.home.delivery import Delivered
    from recsys_course.classroom.home.place import Home
    from recsys_course.classroom.reports import FileReport
    from recsys_course.classroom.syllabus import Lesson

Slug = Annotated[str, typer.Argument(help="A lesson, such as mf_loss.")]
SlugOrNext = Annotated[
    str | None, typer.Argument(help="A lesson, such as mf_loss; the next one if left out.")
]
_KNOWN_FILES = (".ipynb", ".py")


@app.command()
def start(slug: SlugOrNext = None, home: HomeFolder = None) -> None:
    """Make your own folder of the course, or bring back what you deleted in it."""
    with sentences():
        from recsys_course.classroom.home.roadmap import next_step
        from recsys_course.classroom.home.survey import remembered
        from recsys_course.classroom.syllabus import load_syllabus

        folder = _home(home)
        lessons = [load_syllabus().lesson(slug)] if slug else []
        _bring(folder, lessons)
        entries = remembered(folder)
        if lessons:
            entries = tuple(entry for entry in entries if entry.lesson in lessons)
        say(next_step(folder, entries))
        say("Open it: recsys-course lab" + (f" {slug}" if slug else "") + _option(home))


@app.command()
def lab(
    notebook: Annotated[
        str | None,
        typer.Argument(
            help="A lesson, such as mf_loss, or a notebook in your folder; else the next lesson."
        ),
    ] = None,
    home: HomeFolder = None,
    browser: Annotated[
        bool | None, typer.Option(help="Open a browser; decided by the machine if left out.")
    ] = None,
) -> None:
    """Open JupyterLab in your own folder, on the next lesson."""
    with sentences():
        from recsys_course.classroom import workspace
        from recsys_course.classroom.home.roadmap import next_entry
        from recsys_course.classroom.home.survey import remembered
        from recsys_course.classroom.syllabus import load_syllabus

        folder = _home(home)
        lessons = load_syllabus().lessons
        if notebook is not None and not notebook.endswith(_KNOWN_FILES):
            lesson = load_syllabus().lesson(notebook)
            _bring(folder, [lesson])
            notebook = folder.short(folder.lesson(lesson))
        else:
            _bring(folder, [])
        if notebook is None:
            entry = next_entry(remembered(folder))
            notebook = folder.short(folder.lesson(entry.lesson if entry else lessons[-1]))
        raise typer.Exit(workspace.open_lab(folder.folder, notebook, browser))


@app.command()
def status(
    home: HomeFolder = None,
    merge: Annotated[
        Path | None, typer.Option(help="Take over the progress of another progress.json, too.")
    ] = None,
) -> None:
    """Show the way through the course, what is done, the next step, and what is new."""
    with sentences():
        from recsys_course.classroom.home import keeping, records, roadmap
        from recsys_course.classroom.home.survey import look, write_down

        folder = _existing(home)
        if merge is not None:
            if not merge.is_file():
                raise FileNotFoundError(f"there is no {merge}; give another progress.json")
            other = records.read(merge)
            records.change(folder, lambda own: records.merge(own, other))
        with err.status("checking the exercises that have changed"):
            entries = look(folder)
        new = keeping.waiting(folder)
        hindrance = _hindrance(lambda: write_down(folder, entries))
        out.print(roadmap.render(folder, entries, new, out.width))
        if hindrance is not None:
            raise hindrance


@app.command("check")
def check_answers(
    exercise: Annotated[
        str | None,
        typer.Argument(help="A lesson, such as mf_loss, or a notebook or .py file; else the next."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Repeat a run; fresh numbers otherwise.")] = None,
    home: HomeFolder = None,
) -> None:
    """Check an exercise and say what is right, what is not, and which idea it resembles."""
    with sentences():
        from recsys_course.classroom import submissions
        from recsys_course.classroom.home.place import enclosing
        from recsys_course.classroom.home.survey import note

        path = _exercise(home, exercise)
        report, content = _checked(path, seed)
        around = enclosing(path.resolve().parent)
        hindrance = _hindrance(lambda: note(around, report, content)) if around else None
        out.print(submissions.render(report))
        if hindrance is not None:
            raise hindrance
        raise typer.Exit(0 if report.passed else 1)


@app.command()
def watch(slug: SlugOrNext = None, home: HomeFolder = None) -> None:
    """Check an exercise at every save, until Ctrl-C."""
    with sentences("stopped watching; nothing was lost"):
        from recsys_course.classroom import submissions
        from recsys_course.classroom.home import watching

        folder = _existing(home)
        lesson = _lesson(folder, slug)
        path = folder.exercise(lesson)
        err.print(f"watching {path}; Ctrl-C ends it", markup=False, highlight=False)
        for found in watching.watch(folder, lesson):
            if isinstance(found, str):
                say(found)
            else:
                out.print(submissions.render(found))


@app.command()
def hint(
    function: Annotated[str, typer.Argument(help="An exercise function, such as sgd_step.")],
    level: Annotated[
        int | None, typer.Option(help="1, 2 or 3 for a certain hint; else the next one.")
    ] = None,
    home: HomeFolder = None,
) -> None:
    """Give the next hint for a function: a question, then a pointer, then a plan."""
    with sentences():
        from recsys_course.classroom import hints

        folder = _home(home)
        # what is read here counts as if it were read in a notebook of that folder
        there = contextlib.chdir(folder.folder) if folder.exists else contextlib.nullcontext()
        with there:
            notice = hints.hint_notice(function, level)
        out.print(notice)


@app.command()
def solution(
    slug: Slug,
    home: HomeFolder = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Before you have tried every function.")
    ] = False,
) -> None:
    """Put a copy of a solution into your folder, once you have tried every function."""
    with sentences():
        from recsys_course.classroom import workspace
        from recsys_course.classroom.home import keeping
        from recsys_course.classroom.home.survey import note

        folder = _existing(home)
        lesson = _lesson(folder, slug)
        if not anyway:
            report, content = _checked(_exercise(home, slug))
            note(folder, report, content)
            left = [one.function for one in report.functions if one.state == "not attempted"]
            if left:
                raise ValueError(
                    f"not attempted yet: {', '.join(left)}. Try each of them first; a wrong answer "
                    f"counts. `recsys-course hint {left[0]}` helps, --anyway shows it all the same"
                )
        path = keeping.place_solution(folder, lesson)
        short = folder.short(path)
        say(f"the solution: {path}")
        say(workspace.how_to_open(folder.folder, short, _option(home)))


@app.command()
def reset(slug: Slug, home: HomeFolder = None) -> None:
    """Begin an exercise anew; the old one is kept, with the date in its name."""
    with sentences():
        from recsys_course.classroom.home import keeping

        folder = _existing(home)
        lesson = _lesson(folder, slug)
        kept = keeping.reset(folder, lesson)
        old = f"; the old one is {folder.short(kept)}" if kept else ""
        say(f"exercises/{lesson.stem}.ipynb is new again{old}")


@app.command()
def update(home: HomeFolder = None) -> None:
    """Bring newer versions of lessons and exercises; what you have written stays."""
    with sentences():
        from recsys_course.classroom.home import keeping, roadmap

        folder = _existing(home)
        if not _bring(folder, []):
            out.print("everything is up to date")
        for line in roadmap.told_of_waiting(keeping.waiting(folder)):
            say(line)


@app.command()
def doctor() -> None:
    """Look at this machine: what is wrong, and how to mend it."""
    from recsys_course.classroom import doctor as examination

    with sentences():
        findings = examination.examine()
        out.print(examination.render(findings))
        raise typer.Exit(1 if any(finding.state == "fail" for finding in findings) else 0)


def _home(named: Path | None) -> Home:
    """The learner's folder, there or not yet there."""
    from recsys_course.classroom.home.place import find

    return find(Path.cwd(), named.expanduser() if named else None)


def _option(named: Path | None) -> str:
    """What the next command needs to find the same folder."""
    if named is None or os.environ.get(HOME_VARIABLE):
        return ""
    path = str(_home(named).folder)
    return " --home " + (f'"{path}"' if os.name == "nt" else shlex.quote(path))


def _existing(named: Path | None) -> Home:
    home = _home(named)
    if not home.exists:
        raise FileNotFoundError(
            f"{home.folder} is no folder of the course; `recsys-course start` makes one, --home "
            "names another"
        )
    return home


def _lesson(home: Home, slug: str | None) -> Lesson:
    """The lesson that was named, else the next one."""
    from recsys_course.classroom.home.roadmap import next_entry
    from recsys_course.classroom.home.survey import remembered
    from recsys_course.classroom.syllabus import load_syllabus

    if slug is not None:
        return load_syllabus().lesson(slug)
    entry = next_entry(remembered(home))
    return entry.lesson if entry else load_syllabus().lessons[-1]


def _exercise(named: Path | None, exercise: str | None) -> Path:
    """The file of answers that was meant: by its path, by its lesson, or the next one."""
    if exercise is not None and exercise.endswith(_KNOWN_FILES):
        return Path(exercise)
    if exercise is not None and Path(exercise).exists():
        return Path(exercise)  # a folder, or a file of another kind: refused where it is read
    home = _existing(named)
    lesson = _lesson(home, exercise)
    path = home.exercise(lesson)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not there; `recsys-course start {lesson.slug}` brings it"
        )
    return path


def _hindrance(write: Callable[[], None]) -> OSError | None:
    """Write something down; what hindered it, as the answer is shown on a full disk, too."""
    try:
        write()
    except OSError as error:
        return error
    return None


def _checked(path: Path, seed: int | None = None) -> tuple[FileReport, bytes]:
    """The report on a file of answers, and what it held; where it cannot be read, how to get on."""
    from recsys_course.classroom import submissions
    from recsys_course.classroom.home.rescue import explained

    try:
        content = path.read_bytes() if path.is_file() else b""
        return submissions.check_file(path, seed=seed), content
    except submissions.UnreadableAnswersError as error:
        raise ValueError(explained(path, error)) from None


def _bring(home: Home, again: Sequence[Lesson]) -> bool:
    """Deliver, and say what was done; whether anything was."""
    from recsys_course.classroom.home.delivery import deliver
    from recsys_course.classroom.materials import materials

    wanted = [home.short(path(one)) for one in again for path in (home.lesson, home.notebook)]
    done = deliver(home, materials(), frozenset(wanted))
    n_new = sum(one.verb == "new" for one in done)
    if n_new:
        say(f"{n_new} file{' is' if n_new == 1 else 's are'} new in {home.folder}")
    for one in done:
        if one.verb != "new":
            say(_told(one))
    return bool(done)


def _told(one: Delivered) -> str:
    """In words, what came of one file."""
    if one.verb == "replaced":
        kept = f"; the one that you ran is {one.kept}" if one.kept else ""
        return f"{one.path}: newer version{kept}"
    if one.verb == "beside":
        return f"{one.touched} stays as you wrote it; its newer version is {one.path}"
    if one.verb == "renamed":
        return f"{one.path}: newer version; yours is {one.touched}"
    return f"{one.path} stays deleted; `recsys-course start` with its lesson brings it back"
