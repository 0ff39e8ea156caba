"""Ctrl-C, by real signals, while something is written that must not be torn."""

import os
import signal
import threading

import pytest

from recsys_course.data.interrupts import undisturbed


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
