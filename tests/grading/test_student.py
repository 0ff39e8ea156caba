"""A submission's functions as the checks call them: like functions of their own, and powerless."""

import errno
import importlib.metadata
import importlib.util
import os
import py_compile
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packaging.requirements import Requirement

from recsys_course.classroom.expectations import UnmetError, number
from recsys_course.classroom.grading import sandbox as sandboxes
from recsys_course.classroom.grading import staging
from recsys_course.classroom.grading.inside import isolation, zygote
from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.process import Ended
from recsys_course.classroom.grading.sandbox import Sandbox
from recsys_course.classroom.grading.student import Student
from recsys_course.classroom.grading.walls import SandboxError, bubblewrap, walls
from recsys_course.classroom.syllabus import load_syllabus

MF_LOSS = load_syllabus().lesson("mf_loss")

Open = Callable[..., Student]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    path = bubblewrap()
    assert path is not None, "these tests need bubblewrap: make system-packages"
    with Sandbox(MF_LOSS, Limits(memory_mb=256, processes=16), path) as opened:
        yield opened


@pytest.fixture
def answer(sandbox: Sandbox) -> Iterator[Open]:
    """A process in which a source is loaded."""
    processes = []

    def open_process(source: str, on_change: Any = "ignored", seconds: float = 10) -> Student:
        process = sandbox.ready().open()
        processes.append(process)
        process.read("answers.py", source.encode())
        names = ["f", "g"]
        defined, problems = process.load(names, False)
        assert problems == []
        process.allow(seconds)
        return Student(process, defined, on_change)

    yield open_process
    for process in processes:
        process.close()


def test_arguments_and_results_are_what_they_would_be_in_one_process(answer: Open) -> None:
    student = answer("def f(*a, **o):\n    return a, o")
    array = np.arange(6.0).reshape(2, 3)
    arguments, options = student.f(array, [1, "a"], None, True, key={"b": (2.5,)})
    np.testing.assert_array_equal(arguments[0], array)
    assert arguments[1:] == ([1, "a"], None, True)
    assert options == {"key": {"b": (2.5,)}}


def test_what_is_no_data_is_named_in_words(answer: Open) -> None:
    student = answer("class Secret4242:\n    pass\ndef f():\n    return Secret4242()")
    with pytest.raises(UnmetError, match=r"^It returns a function or an object that is not") as no:
        number(student.f())
    assert "4242" not in str(no.value)


def test_what_is_not_defined_is_not_there(answer: Open) -> None:
    student = answer("f = 3\ndef g():\n    pass")
    assert not hasattr(student, "f")
    assert not hasattr(student, "close")
    assert callable(student.g)


@pytest.mark.parametrize(
    ("raised", "caught"),
    [
        ("ValueError('x')", ValueError),
        ("NotImplementedError", NotImplementedError),
        ("ZeroDivisionError", ZeroDivisionError),
        ("type('Mine', (KeyError,), {})('x')", KeyError),
        ("type('Odd name\\n', (BaseException,), {})('x')", Exception),
        ("UnicodeDecodeError('utf-8', b'', 0, 1, 'x')", ValueError),
        ("KeyboardInterrupt", Exception),
        ("SystemExit(0)", Exception),
    ],
)
def test_an_error_is_of_the_same_kind(answer: Open, raised: str, caught: type) -> None:
    student = answer(f"def f():\n    raise {raised}\ndef g():\n    return 4")
    with pytest.raises(caught):
        student.f()
    assert student.g() == 4


def test_an_input_that_is_overwritten_stays_as_it_was(answer: Open) -> None:
    """Otherwise an answer that makes both sides alike would have an error of 0."""
    source = "def f(ratings, predictions):\n    ratings[:] = predictions\n    return 0.0"
    ratings, predictions = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert answer(source).f(ratings, predictions) == 0.0
    assert ratings.tolist() == [1.0, 2.0]
    with pytest.raises(UnmetError, match="belongs to the caller"):
        answer(source, "missing").f(ratings, predictions)
    assert ratings.tolist() == [1.0, 2.0]
    answer(source, "applied").f(ratings, predictions)
    assert ratings.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    "line", ["a.append(1)", "a.sort()", "a[0] = 9", "b['x'] = 1", "c.add(3)", "b.clear()"]
)
def test_lists_dictionaries_and_sets_are_watched_too(answer: Open, line: str) -> None:
    student = answer(f"def f(a, b, c):\n    {line}", "missing")
    a, b, c = [2, 1], {"y": 2}, {1}
    with pytest.raises(UnmetError):
        student.f(a, b, c)
    assert (a, b, c) == ([2, 1], {"y": 2}, {1})
    answer("def f(a, b, c):\n    return a + sorted(b) + sorted(c)", "missing").f(a, b, c)


def test_a_generator_goes_on_but_its_state_is_not_the_submissions_to_choose(answer: Open) -> None:
    student = answer("def f(rng):\n    return rng.integers(100, size=20)")
    rng, twin = np.random.default_rng(1), np.random.default_rng(1)
    np.testing.assert_array_equal(student.f(rng), twin.integers(100, size=20))
    assert rng.bit_generator.state != np.random.default_rng(1).bit_generator.state
    chosen = answer(
        "import numpy as np\n"
        "def f(rng):\n    rng.bit_generator.state = np.random.default_rng(7).bit_generator.state"
    )
    before = np.random.default_rng(7).integers(1 << 40, size=4).tolist()
    rng = np.random.default_rng(1)
    chosen.f(rng)
    assert rng.integers(1 << 40, size=4).tolist() != before


def test_a_generator_goes_on_once_a_call(answer: Open) -> None:
    source = (
        "def f(rng, step):\n"
        "    for _ in range(3):\n"
        "        rng.random()\n"
        "        step()\n"
        "def g(rng, step):\n"
        "    rng.random()\n"
    )
    student = answer(source)
    often, once = np.random.default_rng(1), np.random.default_rng(1)
    student.f(often, lambda: None)
    student.g(once, lambda: None)
    assert often.random() == once.random()


def test_functions_that_are_passed_in_run_here(answer: Open) -> None:
    calls: list[Any] = []

    def step(batch: Any) -> float:
        calls.append(batch.tolist())
        return float(len(calls))

    student = answer("def f(step, batches):\n    return [step(b) for b in batches]")
    assert student.f(step, [np.array([1, 2]), np.array([3])]) == [1.0, 2.0]
    assert calls == [[1, 2], [3]]


def test_an_array_that_the_caller_changes_meanwhile_changes_there_too(answer: Open) -> None:
    weights = np.zeros(2)

    def train() -> None:
        weights[:] += 1

    student = answer(
        "def f(train, get):\n    w = get()\n    train()\n    return w.sum(), get() is w"
    )
    assert student.f(train, lambda: weights) == (2.0, True)


def test_an_error_of_the_caller_comes_out_whatever_the_submission_does_with_it(
    answer: Open,
) -> None:
    def refuses() -> None:
        raise UnmetError("a property is missing")

    student = answer(
        "def f(refuses):\n    try:\n        refuses()\n    except BaseException:\n        return 1"
    )
    with pytest.raises(UnmetError, match="a property is missing"):
        student.f(refuses)


def test_a_function_kept_from_an_earlier_call_does_nothing(answer: Open) -> None:
    """A wrong answer may keep it; that is a mistake, and no attack."""
    calls: list[int] = []
    student = answer(
        "kept = []\ndef f(step):\n    kept.append(step)\n    step()\ndef g(step):\n    kept[0]()\n"
    )
    student.f(lambda: calls.append(1))
    with pytest.raises(RuntimeError):
        student.g(lambda: calls.append(2))
    assert calls == [1]
    student.f(lambda: calls.append(3))
    assert calls == [1, 3]


ENDS = {
    "import os\ndef f():\n    os._exit(0)": "crashed",
    "def f():\n    while True:\n        pass": "timed out",
    "def f():\n    return bytearray(3 << 28)": "out of memory",
    "import ctypes\ndef f():\n    ctypes.string_at(0)": "crashed",
    "import ctypes\ndef f():\n    ctypes.CDLL(None).unshare(0x10000000)": "tried to cheat",
    "import os\ndef f():\n    os.write(3, b'x' * 64)": "tried to cheat",
    "import os\ndef f():\n    os.close(3)": "crashed",
    "import os, time\ndef f():\n    kept = [os.dup(1) for _ in range(230)]\n"
    "    [os.fork() for _ in range(3)]\n    time.sleep(20)": "crashed",
}


@pytest.mark.parametrize(("source", "state"), ENDS.items(), ids=range(len(ENDS)))
def test_how_a_process_ends_is_said(answer: Open, source: str, state: str) -> None:
    student = answer(source, seconds=2)
    with pytest.raises((Ended, MemoryError)) as caught:
        student.f()
    assert getattr(caught.value, "state", "out of memory") == state


@pytest.mark.parametrize(
    "source",
    [
        "import mmap\ndef f():\n    return len(mmap.mmap(-1, 4096))",
        "import mmap\ndef f():\n    with open('/dev/zero', 'r+b') as zero:\n"
        "        return len(mmap.mmap(zero.fileno(), 4096))",
        "import ctypes, os\ndef f():\n    pipe = os.pipe()\n"
        "    if ctypes.CDLL(None).vmsplice(pipe[1], None, 0, 0) == -1:\n        raise OSError",
    ],
)
def test_no_memory_can_be_had_that_no_process_holds(answer: Open, source: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - the text of the error is the kernel's
        answer(source).f()


def test_memory_that_was_swapped_out_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    status = b"Name:\tpython\nRssAnon:\t   3 kB\nRssShmem:\t   4 kB\nVmSwap:\t   5 kB\n"
    monkeypatch.setattr(zygote, "_read", {"/proc/1/status": status}.__getitem__)
    assert zygote._memory(1) == 12 * 1024


def test_the_instructors_own_limits_hold_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = {resource.RLIMIT_NOFILE: 100, resource.RLIMIT_RTPRIO: 95, resource.RLIMIT_NICE: 40}
    given: dict[int, tuple[int, int]] = {}
    infinite = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, hard.get(kind, infinite)))
    monkeypatch.setattr(resource, "setrlimit", given.__setitem__)
    names = ("memory", "cpu", "file", "files", "processes")
    isolation.limit(dict.fromkeys(names, 300), alone=True)
    assert given[resource.RLIMIT_NOFILE] == (100, 100)
    assert given[resource.RLIMIT_NPROC] == (300, 300)
    # some groups of users may go before everybody else
    assert given[resource.RLIMIT_RTPRIO] == given[resource.RLIMIT_NICE] == (0, 0)


def test_no_socket_leads_round_the_namespace_of_the_network(answer: Open) -> None:
    source = (
        "import socket\n"
        "def f(family):\n"
        "    try:\n"
        "        socket.socket(family, socket.SOCK_DGRAM).close()\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
    )
    student = answer(source)
    allowed = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
    assert [student.f(int(family)) for family in allowed] == [None] * 4
    refused = (socket.AF_VSOCK, socket.AF_ALG, socket.AF_PACKET)
    assert [student.f(int(family)) for family in refused] == [errno.EAFNOSUPPORT] * 3


@pytest.mark.parametrize("user", [0, 1000])
def test_nothing_is_writable_but_the_folder_for_what_passes(
    user: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bubblewrap()
    assert path is not None
    monkeypatch.setattr(os, "getuid", lambda: user)  # an ordinary user owns what is made for it
    words = walls(path, tmp_path, {}, "/sandbox")
    script = (
        "open('/dev/null', 'w').close()\n"
        "open('/tmp/x', 'w').close()\n"
        "try:\n    open('/dev/x', 'w')\n"
        "except OSError as error:\n    print(error.errno)"
    )
    command = [*words, str(Path(sys.executable).resolve()), "-S", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{errno.EROFS}\n", "")


def test_a_submission_waits_while_others_have_all_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([BlockingIOError(), BlockingIOError(), 4242])

    def fork() -> int:
        answer = next(answers)
        if isinstance(answer, BlockingIOError):
            raise answer
        return answer

    monkeypatch.setattr(os, "fork", fork)
    assert zygote._fork() == 4242


def test_a_file_can_be_mapped_by_several_processes(answer: Open) -> None:
    source = (
        "import multiprocessing\n"
        "def f():\n"
        "    shared = multiprocessing.Array('d', 3)\n"
        "    other = multiprocessing.Process(target=lambda: shared.__setitem__(1, 2.5))\n"
        "    other.start()\n"
        "    other.join()\n"
        "    return list(shared)"
    )
    assert answer(source).f() == [0.0, 2.5, 0.0]


def test_nothing_is_left_of_a_submission(sandbox: Sandbox, answer: Open) -> None:
    source = (
        "import os\n"
        "def f():\n"
        "    for folder in ('/tmp', '/dev/shm'):\n"
        "        open(folder + '/left', 'w').close()\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        while True: pass\n"
        "    return os.getpid(), sorted(os.listdir('/tmp') + os.listdir('/dev/shm'))\n"
    )
    first, second = answer(source), answer(source)
    assert first.f() == (1, ["left", "left"])
    assert second.f() == (1, ["left", "left"])


def start() -> None:
    with Sandbox(MF_LOSS, Limits(), bubblewrap()) as sandbox:
        sandbox.ready()


def test_a_sandbox_that_shows_the_course_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proof of the probe: with the checks among what is shown, nothing starts."""
    checks, real = str(Path(staging.__file__).parents[1] / "checks"), sandboxes.walls

    def with_a_window(*arguments: Any) -> list[str]:
        words = real(*arguments)
        return [*words[:-5], "--ro-bind", checks, "/sandbox/checks", *words[-5:]]

    monkeypatch.setattr(sandboxes, "_FORBIDDEN_FOLDERS", ("/sandbox/checks",))
    start()
    monkeypatch.setattr(sandboxes, "walls", with_a_window)
    with pytest.raises(SandboxError, match="can read the files"):
        start()


def test_a_sandbox_that_holds_the_answers_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_MACHINERY", (*staging._MACHINERY, "formulas/losses.py"))
    with pytest.raises(SandboxError, match="import the course's own answers"):
        start()


def test_what_a_killed_grader_left_is_removed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(staging.tempfile, "gettempdir", lambda: str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (f"{ended.pid}-abc", f"{os.getpid()}-abc", "mine-abc"):
        (tmp_path / f"recsys-grading-{name}" / "course").mkdir(parents=True)
    staging.remove_what_was_left()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted([f"recsys-grading-{os.getpid()}-abc", "recsys-grading-mine-abc"])


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "packages_of", lambda _names: {})
    with pytest.raises(SandboxError, match="the sandbox does not start"):
        start()


def test_what_a_package_requires_is_what_its_metadata_says() -> None:
    n_required = 0
    for distribution in importlib.metadata.distributions():
        requirements = map(Requirement, distribution.requires or [])
        required = [
            one.name
            for one in requirements
            if one.marker is None or one.marker.evaluate({"extra": ""})
        ]
        assert staging._contents(distribution.name)[1] == required
        n_required += len(required)
    assert n_required > 100


def test_compiled_code_goes_along_of_what_is_staged_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "one.py", tmp_path / "staged" / "one.py"
    source.write_text("X = 1\n", encoding="utf-8")
    target.parent.mkdir()
    staging._copy(source, target)
    assert sorted(path.name for path in target.parent.rglob("*")) == ["one.py"]
    os.utime(source, (10**9, 10**9))
    py_compile.compile(str(source))
    (source.parent / "__pycache__" / "other.cpython-311.pyc").write_bytes(b"")
    staging._copy(source, target)
    loader = SourceFileLoader("one", str(target))
    (compiled,) = (target.parent / "__pycache__").iterdir()
    assert compiled.name == Path(importlib.util.cache_from_source(str(target))).name
    monkeypatch.setattr(loader, "source_to_code", lambda *_, **__: pytest.fail("compiled again"))
    assert loader.get_code("one") is not None


def test_a_submission_runs_where_its_worker_runs() -> None:
    source = "import os\ndef f():\n    return sorted(os.sched_getaffinity(0))\n"
    with Sandbox(MF_LOSS, Limits(), bubblewrap()) as sandbox:
        opener = sandbox.ready()
        for processors in (opener.processors, opener.processors[-1:]):
            opener.processors = processors
            with opener.open() as process:
                process.read("answers.py", source.encode())
                defined, _ = process.load(["f"], False)
                process.allow(10)
                assert Student(process, defined).f() == processors
