"""A run that is stopped, by real signals at any moment: what it keeps, and how it goes on."""

import os
import random
import signal
import threading

import numpy as np
import pytest

from recsys_course.deep import trainer as module
from recsys_course.deep.runtime import tf
from recsys_course.deep.trainer import Trainer

N_STEPS = 5  # of an epoch: 23 examples in batches of 5


class Problem:
    """Least squares; `at_step` is called in the middle of an epoch, from the graph itself."""

    def __init__(self, at_step=None):
        rng = np.random.default_rng(0)
        self.inputs = tf.constant(rng.normal(size=(23, 3)), tf.float32)
        self.targets = tf.constant(rng.normal(size=23), tf.float32)
        self.weights = tf.Variable(tf.zeros((3, 1)))
        self.at_step, self.n_steps = at_step, 0

    def batch_loss(self, batch):
        if self.at_step is not None:
            tf.py_function(self._step, [], [])
        predictions = tf.gather(self.inputs, batch) @ self.weights
        return tf.reduce_sum((tf.gather(self.targets, batch) - predictions[:, 0]) ** 2)

    def _step(self):
        self.n_steps += 1
        self.at_step(self.n_steps)

    def trainer(self, **changes):
        settings = {"n_examples": 23, "batch_size": 5, "epochs": 6, "learning_rate": 0.05}
        settings |= {"rng": np.random.default_rng(1)}
        return Trainer([self.weights], self.batch_loss, **settings | changes)


def press_ctrl_c_at(step):
    return lambda n: os.kill(os.getpid(), signal.SIGINT) if n == step else None


def bits(problem):
    return problem.weights.numpy().tobytes()


def losses(trainer):
    return [record.loss for record in trainer.history]


@pytest.fixture
def unbroken():
    """The weights and losses of a run that nobody stops."""
    problem = Problem()
    trainer = problem.trainer()
    trainer.fit()
    return bits(problem), losses(trainer)


@pytest.mark.parametrize("seconds", [0.0, 0.002, 1e9])
def test_no_cut_of_an_epoch_changes_a_bit(monkeypatch, unbroken, seconds):
    monkeypatch.setattr(module, "_CALL_SECONDS", seconds)
    problem = Problem()
    trainer = problem.trainer()
    trainer.fit()
    assert (bits(problem), losses(trainer)) == unbroken


def test_the_loss_is_added_up_in_one_order_whatever_the_cuts(monkeypatch):
    """1e10 + 1e-7 is 1e10 in 64 bits, but two or more of 1e-7 together can be too much for that."""
    per_example, found = tf.constant([1e10] + [7e-7] * 199), []
    for seconds in (0.0, 1e9):
        monkeypatch.setattr(module, "_CALL_SECONDS", seconds)
        weight = tf.Variable(1.0)
        trainer = Trainer(
            [weight],
            lambda batch, weight=weight: tf.reduce_sum(tf.gather(per_example, batch)) + 0 * weight,
            n_examples=200,
            batch_size=1,
            epochs=2,
            learning_rate=0.1,
            rng=np.random.default_rng(0),
        )
        trainer.fit()
        found.append(losses(trainer))
    assert found[0] == found[1]


@pytest.mark.parametrize("pace", [0.001, 0.2, 3.0])  # seconds a step
def test_a_call_takes_about_half_a_second_whatever_a_step_takes(monkeypatch, pace):
    now, calls = [0.0], []
    trainer = Problem().trainer()
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    for _ in range(20):
        for first, last in trainer._calls(n_batches=2000):
            now[0] += pace * (last - first)
            calls.append((first, last))
    assert sum(last - first for first, last in calls) == 20 * 2000  # each batch once
    assert [first for first, _ in calls[1:]] == [last % 2000 for _, last in calls[:-1]]
    longest = max(last - first for first, last in calls)
    assert longest == {0.001: 500, 0.2: 2, 3.0: 1}[pace]


def test_an_interrupt_is_noticed_in_the_middle_of_an_epoch(monkeypatch, unbroken):
    monkeypatch.setattr(module, "_CALL_SECONDS", 0.0)  # one step a call
    problem = Problem(at_step=press_ctrl_c_at(2 * N_STEPS + 3))
    kept = []
    trainer = problem.trainer(on_epoch=lambda history: kept.append(bits(problem)))
    with pytest.raises(KeyboardInterrupt) as stopped:
        trainer.fit()
    assert problem.n_steps == 2 * N_STEPS + 3  # not a step more
    assert str(stopped.value) == (
        "training was stopped after 2 of 6 epochs; history keeps 2, and the weights are those of "
        "epoch 2"
    )
    assert stopped.value.__suppress_context__  # no page of TensorFlow's own lines
    assert losses(trainer) == unbroken[1][:2]
    assert bits(problem) == kept[1]  # those of the whole epoch, not of the three steps after it

    trainer.fit()
    assert (bits(problem), losses(trainer)) == unbroken


def test_with_validation_the_best_weights_are_in_place_after_an_interrupt(monkeypatch):
    monkeypatch.setattr(module, "_CALL_SECONDS", 0.0)
    problem = Problem(at_step=press_ctrl_c_at(3 * N_STEPS + 1))
    kept = []

    def validation():
        kept.append(bits(problem))
        return [3.0, 1.0, 2.0, 4.0, 5.0, 6.0][len(kept) - 1]

    trainer = problem.trainer(validation=validation)
    with pytest.raises(KeyboardInterrupt, match=r"history keeps 3, .* of epoch 2, the best so far"):
        trainer.fit()
    assert bits(problem) == kept[1]
    trainer.fit()
    assert [record.validation for record in trainer.history] == [3.0, 1.0, 2.0, 4.0, 5.0, 6.0]
    assert bits(problem) == kept[1]
    uninterrupted = Problem()
    uninterrupted.trainer().fit()
    assert kept[-1] == bits(uninterrupted)  # it went on from epoch 3, not from the best


def test_before_the_first_epoch_is_over_the_weights_stay(monkeypatch, unbroken):
    monkeypatch.setattr(module, "_CALL_SECONDS", 0.0)
    problem = Problem(at_step=press_ctrl_c_at(2))
    trainer = problem.trainer()
    with pytest.raises(KeyboardInterrupt, match=r"in its first epoch; .* those of the start"):
        trainer.fit()
    assert trainer.history == []
    np.testing.assert_array_equal(problem.weights, np.zeros((3, 1)))
    trainer.fit()
    assert (bits(problem), losses(trainer)) == unbroken


def test_an_interrupt_while_it_compiles_waits_until_that_is_done(unbroken):
    problem, traced = Problem(), []
    loss_of = problem.batch_loss

    def batch_loss(batch):  # called once, to be traced
        if not traced:
            os.kill(os.getpid(), signal.SIGINT)
        traced.append(loss_of(batch))
        return traced[-1]

    problem.batch_loss = batch_loss
    trainer = problem.trainer()
    with pytest.raises(KeyboardInterrupt, match="in its first epoch"):
        trainer.fit()
    assert len(traced) == 1
    trainer.fit()
    assert (bits(problem), losses(trainer)) == unbroken
    assert len(traced) == 1  # what was compiled was whole


def test_an_interrupted_run_goes_on_from_its_checkpoint_in_another_process(
    monkeypatch, unbroken, tmp_path
):
    monkeypatch.setattr(module, "_CALL_SECONDS", 0.0)
    path = tmp_path / "run.npz"
    problem = Problem(at_step=press_ctrl_c_at(4 * N_STEPS + 2))
    with pytest.raises(KeyboardInterrupt):
        problem.trainer(checkpoint=path).fit()
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
    other = Problem()
    resumed = other.trainer(checkpoint=path, rng=np.random.default_rng(99))
    resumed.fit()
    assert (bits(other), losses(resumed)) == unbroken


def test_a_diverged_epoch_is_dropped_like_an_interrupted_one():
    weight = tf.Variable(1.0)
    trainer = Trainer(
        [weight],
        lambda batch: tf.cast(tf.size(batch), tf.float32) * weight**2,
        n_examples=2,
        batch_size=1,
        epochs=5,
        learning_rate=1e30,  # the first step is so long that w² overflows in the second
        rng=np.random.default_rng(0),
    )
    with pytest.raises(FloatingPointError):
        trainer.fit()
    assert float(weight) == 1.0


def test_whoever_watches_is_told_of_every_epoch():
    told = []
    Problem().trainer(epochs=3, on_epoch=lambda history: told.append(len(history))).fit()
    assert told == [1, 2, 3]


def test_an_interrupt_by_whoever_watches_comes_after_the_epoch_is_kept():
    def stop_after_2(history):
        if len(history) == 2:
            raise KeyboardInterrupt

    trainer = Problem().trainer(on_epoch=stop_after_2)
    with pytest.raises(KeyboardInterrupt, match="history keeps 2"):
        trainer.fit()


def test_stopped_many_times_at_any_moment_it_ends_with_the_bits_of_an_unbroken_run(tmp_path):
    whole = Problem()
    expected = whole.trainer(epochs=150)
    expected.fit()

    training, over, moments = threading.Event(), threading.Event(), random.Random(5)

    def interrupt(*_):
        if training.is_set():
            training.clear()  # once, until it trains again
            raise KeyboardInterrupt

    def press_12_times():
        for _ in range(12):
            training.wait()
            if over.wait(moments.uniform(0, 0.03)):
                return
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, interrupt)
    problem, n_stops = Problem(), 0
    presser = threading.Thread(target=press_12_times)
    try:
        trainer = problem.trainer(
            epochs=150, checkpoint=tmp_path / "run.npz", on_epoch=lambda _: training.set()
        )
        presser.start()
        while len(trainer.history) < 150:
            try:
                trainer.fit()
                training.clear()
            except KeyboardInterrupt:
                n_stops += 1
            weights = np.load(tmp_path / "run.npz")["variables:0"]
            np.testing.assert_array_equal(problem.weights, weights)
    finally:
        over.set()
        training.set()  # whoever waits for it may go
        presser.join()
        signal.signal(signal.SIGINT, before)
    assert n_stops >= 3
    assert losses(trainer) == losses(expected)
    assert bits(problem) == bits(whole)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]
