"""The training loop on problems whose every number is known."""

import numpy as np
import pytest

from recsys_course.deep.runtime import tf
from recsys_course.deep.trainer import Trainer


def seen_by(trainer_rng, n_examples, batch_size, epochs):
    """The batches that a loss gets to see, epoch by epoch."""
    batches = []

    def batch_loss(batch):
        tf.py_function(lambda indices: batches.append(indices.numpy().tolist()), [batch], [])
        return tf.reduce_sum(weight) * 0

    weight = tf.Variable([1.0])
    Trainer(
        [weight],
        batch_loss,
        n_examples=n_examples,
        batch_size=batch_size,
        epochs=epochs,
        learning_rate=0.1,
        rng=trainer_rng,
    ).fit()
    per_epoch = -(-n_examples // batch_size)
    return [batches[start : start + per_epoch] for start in range(0, len(batches), per_epoch)]


class Regression:
    """y = x·w + c by least squares: 23 rows, 3 weights; batches of 5 leave a last one of 3."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.inputs = tf.constant(rng.normal(size=(23, 3)), tf.float32)
        self.targets = tf.constant(rng.normal(size=23), tf.float32)
        self.weights, self.constant = tf.Variable(tf.zeros((3, 1))), tf.Variable(0.0)
        self.variables = [self.weights, self.constant]

    def batch_loss(self, batch):
        predictions = tf.gather(self.inputs, batch) @ self.weights + self.constant
        return tf.reduce_sum((tf.gather(self.targets, batch) - predictions[:, 0]) ** 2)

    def trainer(self, **changes):
        settings = {
            "n_examples": 23,
            "batch_size": 5,
            "epochs": 6,
            "learning_rate": 0.05,
            "rng": np.random.default_rng(1),
        }
        return Trainer(self.variables, self.batch_loss, **settings | changes)

    def values(self):
        return [variable.numpy().copy() for variable in self.variables]


def scripted(values, variable=None):
    """A validation that returns these values, and writes its call number into the variable."""
    calls = []

    def validation():
        calls.append(None if variable is None else variable.numpy().copy())
        return values[len(calls) - 1]

    validation.calls = calls
    return validation


def losses(trainer):
    return [record.loss for record in trainer.history]


@pytest.mark.parametrize("batch_size", [1, 2, 5, 8])
def test_epoch_loss_is_the_mean_over_examples_not_over_batches(batch_size):
    """Losses 1, 1, 1, 1, 9: their mean is 13/5; the mean of the batches' means can be 11/3."""
    per_example, weight = tf.constant([1.0, 1, 1, 1, 9]), tf.Variable(1.0)
    trainer = Trainer(
        [weight],
        lambda batch: tf.reduce_sum(tf.gather(per_example, batch)) + 0 * weight,
        n_examples=5,
        batch_size=batch_size,
        epochs=2,
        learning_rate=0.1,
        rng=np.random.default_rng(0),
    )
    trainer.fit()
    assert losses(trainer) == [13 / 5, 13 / 5]


def test_an_epoch_visits_every_example_once_and_the_last_batch_is_smaller():
    for epoch in seen_by(np.random.default_rng(0), n_examples=7, batch_size=3, epochs=3):
        assert [len(batch) for batch in epoch] == [3, 3, 1]
        assert sorted(example for batch in epoch for example in batch) == list(range(7))


def test_the_order_is_new_in_each_epoch_and_follows_the_seed():
    first = seen_by(np.random.default_rng(0), n_examples=12, batch_size=4, epochs=2)
    assert first[0] != first[1]
    assert first == seen_by(np.random.default_rng(0), n_examples=12, batch_size=4, epochs=2)
    assert first != seen_by(np.random.default_rng(1), n_examples=12, batch_size=4, epochs=2)


def test_fewer_examples_than_a_batch():
    assert seen_by(np.random.default_rng(0), n_examples=2, batch_size=10, epochs=1)[0] in (
        [[0, 1]],
        [[1, 0]],
    )


@pytest.mark.parametrize(
    ("n_examples", "batch_size", "epoch_losses"), [(4, 4, [9.0, 6.25]), (3, 2, [24.25 / 3])]
)
def test_a_step_is_adam_on_the_mean_of_the_batch(n_examples, batch_size, epoch_losses):
    """Two steps, each on the mean w², whether their batches are equal (4, 4) or not (2, 1)."""
    weight = tf.Variable(3.0)
    trainer = Trainer(
        [weight],
        lambda batch: tf.cast(tf.size(batch), tf.float32) * weight**2,
        n_examples=n_examples,
        batch_size=batch_size,
        epochs=len(epoch_losses),
        learning_rate=0.5,
        rng=np.random.default_rng(0),
    )
    trainer.fit()
    # Step 1: g = 6, w = 3 − 0.5. Step 2: g = 5, the rate is 0.5·(1 − 1/2).
    first, second = 0.9 * 0.1 * 6 + 0.1 * 5, 0.99 * 0.01 * 36 + 0.01 * 25
    step = 0.25 * (first / (1 - 0.9**2)) / np.sqrt(second / (1 - 0.99**2))
    assert float(weight) == pytest.approx(2.5 - step, rel=1e-6)  # float32 in the trainer
    assert losses(trainer) == pytest.approx(epoch_losses)


def test_a_constant_learning_rate_does_not_decay():
    weight = tf.Variable(0.0)
    trainer = Trainer(
        [weight],
        lambda batch: tf.cast(tf.size(batch), tf.float32) * -weight,
        n_examples=1,
        batch_size=1,
        epochs=4,
        learning_rate=0.5,
        rng=np.random.default_rng(0),
        decay=False,
    )
    trainer.fit()
    assert float(weight) == pytest.approx(2.0, rel=1e-5)  # a constant gradient: steps of η


def test_least_squares_finds_the_closed_form():
    problem = Regression()
    problem.trainer(batch_size=23, epochs=400, learning_rate=0.1).fit()
    extended = np.column_stack([problem.inputs.numpy(), np.ones(23)])
    solution = np.linalg.lstsq(extended, problem.targets.numpy(), rcond=None)[0]
    found = np.append(problem.weights.numpy(), problem.constant.numpy())
    np.testing.assert_allclose(found, solution, atol=1e-4)  # float32, a finite number of steps


def test_every_variable_is_trained_with_several_batch_sizes_in_an_epoch():
    problem = Regression()
    problem.trainer(epochs=1).fit()
    assert all(np.all(value != 0) for value in problem.values())


def test_a_variable_outside_the_loss_is_refused_by_name():
    problem = Regression()
    problem.variables.append(tf.Variable(1.0, name="forgotten"))
    with pytest.raises(ValueError, match="does not depend on the variable forgotten"):
        problem.trainer().fit()


def test_a_loss_for_each_example_is_refused():
    problem = Regression()
    problem.batch_loss = lambda batch: tf.gather(problem.targets, batch) * problem.constant
    with pytest.raises(ValueError, match="return the sum over the batch"):
        problem.trainer().fit()


def test_examples_outside_the_training_rows_are_never_used():
    problem = Regression()
    problem.targets = tf.concat([problem.targets[:20], [np.nan] * 3], axis=0)
    trainer = problem.trainer(n_examples=20, validation=lambda: 0.0)
    trainer.fit()
    assert np.isfinite(losses(trainer)).all()


def test_the_best_weights_come_back_without_patience():
    problem = Regression()
    validation = scripted([3.0, 1.0, 2.0, 1.0], problem.weights)
    trainer = problem.trainer(epochs=4, validation=validation)
    trainer.fit()
    assert [record.validation for record in trainer.history] == [3.0, 1.0, 2.0, 1.0]
    np.testing.assert_array_equal(problem.weights, validation.calls[1])  # the first of equals
    assert not np.array_equal(validation.calls[1], validation.calls[3])


def test_early_stopping_waits_for_patience_and_restores_the_best():
    problem = Regression()
    validation = scripted([3.0, 2.0, 2.5, 1.0, 1.5, 1.0, 0.0], problem.weights)
    trainer = problem.trainer(epochs=7, validation=validation, patience=2)
    history = trainer.fit()
    assert [record.epoch for record in history] == [1, 2, 3, 4, 5, 6]
    np.testing.assert_array_equal(problem.weights, validation.calls[3])


def test_an_interrupt_keeps_the_history_and_the_best_weights():
    problem = Regression()
    kept = []

    def validation():
        kept.append(problem.weights.numpy().copy())
        if len(kept) == 3:
            raise KeyboardInterrupt
        return float(len(kept))

    trainer = problem.trainer(validation=validation)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit()
    assert [record.validation for record in trainer.history] == [1.0, 2.0]
    np.testing.assert_array_equal(problem.weights, kept[0])


@pytest.mark.parametrize("early", [False, True])
def test_a_resumed_run_ends_with_the_bits_of_an_unbroken_one(tmp_path, early):
    values = [5.0, 4.0, 6.0, 7.0, 8.0, 9.0] if early else [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]
    unbroken = Regression()
    whole = unbroken.trainer(validation=scripted(values), patience=3)
    whole.fit()

    path = tmp_path / "run.npz"
    first = Regression()

    def interrupted():
        if len(broken.history) == 2:
            raise KeyboardInterrupt
        return values[len(broken.history)]

    broken = first.trainer(validation=interrupted, patience=3, checkpoint=path)
    with pytest.raises(KeyboardInterrupt):
        broken.fit()
    second = Regression()
    # Another seed: the order must come from the checkpoint.
    rest = second.trainer(
        validation=scripted(values[2:]),
        patience=3,
        checkpoint=path,
        rng=np.random.default_rng(99),
    )
    rest.fit()

    assert losses(rest) == losses(whole)
    assert len(whole.history) == (5 if early else 6)
    for resumed, expected in zip(second.values(), unbroken.values(), strict=True):
        assert resumed.tobytes() == expected.tobytes()
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("generator", [np.random.PCG64, np.random.MT19937, np.random.Philox])
def test_every_kind_of_generator_can_be_resumed(tmp_path, generator):
    unbroken = Regression()
    unbroken.trainer(decay=False, rng=np.random.Generator(generator(3))).fit()
    for epochs in (2, 6):
        problem = Regression()
        rng = np.random.Generator(generator(3))
        problem.trainer(decay=False, epochs=epochs, rng=rng, checkpoint=tmp_path / "run.npz").fit()
    for resumed, expected in zip(problem.values(), unbroken.values(), strict=True):
        assert resumed.tobytes() == expected.tobytes()


def test_a_finished_run_is_not_trained_further(tmp_path):
    first, second = Regression(), Regression()
    first.trainer(checkpoint=tmp_path / "run.npz").fit()
    again = second.trainer(checkpoint=tmp_path / "run.npz")
    again.fit()
    assert len(again.history) == 6
    np.testing.assert_array_equal(first.weights, second.weights)


def test_xla_takes_the_same_steps_and_its_compilation_is_told_apart():
    problems = [Regression(), Regression()]
    runs = [one.trainer(xla=xla) for one, xla in zip(problems, (False, True), strict=True)]
    for run in runs:
        assert run.compile_seconds == 0
        run.fit()
        assert run.compile_seconds > 0
    for plain, compiled in zip(*(one.values() for one in problems), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-4, atol=1e-6)  # float32, fused sums
    assert losses(runs[1]) == pytest.approx(losses(runs[0]), rel=1e-5)


def test_compiling_takes_no_step():
    steps = []

    def validation():
        steps.append(int(trainer.optimizer.iterations.numpy()))
        return 0.0

    trainer = Regression().trainer(epochs=2, validation=validation)
    trainer.fit()
    assert steps == [5, 10]  # 23 examples in batches of 5, and not a step more


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"batch_size": 6}, "batch_size is 5, here it is 6"),
        ({"epochs": 9}, "epochs is 6, here it is 9"),
        ({"n_examples": 22}, "n_examples is 23, here it is 22"),
        ({"learning_rate": 0.1}, "learning_rate is 0.05, here it is 0.1"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(tmp_path, changes, named):
    path = tmp_path / "run.npz"
    Regression().trainer(checkpoint=path).fit()
    with pytest.raises(ValueError, match=named) as refusal:
        Regression().trainer(checkpoint=path, **changes).fit()
    assert str(path) in str(refusal.value)


def test_the_checkpoint_of_other_variables_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    Regression().trainer(checkpoint=path).fit()
    other = Regression()
    other.variables.reverse()
    with pytest.raises(ValueError, match=r"shapes is \[\[3, 1\], \[\]\]"):
        other.trainer(checkpoint=path).fit()


@pytest.mark.parametrize("damage", ["cut", "text", "foreign", "array"])
def test_a_file_that_is_no_checkpoint_is_refused_and_kept(tmp_path, damage):
    path = tmp_path / "run.npz"
    Regression().trainer(checkpoint=path).fit()
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "text":
        path.write_text("epoch 1")
    elif damage == "foreign":
        np.savez(path, weights=np.ones(3))
    else:
        with path.open("wb") as file:
            np.save(file, np.ones(3))
    content = path.read_bytes()
    with pytest.raises(ValueError, match=r"run\.npz is not a whole checkpoint .* delete it"):
        Regression().trainer(checkpoint=path).fit()
    assert path.read_bytes() == content


@pytest.mark.parametrize("trouble", [OSError("no space left"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_last_checkpoint_whole_and_no_half(
    tmp_path, monkeypatch, trouble
):
    path = tmp_path / "run.npz"
    Regression().trainer(checkpoint=path, epochs=1, decay=False).fit()
    content = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise trouble

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(type(trouble)):
        Regression().trainer(checkpoint=path, epochs=2, decay=False).fit()
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_a_diverging_run_names_the_epoch_and_the_remedy():
    """The first epoch (one batch) measures the start; its step is so long that w² overflows."""
    weight = tf.Variable(1.0)
    trainer = Trainer(
        [weight],
        lambda batch: tf.cast(tf.size(batch), tf.float32) * weight**2,
        n_examples=1,
        batch_size=1,
        epochs=5,
        learning_rate=1e30,
        rng=np.random.default_rng(0),
    )
    with pytest.raises(FloatingPointError) as stopped:
        trainer.fit()
    assert "the loss of epoch 2 is inf" in str(stopped.value)
    assert "smaller learning_rate" in str(stopped.value)
    assert losses(trainer) == [1.0]


def test_a_validation_that_is_not_a_number_stops_the_run():
    trainer = Regression().trainer(validation=scripted([1.0, np.nan]))
    with pytest.raises(FloatingPointError, match="the validation of epoch 2 is nan"):
        trainer.fit()
    assert len(trainer.history) == 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_examples": 0}, "n_examples is 0"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"epochs": -1}, "epochs is -1"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"patience": 2}, "patience=2 needs a validation"),
        ({"patience": 0, "validation": float}, "at least 1 epoch"),
    ],
)
def test_impossible_settings_are_named(changes, named):
    with pytest.raises(ValueError, match=named):
        Regression().trainer(**changes)


@pytest.mark.parametrize("progress", [False, True])
def test_the_progress_bar_is_drawn_on_stderr_and_only_when_asked(capfd, progress):
    Regression().trainer(progress=progress).fit()
    drawn = capfd.readouterr()
    assert drawn.out == ""
    assert ("loss" in drawn.err) == progress
