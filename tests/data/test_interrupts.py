"""Ctrl-C, by real signals, while something is written that must not be torn."""

import importlib
import os
import signal
import sys
import threading
import time

import pytest

from recsys_course.data import interrupts
from recsys_course.data.interrupts import spare_imports, undisturbed

SECONDS = 60  # until an interrupt counts as lost
# an import that drops what falls into it, as some native modules do
DROPS = """import os, signal, time
try:
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
except KeyboardInterrupt:
    pass
"""


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_block_is_finished_and_then_interrupted():
    done = []

    def held_down():
        with undisturbed():
            for step in (1, 2, 3):
                press_ctrl_c()
                done.append(step)

    with pytest.raises(KeyboardInterrupt):
        held_down()
    assert done == [1, 2, 3]


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with undisturbed():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_block_comes_through():
    with pytest.raises(OSError, match="disk full"), undisturbed():
        raise OSError("disk full")


def test_where_ctrl_c_is_ignored_it_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with undisturbed():
            press_ctrl_c()
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_may_use_it_too():
    done = []

    def work():
        with undisturbed():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.fixture
def patient():
    """Ctrl-C as in a command of the course."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    spare_imports()
    assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module that can be imported; gives its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(text):
        (tmp_path / "made_for_ctrl_c.py").write_text(text)
        return "made_for_ctrl_c"

    yield write
    sys.modules.pop("made_for_ctrl_c", None)


def test_elsewhere_it_interrupts_at_once(patient):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()


def test_an_import_is_finished_and_loses_no_interrupt(patient, module):
    imported = []

    def work():
        imported.append(importlib.import_module(module(DROPS)))
        waiting.wait(SECONDS)  # a sleep is woken
        imported.append("went on")

    waiting, begin = threading.Event(), time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert len(imported) == 1
    assert time.monotonic() - begin < SECONDS
    time.sleep(4 * interrupts._AGAIN)  # pressed twice, it interrupts once


def test_an_import_that_never_ends_is_interrupted_all_the_same(patient, module, monkeypatch):
    monkeypatch.setattr(interrupts, "_PATIENCE", 0.2)
    name = module("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass\n")
    with pytest.raises(KeyboardInterrupt):
        importlib.import_module(name)


def test_who_has_another_use_for_ctrl_c_keeps_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        spare_imports()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_cannot_change_it():
    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=spare_imports)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before
