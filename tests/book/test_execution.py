"""How notebooks are executed for the book: once, and with a sentence where a cell fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import execution
import nbformat
import psutil
import pytest
from execution import BookError, execute
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

BOOK = Path(execution.__file__).parent


@pytest.fixture
def course(tmp_path):
    """A course with one module and an empty folder of lessons."""
    root = tmp_path / "the course"
    for folder in ("recsys_course", "lessons"):
        (root / folder).mkdir(parents=True)
    (root / "recsys_course" / "formulas.py").write_text("ANSWER = 42\n")
    (root / "constraints.txt").write_text("numpy==2.4.6\n")
    return root


def lesson(course, *sources):
    """A lesson whose cells are named first, second, …"""
    ids = ("first", "second", "third")
    cells = [new_code_cell(text, id=name) for name, text in zip(ids, sources, strict=False)]
    path = course / "lessons" / "00_demo.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Demo", id="title"), *cells]), path)
    return path


def run(course, *notebooks):
    quiet = Console(quiet=True)
    return execute(notebooks, course, course / "executed", quiet)


def test_a_notebook_is_executed_in_its_folder_and_keeps_its_outputs(course):
    path = lesson(course, "import pathlib\nprint(pathlib.Path.cwd().name, 6 * 7)")
    before = path.read_bytes()
    (kept,) = run(course, path)
    output = nbformat.read(kept, 4).cells[1].outputs[0]
    assert output.text == "lessons 42\n"
    assert path.read_bytes() == before


def test_figures_come_out_whatever_backend_the_shell_names(course, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    path = lesson(course, "import matplotlib\nprint(matplotlib.get_backend())")
    (kept,) = run(course, path)
    assert "inline" in nbformat.read(kept, 4).cells[1].outputs[0].text


def test_a_second_run_executes_nothing_until_something_has_changed(course):
    count = "with open('../count', 'a') as file:\n    file.write('x')"
    path = lesson(course, count)
    times = course / "count"

    first = run(course, path)
    assert run(course, path) == first
    assert times.read_text() == "x"

    (course / "recsys_course" / "formulas.py").write_text("ANSWER = 43\n")
    (second,) = run(course, path)
    assert times.read_text() == "xx"
    assert list(second.parent.iterdir()) == [second]  # the one that it replaces is gone

    run(course, lesson(course, f"{count}\n# another notebook"))
    assert times.read_text() == "xxx"


def test_a_cell_that_fails_is_named_and_nothing_is_kept(course):
    path = lesson(course, "x = 1", "assert x == 2, 'x should be 2'", "print('never')")
    with pytest.raises(BookError) as failure:
        run(course, path)
    assert str(failure.value) == (
        "lessons/00_demo.ipynb, cell second: it raised AssertionError: x should be 2. "
        "Open the notebook in JupyterLab, mend the cell, then build the book again."
    )
    assert not list((course / "executed").rglob("*.ipynb"))


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("ValueError('\\x1b[31mred\\x1b[0m and\\nmore')", "it raised ValueError: red and. Open"),
        (
            "TypeError('in user code:\\n\\n  the reason\\n')",
            "it raised TypeError: the reason. Open",
        ),
        ("KeyError", "it raised KeyError: without a message. Open"),
    ],
)
def test_an_error_is_told_in_a_line(course, raised, told):
    path = lesson(course, f"raise {raised}")
    with pytest.raises(BookError) as failure:
        run(course, path)
    assert told in str(failure.value)


def test_one_failure_ends_the_others_in_silence(course, caplog):
    waiting = lesson(course, "import time\ntime.sleep(120)").rename(course / "lessons" / "1.ipynb")
    with pytest.raises(BookError, match=r"00_demo\.ipynb, cell first: it raised ZeroDivisionError"):
        run(course, waiting, lesson(course, "import time\ntime.sleep(2)\n1 / 0"))
    assert caplog.messages == []


def test_a_cell_that_takes_too_long_is_named(course, monkeypatch):
    monkeypatch.setattr(execution, "_CELL_SECONDS", 1)
    path = lesson(course, "pass", "import time\ntime.sleep(60)")
    with pytest.raises(BookError, match=r"00_demo\.ipynb, cell second: it took more than 1 s"):
        run(course, path)


def test_a_cell_that_ends_its_kernel_is_named(course):
    path = lesson(course, "import os\nos._exit(1)")
    with pytest.raises(BookError, match=r"00_demo\.ipynb, cell first: it ended its kernel"):
        run(course, path)


def test_ctrl_c_ends_both_kernels(course):
    wait = "import time\nopen('../begun-{}', 'w').close()\ntime.sleep(120)"
    first = lesson(course, wait.format(1)).rename(course / "lessons" / "01_demo.ipynb")
    second = lesson(course, wait.format(2))
    program = (
        "import sys; from pathlib import Path; from rich.console import Console; "
        f"sys.path.insert(0, {str(BOOK)!r}); from execution import execute; "
        "root = Path(sys.argv[1]); "
        "execute(list(map(Path, sys.argv[2:])), root, root / 'executed', Console())"
    )
    arguments = [sys.executable, "-c", program, str(course), str(first), str(second)]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, env=os.environ, text=True)
    try:
        while not all((course / f"begun-{n}").exists() for n in (1, 2)):
            assert process.poll() is None
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert len(kernels) >= 2
    # one whose parent has ended stays listed until the system notices, in its own time
    assert not [kernel for kernel in kernels if kernel.is_running() and not is_dead(kernel)]


def is_dead(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
