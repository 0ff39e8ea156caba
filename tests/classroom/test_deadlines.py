"""What has used its time is ended, and nowhere where that could crash or be dropped."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from types import ModuleType

import pytest

from recsys_course.classroom import deadlines
from recsys_course.classroom.deadlines import Deadline, OutOfTimeError

SOON = 0.05
BUSY = """
import time

def work(seconds, torn):
    end = time.perf_counter() + seconds
    try:
        while time.perf_counter() < end:
            pass
    except BaseException:
        torn.append(seconds)
        raise

def fail(seconds, torn):
    work(seconds, torn)
    raise ValueError
"""


def busy_module(name):
    module = ModuleType(name)
    exec(BUSY, vars(module))
    return module


@pytest.fixture
def fragile():
    return busy_module("tensorflow.python.ops")


def endless():
    while True:
        pass


def caught_alarms():
    """What would come of alarms now."""
    handlers = [signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGPROF)]
    timers = [signal.getitimer(clock) for clock in (signal.ITIMER_REAL, signal.ITIMER_PROF)]
    return handlers, timers, sys.gettrace()


@pytest.mark.parametrize("limits", [{"wall": SOON}, {"wall": 60, "processor": SOON}])
def test_an_endless_loop_is_ended_and_all_is_put_back(limits):
    before = caught_alarms()
    with pytest.raises(OutOfTimeError), Deadline(**limits):
        endless()
    assert caught_alarms() == before


def test_a_wait_is_ended_by_the_clock_on_the_wall():
    start = time.monotonic()
    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        (lambda: time.sleep(60))()
    assert time.monotonic() - start < 30


def test_what_ends_in_time_gives_its_result():
    before = caught_alarms()
    with Deadline(wall=60, processor=60):
        result = sum(number for number in range(10))
    assert result == 45
    assert caught_alarms() == before


def test_tensorflow_is_left_alone_and_its_caller_ended_at_the_next_line(fragile):
    before, torn, reached = caught_alarms(), [], []

    def learner():
        fragile.work(6 * SOON, torn)
        reached.append("the next line")

    with pytest.raises(OutOfTimeError) as ended, Deadline(wall=SOON):
        learner()
    assert (torn, reached) == ([], [])
    assert [one.name for one in ended.traceback[1:]][:1] == ["learner"]
    assert caught_alarms() == before


def test_who_calls_tensorflow_in_one_line_for_ever_is_ended(fragile):
    torn = []
    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        (lambda: [fragile.work(2 * SOON, torn) for _ in iter(int, 1)])()
    assert torn == []


def test_what_tensorflow_calls_is_left_alone_too(fragile):
    torn, plain = [], busy_module("answers")
    fragile.call = eval("lambda function, *given: function(*given)", vars(fragile))

    def learner():
        fragile.call(plain.work, 4 * SOON, torn)
        endless()

    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        learner()
    assert torn == []


def test_an_import_is_finished_first(tmp_path, monkeypatch):
    (tmp_path / "takes_its_time.py").write_text(f"{BUSY}\ntorn = []\nwork({4 * SOON}, torn)\n")
    monkeypatch.syspath_prepend(tmp_path)

    def learner():
        import takes_its_time

        endless()
        return takes_its_time

    try:
        with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
            learner()
        assert sys.modules["takes_its_time"].torn == []
    finally:
        sys.modules.pop("takes_its_time", None)


def test_patience_has_an_end(fragile, monkeypatch):
    monkeypatch.setattr(deadlines, "_PATIENCE", 4 * SOON)
    torn = []
    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        (lambda: fragile.work(60, torn))()
    assert torn == [60]


def test_the_tracer_of_a_debugger_or_of_coverage_is_put_back(fragile):
    def own(_frame, _event, _argument):
        return None

    before = sys.gettrace()
    sys.settrace(own)
    try:
        with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
            (lambda: [fragile.work(2 * SOON, []) for _ in iter(int, 1)])()
        assert sys.gettrace() is own
    finally:
        sys.settrace(before)


def test_an_error_that_is_dropped_is_raised_again():
    dropped = []

    def learner():
        while not dropped:
            try:
                endless()
            except OutOfTimeError:  # as native code may drop it
                dropped.append(True)
        endless()

    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        learner()
    assert dropped == [True]


def test_the_block_itself_and_other_threads_are_not_ended():
    done = []

    def elsewhere():
        with Deadline(wall=SOON):
            busy_module("answers").work(4 * SOON, [])
        done.append("the thread")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    with Deadline(wall=SOON):
        time.sleep(4 * SOON)
        done.append("the block")
    assert done == ["the thread", "the block"]


class Block:
    """Counts who is in."""

    inside = 0

    def __enter__(self):
        self.inside += 1

    def __exit__(self, *_):
        self.inside -= 1


def test_no_block_is_left_without_its_exit(fragile):
    block, torn = Block(), []

    def learner():
        while True:
            with block:
                fragile.work(SOON, torn)

    def returning():
        with block:
            return fragile.work(2 * SOON, torn)

    def both():
        while True:
            returning()

    def failing():
        while True:
            with contextlib.suppress(ValueError), block:
                fragile.fail(SOON, torn)

    for code in (learner, both, failing):
        for _ in range(5):
            with pytest.raises(OutOfTimeError), Deadline(wall=SOON / 2):
                code()
            assert (block.inside, torn) == (0, [])


def test_the_end_of_a_block_is_finished():
    torn, plain = [], busy_module("answers")

    class Slow(Block):
        def __exit__(self, *_):
            plain.work(4 * SOON, torn)

    def learner():
        with Slow():
            pass
        endless()

    with pytest.raises(OutOfTimeError), Deadline(wall=SOON):
        learner()
    assert torn == []


TRAINING = """
from recsys_course.classroom import deadlines
from recsys_course.classroom.cells import Answers
from recsys_course.classroom.loading import load
from recsys_course.deep.runtime import tf
from pathlib import Path
from tensorflow.python.eager import record

def train():
    factors = tf.Variable(tf.ones((20, 2)))
    while True:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(factors, [0, 1, 1])[:2] ** 2)
        factors.assign_sub(0.01 * tf.convert_to_tensor(tape.gradient(loss, factors)))

for n in range(20):
    try:
        with deadlines.Deadline(wall=60, processor=0.05 + n / 1000):
            train()
    except deadlines.OutOfTimeError as error:
        trace = error.__traceback__
    names = set()
    while trace is not None:
        names.add(trace.tb_frame.f_globals["__name__"])
        trace = trace.tb_next
    assert names == {__name__, deadlines.__name__}, names  # no frame of TensorFlow
    assert not record.could_possibly_record()  # nor a tape that goes on
cells = (
    "from recsys_course.deep.runtime import tf",
    "x = tf.Variable(1.0)\\nwhile True: x.assign_add(tf.square(x)[None][0])",
    "def answer():\\n    return 42",
)
submission = load(Answers(Path("loop.py"), cells, {}))
print(submission.functions.answer(), *submission.problems)
"""


def test_training_is_never_ended_inside_tensorflow_nor_inside_a_tape():
    done = subprocess.run(
        [sys.executable, "-c", TRAINING], capture_output=True, text=True, check=False
    )
    assert done.stdout == (
        "42 loop.py, line 2: stopped after a second; only definitions are needed\n"
    ), done.stderr
