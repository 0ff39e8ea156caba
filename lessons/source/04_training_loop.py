# %% [markdown] id=title
# # 04 · The training loop
#
# After this lesson you can
#
# - take a broken training loop apart, and repair it one failing test at a time;
# - say why every line of a loop stands where it stands: variables, tape, gradient, step, batches,
#   shuffling, epoch loss, validation, early stopping, checkpoint;
# - show that a TensorFlow loop and a NumPy loop compute the same losses;
# - tell a loss that falls from a model that learns;
# - stop a training run, and go on tomorrow as if nothing had happened.
#
# You need lesson 03: the squared error over the rated cells, its gradients, batches of one (SGD),
# and why some ratings are hidden. You need no TensorFlow; this lesson introduces what it uses.
#
# *Plan on 60 minutes to work through it; section 13 can wait for another day and takes ten more.
# Run from top to bottom it takes about 30 seconds on two cores and 950 MB of memory.*

# %% id=setup
import inspect
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from recsys_course.classroom import compare_guess, live_curves, quiz
from recsys_course.data.datasets import load_movielens
from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_coin_flips, make_world
from recsys_course.deep.factorization import TensorFlowFactorization
from recsys_course.deep.runtime import keras, tf
from recsys_course.deep.trainer import Trainer
from recsys_course.formulas import losses
from recsys_course.formulas.metrics import rmse
from recsys_course.formulas.optimizers import adam_step
from recsys_course.models.baselines import Biases, Oracle
from recsys_course.plots import BLUE, GREEN, GREY, ORANGE, PINK, course_style

course_style()

# %% [markdown] id=how-to
# **How this lesson works.** Before most results you write down a guess: replace `None` by a number,
# run the cell, then run the next one. Cells with `assert` check the numbers of the text, and stay
# silent when the text is right.
#
# `tf` is TensorFlow and `keras` its library of optimizers. The course imports both from one place,
# which keeps their log quiet and makes their results repeatable.

# %% [markdown] id=s1
# ## 1. Error museum: a loop that cannot learn
#
# The table of lesson 03 again: four people, five films, 13 ratings from 1 to 5 stars. A dot means
# *not rated*.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** | 5 | 3 | · | 1 | · |
# | **user 2** | 4 | · | · | 1 | 1 |
# | **user 3** | 1 | 1 | · | 5 | 5 |
# | **user 4** | · | 2 | 5 | 5 | · |
#
# Our exhibit wants to factorise it. The program looks like many on the web: two factor tables, a
# loss, an optimizer, epochs, batches, a printed loss, a happy ending. Read it slowly, with a
# pencil.

# %% id=broken-program
program = """
import numpy as np
from recsys_course.deep.runtime import keras, tf

n_users, n_items, embedding_dim, batch_size = 4, 5, 2, 2
user_factors = np.random.rand(n_users, embedding_dim)
item_factors = np.random.rand(n_items, embedding_dim)
adam = keras.optimizers.Adam(0.01)
loss = np.mean((ratings - user_factors @ item_factors) ** 2)


def visit(first, last):
    some_users = user_factors[first:last]
    some_items = item_factors[:, first:last]
    with tf.GradientTape() as tape:
        gradients = tape.gradient(loss, [some_users, some_items])
    adam.apply_gradients(zip(gradients, [some_users, some_items]))
    print("loss", loss)


for epoch in range(100):
    for first in range(0, n_users - batch_size + 1, batch_size):
        visit(first, first + batch_size)

prediction = user_factors[0] @ item_factors[2]
print("user 1, film 3:", prediction, "stars. This is very close to what we expect!")
"""

# %% [markdown] id=predict-mistakes
# **Predict.** How many mistakes do you find? Count everything because of which you would not trust
# the last line: what crashes, what computes the wrong thing, and what was never checked.

# %% id=guess-mistakes tags=predict
guess_mistakes = None  # your count

# %% [markdown] id=museum-plan
# Keep your number; we count along, and compare at the end of section 6.
#
# **The hunt** has one rule: *one failing test at a time.* Write down what must be true. See it
# fail, and say why. Change as little as possible, and see it pass. Whoever changes five things at
# once does not know which one helped.
#
# A test that never failed proves little, so here is a small tool that insists on the failure.


# %% id=expect-failure
def must_fail(test, *arguments):
    """Run a test that has to fail, and print what it says."""
    try:
        test(*arguments)
    except Exception as problem:
        print(f"{type(problem).__name__}: {problem}")
    else:
        raise RuntimeError("this test passed, and should have failed")


# %% [markdown] id=s2
# ## 2. It crashes, three times
#
# **Repair 1. It must run in a fresh kernel.** `exec(program, {})` runs the text where no variable
# exists yet, as after *Restart*.


# %% id=test-fresh
def test_runs(text, what_exists):
    exec(text, dict(what_exists))


must_fail(test_runs, program, {})

# %% [markdown] id=fresh-read
# Nothing in the program makes `ratings`. On its author's screen it ran, because an older cell had
# left a variable of that name behind. A notebook hides this until you restart it.
#
# The repair: what a program needs, it is given. So we make the table, and hand it over. The factors
# of lesson 03 are there too; we need them soon.

# %% id=table
ratings = np.array(
    [
        [5, 3, 0, 1, 0],
        [4, 0, 0, 1, 1],
        [1, 1, 0, 5, 5],
        [0, 2, 5, 5, 0],
    ],
    dtype=float,
)  # (n_users, n_items), stars; the zeros only fill the place
observed = ratings > 0  # (n_users, n_items): True where somebody rated
start_users = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])  # U, (n_users, 2)
start_items = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2.0]])  # V, (n_items, 2)

must_fail(test_runs, program, {"ratings": ratings})

# %% [markdown] id=transpose-read
# **Repair 2. Shapes.** Progress: another message. You know this one from lesson 03: (4, 2) times
# (5, 2) does not fit, the films must be transposed.

# %% id=transpose
repaired = program.replace("user_factors @ item_factors)", "user_factors @ item_factors.T)")

must_fail(test_runs, repaired, {"ratings": ratings})

# %% [markdown] id=number-read
# **Repair 3. The loss must be a function.** This message speaks of the inside of TensorFlow, and
# does not help. Go to the line instead: it asks for the gradient of `loss`, and `loss` is a
# `numpy.float64`. A number, computed once, before training.

# %% [markdown] id=predict-number
# **Predict.** With the factors of lesson 03 that line gives 3.025 (over all 20 cells, zeros
# included). Now set every user factor to 0. What does `loss` say afterwards? And what should it
# say?

# %% id=guess-number tags=predict
guess_stale_loss = None  # what `loss` says, in stars²


# %% id=test-number
def test_the_loss_follows_the_factors(make_loss):
    user_factors = start_users.copy()
    loss = make_loss(user_factors)
    user_factors[:] = 0
    now = loss() if callable(loss) else loss
    expected = np.mean(ratings**2)  # every prediction is 0 now
    assert now == expected, f"all user factors are 0, and the loss says {now:.3f}, not {expected}"


def loss_as_a_number(user_factors):
    return np.mean((ratings - user_factors @ start_items.T) ** 2)


must_fail(test_the_loss_follows_the_factors, loss_as_a_number)
compare_guess(guess_stale_loss, loss_as_a_number(start_users), "stars²")

assert loss_as_a_number(start_users) == 3.025
assert np.mean(ratings**2) == 7.95

# %% [markdown] id=number-why
# A number does not know where it came from. It cannot change, and nobody can take its gradient.
# Training asks the same question again after every step, so the loss has to be a question: a
# function.


# %% id=repair-number
def loss_as_a_question(user_factors):
    return lambda: np.mean((ratings - user_factors @ start_items.T) ** 2)


test_the_loss_follows_the_factors(loss_as_a_question)

# %% [markdown] id=s3
# ## 3. What the tape sees
#
# In lesson 03 you derived gradients with a pencil. TensorFlow derives them itself, if it may watch:
#
# - a `tf.Variable` is an array that TensorFlow keeps an eye on;
# - a `tf.GradientTape`, a *gradient tape*, records while its block runs what is computed from
#   variables;
# - `tape.gradient(loss, variables)` walks the record backwards, by the chain rule.
#
# What is not on the tape has no gradient. The answer is then not an error, it is `None`.

# %% id=tape-hello
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x**2
slope = tape.gradient(y, x)
print("y =", float(y), " slope =", float(slope))

assert float(slope) == 6.0  # 2x

# %% [markdown] id=predict-arrays
# **Repair 4. Parameters must be variables.** The program keeps its factors in plain arrays.
#
# **Predict.** Here is a sound loss, inside the tape, on arrays that TensorFlow was given as
# constants. Of the two gradients, how many are `None`?

# %% id=guess-arrays tags=predict
guess_nones = None  # 0, 1 or 2

# %% id=test-arrays
table = tf.constant(ratings, tf.float32)  # (n_users, n_items); float32 is TensorFlow's habit


def table_loss(user_factors, item_factors, cells=table):
    """Mean squared error over all cells, as in the program; `cells` are the rows in question."""
    predictions = tf.matmul(user_factors, item_factors, transpose_b=True)
    return tf.reduce_mean((cells - predictions) ** 2)


def test_gradients_exist(gradients):
    missing = [name for name, one in zip(("users", "films"), gradients, strict=True) if one is None]
    assert not missing, f"no gradient for: {missing}"


arrays = [tf.constant(start_users, tf.float32), tf.constant(start_items, tf.float32)]
with tf.GradientTape() as tape:
    loss = table_loss(*arrays)
gradients = tape.gradient(loss, arrays)
compare_guess(guess_nones, sum(one is None for one in gradients), "of 2 gradients")
must_fail(test_gradients_exist, gradients)

assert gradients == [None, None]

# %% [markdown] id=arrays-why
# A tape that recorded every constant would drown in data that never change. So it watches variables
# only. The repair is one word in front of each table.


# %% id=repair-arrays
def fresh_factors():
    """The factors of lesson 03, as variables."""
    return tf.Variable(start_users, dtype=tf.float32), tf.Variable(start_items, dtype=tf.float32)


user_factors, item_factors = fresh_factors()
with tf.GradientTape() as tape:
    loss = table_loss(user_factors, item_factors)
gradients = tape.gradient(loss, [user_factors, item_factors])
test_gradients_exist(gradients)
print("user 1, times 20 cells:", 20 * gradients[0].numpy()[0])

assert np.allclose(20 * gradients[0].numpy()[0], [-6, 13], atol=1e-5)  # by hand, in lesson 03

# %% [markdown] id=predict-slices
# There is $(-6, 13)$ of lesson 03, the gradient of the loss that counts the zeros. The tape found
# it without a pencil.
#
# **Repair 5. What a batch must see.** A batch of the program is two users. Look at the line
# `some_items = item_factors[:, first:last]`.
#
# **Predict.** On the second visit `first` is 2 and `last` is 4. How many columns does this slice
# of a (5, 2) array have?

# %% id=guess-slices tags=predict
guess_columns = None  # columns


# %% id=test-slices
def test_every_batch_sees_all_films(slice_of):
    for first in (0, 2):
        shape = slice_of(start_items, first, first + 2).shape
        assert shape == (5, 2), f"users {first + 1} and {first + 2} get films of shape {shape}"


def cut_by_the_users_batch(item_factors, first, last):
    return item_factors[:, first:last]


compare_guess(guess_columns, cut_by_the_users_batch(start_items, 2, 4).shape[1], "columns")
must_fail(test_every_batch_sees_all_films, cut_by_the_users_batch)

# %% [markdown] id=slices-why
# The columns are *factors*; there are two of them, and the positions 2 and 3 lie past the end.
# NumPy raises nothing for such a slice, it hands over an empty array. The first batch hid it:
# columns 0 and 1 happened to be all of them. **A batch size that equals another size hides
# mistakes**, so test with sizes that are all different.
#
# The repair: leave the films whole. Any of these users may have rated any film.


# %% id=repair-slices
def not_cut(item_factors, first, last):
    return item_factors


test_every_batch_sees_all_films(not_cut)

# %% [markdown] id=predict-outside
# **Repair 6. Cut inside the tape.** Variables, whole films, a loss inside the tape. But the program
# cuts `some_users` out one line *before* the tape starts.
#
# **Predict.** How many of the two gradients are `None` now?

# %% id=guess-outside tags=predict
guess_nones_outside = None  # 0, 1 or 2

# %% id=test-outside
user_factors, item_factors = fresh_factors()
some_users = user_factors[:2]  # before the tape
with tf.GradientTape() as tape:
    loss = table_loss(some_users, item_factors, table[:2])
gradients = tape.gradient(loss, [user_factors, item_factors])
compare_guess(guess_nones_outside, sum(one is None for one in gradients), "of 2 gradients")
must_fail(test_gradients_exist, gradients)

adam = keras.optimizers.Adam(0.1)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    adam.apply_gradients(zip(gradients, [user_factors, item_factors], strict=True))
print("Keras warns:", str(caught[0].message).split(" when")[0])

assert gradients[0] is None
assert np.array_equal(user_factors, start_users)  # the users have not moved
assert not np.array_equal(item_factors, start_items)  # the films have

# %% [markdown] id=outside-why
# This is the most treacherous fault of the exhibit. The step works, with one warning that is easy
# to scroll past, and the loss will fall: the films learn, against users who never move. Section 9
# shows how far that gets.
#
# The tape does not know that `some_users` came from `user_factors`: it was not recording yet. Move
# the cut into the block. And ask for the gradients of the variables themselves, as the cell above
# did already; the program asks for those of the pieces, and hands pieces to the optimizer. A piece
# is a new tensor. Nothing that is done to it moves the table it was cut from.

# %% id=repair-outside
user_factors, item_factors = fresh_factors()
with tf.GradientTape() as tape:
    some_users = user_factors[:2]
    loss = table_loss(some_users, item_factors, table[:2])
gradients = tape.gradient(loss, [user_factors, item_factors])
test_gradients_exist(gradients)

# %% [markdown] id=s4
# ## 4. Only what was rated
#
# **Repair 7. Unrated cells must not matter.** You caught this one in lesson 03, with a test that
# serves again: change a cell that nobody rated, and see whether the loss moves.


# %% id=test-unrated
def test_unrated_cells_do_not_matter(loss_of):
    changed = ratings.copy()
    changed[~observed] = 4.0
    before, after = loss_of(ratings), loss_of(changed)
    assert before == after, f"unrated cells moved the loss from {before:.3f} to {after:.3f}"


def loss_of_all_cells(ratings):
    return float(table_loss(user_factors, item_factors, tf.constant(ratings, tf.float32)))


must_fail(test_unrated_cells_do_not_matter, loss_of_all_cells)

# %% [markdown] id=gather-text
# The repair changes what a batch *is*: no longer some users with all films, but some **ratings**,
# three parallel arrays. `tf.gather(user_factors, users)` fetches the row of each rating's user, so
# one rating is one row throughout.

# %% id=repair-unrated
users, items = np.nonzero(observed)  # (13,), (13,)
stars = ratings[users, items].astype(np.float32)  # (13,)


def batch_loss(user_factors, item_factors, users, items, ratings):
    """Mean squared error of one batch of ratings."""
    products = tf.gather(user_factors, users) * tf.gather(item_factors, items)  # (batch, d)
    errors = ratings - tf.reduce_sum(products, axis=1)  # (batch,)
    return tf.reduce_mean(errors**2)


def loss_of_rated_cells(ratings):
    values = ratings[users, items].astype(np.float32)
    return float(batch_loss(user_factors, item_factors, users, items, values))


test_unrated_cells_do_not_matter(loss_of_rated_cells)

# %% [markdown] id=check-tape-text
# **Check.** The loss must be 42.25/13 = 3.25, and the gradients those that you derived by hand,
# divided by 13, because this loss is a mean.

# %% id=check-tape
with tf.GradientTape() as tape:
    loss = batch_loss(user_factors, item_factors, users, items, stars)
gradients = tape.gradient(loss, [user_factors, item_factors])
total, by_hand = losses.observed_squared_error(users, items, stars, start_users, start_items)
print("the gradient of the users is of the type", type(gradients[0]).__name__)

assert float(loss) == total / 13 == 3.25
for one, other in zip(gradients, by_hand, strict=True):
    assert np.allclose(tf.convert_to_tensor(one), other / 13, atol=1e-6)
assert np.allclose(by_hand[0][0], [-10, 1])

# %% [markdown] id=indexed-slices
# `IndexedSlices`: the tape gives one row for each *rating*, with the number of its user beside it.
# `tf.convert_to_tensor` adds up the rows of the same user and fills the others with zeros. Keep
# this type in mind; section 7 comes back to it.
#
# **Say which convention.** Lesson 03 summed the squares, here we take their mean, so that a batch
# of 4 and a batch of 4000 make steps of the same size. A learning rate belongs to one of the two.

# %% [markdown] id=s5
# ## 5. Adam takes the step
#
# SGD of lesson 03 moved against the gradient, with one learning rate for all. **Adam** keeps two
# running means for every single weight $w$: $m$ of its gradients $g$, and $v$ of their squares.
# (The letters are the usual ones; this $v$ is no film.)
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$
#
# $$w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}
# \qquad \hat m = \frac{m}{1-\beta_1^t} \quad \hat v = \frac{v}{1-\beta_2^t}$$
#
# Both means start at 0, which is too small; dividing by $1-\beta^t$ in step $t$ takes that out
# again. Usual values are $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-7}$.

# %% [markdown] id=predict-adam
# **Predict.** A weight is 1.0, its first gradient is 500, and $\eta = 0.1$. Where is the weight
# after one step of Adam? (In step 1 the hats give back $g$ and $g^2$.)

# %% id=guess-adam tags=predict
guess_first_step = None  # the weight after the step


# %% id=slow-adam
def slow_adam(weight, gradients, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The places of one weight after each gradient."""
    mean, mean_square, places = 0.0, 0.0, []
    for t, gradient in enumerate(gradients, 1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        mean_square = beta_2 * mean_square + (1 - beta_2) * gradient**2
        corrected, corrected_square = mean / (1 - beta_1**t), mean_square / (1 - beta_2**t)
        weight -= learning_rate * corrected / (corrected_square**0.5 + epsilon)
        places.append(weight)
    return places


compare_guess(guess_first_step, slow_adam(1.0, [500.0], 0.1)[0], "")
print("gradients 2, 1, −1:", [round(place, 6) for place in slow_adam(1.0, [2, 1, -1], 0.1)])

assert np.isclose(slow_adam(1.0, [500.0], 0.1)[0], 0.9)
assert np.isclose(slow_adam(1.0, [0.002], 0.1)[0], 0.9, atol=1e-5)
assert np.allclose(slow_adam(1.0, [2, 1, -1], 0.1), [0.9, 0.806782, 0.767112], atol=1e-6)

# %% [markdown] id=adam-read
# To 0.9, as with a gradient of 2, or of 0.002: **the first step has the length η, whatever the
# gradient** (unless it is as tiny as ε). That is why one η such as 0.01 serves popular and rare
# films alike. Note the third step: the gradient says *up*, the weight still goes down. Its memory
# outvotes it.

# %% [markdown] id=check-adam-text
# **Check.** The slow version, the library's and Keras' optimizer, on gradients that nobody chose.

# %% id=check-adam
rng = np.random.default_rng(1)
drawn = rng.normal(size=(8, 3))  # (steps, weights)
slow = np.array([slow_adam(0.0, column, 0.05)[-1] for column in drawn.T])

weights, first, second = np.zeros(3), np.zeros(3), np.zeros(3)
variable = tf.Variable(tf.zeros(3))
keras_adam = keras.optimizers.Adam(0.05)
for t, gradient in enumerate(drawn, 1):
    weights, first, second = adam_step(weights, first, second, gradient, t, learning_rate=0.05)
    keras_adam.apply_gradients([(tf.constant(gradient, tf.float32), variable)])

assert np.allclose(slow, weights, rtol=1e-12)
assert np.allclose(weights, variable, atol=1e-5)

# %% [markdown] id=step-text
# Now we have every line of a step. `apply_gradients` wants pairs (gradient, variable). Look at the
# order: the loss is computed, *then* the factors move. So what a step returns is the loss
# **before** it.
#
# Each line was tested by itself. Whether they also fit together is the question of section 7, so do
# not copy this step before you have been there.


# %% id=make-step
def make_step(user_factors, item_factors, optimizer):
    """A function that takes one step on one batch, and returns the batch's loss before it."""
    variables = [user_factors, item_factors]
    optimizer.build(variables)  # makes the two running means now, not in the first step

    def step(users, items, ratings):
        with tf.GradientTape() as tape:  # records from here …
            loss = batch_loss(user_factors, item_factors, users, items, ratings)  # … to here
        gradients = tape.gradient(loss, variables)  # the record backwards
        optimizer.apply_gradients(zip(gradients, variables, strict=True))  # the factors move
        return loss

    return step


user_factors, item_factors = fresh_factors()
step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.1))
first_loss, second_loss = float(step(users, items, stars)), float(step(users, items, stars))
print(f"before the first step {first_loss:.4g}, before the second {second_loss:.4g} stars²")

assert first_loss == 3.25
assert second_loss < first_loss

# %% [markdown] id=s6
# ## 6. An epoch: every rating once, in a new order
#
# An *epoch* visits every rating once, in *mini-batches*, or batches for short. That sentence holds
# three tests.
#
# **Repair 8. Every rating.** The program writes `range(0, n - batch_size + 1, batch_size)`.
#
# **Predict.** There are 13 ratings and batches of 4. How many ratings are in no batch?

# %% id=guess-batches tags=predict
guess_left_out = None  # ratings


# %% id=test-batches
def whole_batches_only(n, batch_size):
    return [np.arange(n)[s : s + batch_size] for s in range(0, n - batch_size + 1, batch_size)]


def test_every_rating_has_a_batch(batches):
    left_out = sorted(set(range(13)) - {row for batch in batches for row in batch.tolist()})
    assert not left_out, f"no batch holds the rows {left_out}"


dropped = 13 - sum(len(batch) for batch in whole_batches_only(13, 4))
compare_guess(guess_left_out, dropped, "of 13 ratings")
must_fail(test_every_rating_has_a_batch, whole_batches_only(13, 4))

assert dropped == 1

# %% [markdown] id=batches-why
# With 4 users in batches of 2 the fault slept: 4 is a multiple of 2. The repair is a shorter line,
# `range(0, n, batch_size)`. The last slice runs past the end, and this time that is what we want:
# the last batch is smaller.
#
# **Repair 9. In a new order, that can be repeated.** The ratings come sorted by user, so every
# batch of the program is about a few people, and always the same few together.


# %% id=test-order
def in_table_order(n, batch_size, rng):
    return [np.arange(n)[s : s + batch_size] for s in range(0, n, batch_size)]


def test_order(make_batches):
    def two_epochs(seed):
        rng = np.random.default_rng(seed)
        return [np.concatenate(make_batches(13, 4, rng)).tolist() for _ in range(2)]

    first, second = two_epochs(seed=0)
    assert sorted(first) == list(range(13)), "an epoch must visit each row once"
    assert first != second, "the second epoch visits the rows in the order of the first"
    assert two_epochs(seed=0) == [first, second], "the same seed gave another order"


must_fail(test_order, in_table_order)

# %% [markdown] id=order-why
# Why does the order matter? The gradient of a batch stands in for the gradient of all ratings. A
# batch drawn by lot is a fair sample of them; a batch of one user's ratings is not, and the films
# are pulled to one taste after the other.
#
# The order comes from a generator that you pass in. With its seed you can repeat the run, and since
# the generator moves on, the next epoch has another order.


# %% id=repair-order
def shuffled_batches(n, batch_size, rng):
    order = rng.permutation(n)  # (n,): each row once
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


test_every_rating_has_a_batch(shuffled_batches(13, 4, np.random.default_rng(0)))
test_order(shuffled_batches)
print([len(batch) for batch in shuffled_batches(13, 4, np.random.default_rng(0))], "ratings")

# %% [markdown] id=predict-mean
# **Repair 10. The loss of an epoch.** The program prints a loss for each batch, hundreds of lines
# that jump up and down. So we take the mean of an epoch. Of what?
#
# **Predict.** Five ratings have the squared errors 1, 1, 1, 1 and 9, in batches of two: (1, 1),
# (1, 1), (9). What is the mean of the three batch means?

# %% id=guess-mean tags=predict
guess_mean_of_means = None  # stars²

# %% id=test-mean
squared_errors = np.array([1.0, 1, 1, 1, 9])
fives = [np.array([0, 1]), np.array([2, 3]), np.array([4])]


def mean_of_batch_means(batches):
    return sum(squared_errors[batch].mean() for batch in batches) / len(batches)


def test_epoch_loss_is_the_mean_over_ratings(epoch_loss):
    value = epoch_loss(fives)
    assert np.isclose(value, 2.6), f"13/5 is 2.6, not {value:.4g}"


compare_guess(guess_mean_of_means, mean_of_batch_means(fives), "stars²")
must_fail(test_epoch_loss_is_the_mean_over_ratings, mean_of_batch_means)

# %% [markdown] id=mean-why
# (1 + 1 + 9)/3 is 3.67, and the mean over the five ratings is 13/5 = 2.6. The last batch holds one
# rating and counts like two. Weigh each batch by what it holds:
#
# $$\text{epoch loss} = \frac{\sum_B |B|\cdot \text{mean loss of } B}{\sum_B |B|}$$


# %% id=repair-mean
def mean_over_ratings(batches):
    total = sum(squared_errors[batch].mean() * len(batch) for batch in batches)
    return total / sum(len(batch) for batch in batches)


test_epoch_loss_is_the_mean_over_ratings(mean_over_ratings)

# %% [markdown] id=check-mean-text
# **Check.** However the ratings are shuffled and cut, their mean loss is the same.

# %% id=check-mean
rng = np.random.default_rng(6)
squared_errors = rng.normal(size=23) ** 2
for batch_size in (1, 4, 22, 23, 50):
    batches = shuffled_batches(23, batch_size, rng)
    assert np.isclose(mean_over_ratings(batches), squared_errors.mean(), rtol=1e-12)

# %% [markdown] id=mean-honest
# One honest remark. Every batch was measured before its step, and the factors moved in between. So
# the loss of an epoch is a mean over slightly different models, most of them worse than the last.
# For the loss *of* the final factors you need one more pass without steps.

# %% [markdown] id=tally
# **The tally.** Two mistakes are left, and no line of the program holds them, because they are what
# is missing. Nothing is hidden from training (repair 11, section 10). And one plausible number is
# taken for success, with nothing to compare it to (repair 12, section 12).
#
# | | mistake | how it shows |
# |---|---|---|
# | 1 | a variable that another cell made | `NameError` after a restart |
# | 2 | no transpose | an error about shapes |
# | 3 | the loss is a number | it never changes; an obscure error |
# | 4 | arrays for variables | gradients are `None` |
# | 5 | films cut along the factors | empty arrays, silently |
# | 6 | cut before the tape | one gradient is `None`, one warning |
# | 7 | zeros taken for ratings | a filler moves the loss |
# | 8 | the last batch dropped | some rows are in no batch |
# | 9 | no shuffling, no seed | every epoch the same, every run another |
# | 10 | the loss of a batch shown for all | the mean of means is no mean |
# | 11 | nothing hidden | no number says anything about new ratings |
# | 12 | one prediction as proof | no baseline beside it |

# %% id=answer-mistakes
compare_guess(guess_mistakes, 12, "mistakes")

# %% [markdown] id=s7
# ## 7. Two tellings, one loss?
#
# Does our TensorFlow do what the formulas say? The hardest test is the plainest: the same start,
# the same batches, once in NumPy with the gradients of lesson 03 and `adam_step`, once with tape
# and Keras. Six epochs of the 13 ratings, in batches of 4. ($\beta_2$ is 0.99 on both sides: in the
# short numbers of TensorFlow, $1 - 0.999$ is off by enough to show in the fifth digit.)

# %% id=numpy-run
rng = np.random.default_rng(7)
batches = [batch for _ in range(6) for batch in shuffled_batches(13, 4, rng)]

factors = [start_users, start_items]
means, mean_squares = [[np.zeros_like(one) for one in factors] for _ in range(2)]
numpy_losses = []
for t, batch in enumerate(batches, 1):
    total, gradients = losses.observed_squared_error(
        users[batch], items[batch], stars[batch].astype(float), *factors
    )
    numpy_losses.append(total / len(batch))
    for k, gradient in enumerate(gradients):
        factors[k], means[k], mean_squares[k] = adam_step(
            factors[k], means[k], mean_squares[k], gradient / len(batch), t, 0.02, beta_2=0.99
        )

assert len(batches) == 24

# %% [markdown] id=predict-first
# **Predict.** Value, gradient, Adam, batches: each was tested on its own above. Even so, the two
# runs will part. In which of the 24 steps do the losses first differ by more than a hundred
# thousandth?

# %% id=guess-first tags=predict
guess_first_difference = None  # number of the step, from 1


# %% id=tensorflow-run
def tensorflow_run(make_step):
    """The losses of the 24 steps, and the user factors at the end."""
    user_factors, item_factors = fresh_factors()
    step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.02, beta_2=0.99))
    return [float(step(users[b], items[b], stars[b])) for b in batches], user_factors.numpy()


def steps_apart(tf_losses):
    return np.flatnonzero(~np.isclose(tf_losses, numpy_losses, rtol=1e-5, atol=1e-6)) + 1


tf_losses, _ = tensorflow_run(make_step)
apart = steps_apart(tf_losses)
compare_guess(guess_first_difference, apart[0] if len(apart) else 0, "(number of the step)")
print("first steps, NumPy:     ", np.round(numpy_losses[:4], 4))
print("first steps, TensorFlow:", np.round(tf_losses[:4], 4))

assert apart[0] == 2
assert 0.003 < tf_losses[1] - numpy_losses[1] < 0.006

# %% [markdown] id=first-read
# In the second step already, by a few thousandths of a star². A small difference, and yet no
# rounding: TensorFlow's numbers have seven digits. **Do not shrug such a difference off.** It says
# that one of the two does not do what you think.
#
# **The hunt.** The first losses agree, so values are right. The first *step* led elsewhere, so
# gradient or Adam. Section 4 compared the gradients, after `tf.convert_to_tensor`. Section 5
# compared the Adams, on plain tensors. What neither looked at: what the tape really hands to Keras
# is `IndexedSlices`, with a row for each rating.
#
# Make it small. One weight, 1.0. Two ratings of the same user want the gradients 3 and −1. The sum
# is 2, and the first step of Adam has the length η = 0.1, so it must lead to 0.9.

# %% id=slices-and-adam
slices = tf.IndexedSlices(tf.constant([3.0, -1.0]), tf.constant([0, 0]), tf.constant([1]))
for name, gradient in (("IndexedSlices", slices), ("tensor", tf.convert_to_tensor(slices))):
    weight = tf.Variable([1.0])
    keras.optimizers.Adam(0.1).apply_gradients([(gradient, weight)])
    print(f"{name:14} {float(weight[0]):.4f}")
squared_before_adding = 1 - 0.1 * (3 - 1) / np.sqrt(3**2 + (-1) ** 2)
print(f"η (3 − 1) / √(3² + 1²) below 1 is {squared_before_adding:.4f}")

assert tf.convert_to_tensor(slices).numpy().tolist() == [2.0]
assert np.isclose(weight[0], 0.9, atol=1e-5)
assert round(squared_before_adding, 4) == 0.9368

# %% [markdown] id=slices-and-adam-read
# Caught. Keras (3.15) lets every slice into the running mean of the squares by itself: it squares
# *before* it adds up, $3^2 + (-1)^2 = 10$ instead of $2^2 = 4$. So a user with several ratings in a
# batch takes a step of another length than Adam's formula says: shorter where the ratings pull
# apart, longer where they pull together. No disaster; every Keras loop runs like that which looks
# rows up and hands the tape's gradients straight on. But it is not Adam, and nothing said so.
#
# **Repair 13**, in our own code, though every line of it had been tested: add up first.


# %% id=repair-slices-and-adam
def make_step(user_factors, item_factors, optimizer):
    """A function that takes one step on one batch, and returns the batch's loss before it."""
    variables = [user_factors, item_factors]
    optimizer.build(variables)

    def step(users, items, ratings):
        with tf.GradientTape() as tape:
            loss = batch_loss(user_factors, item_factors, users, items, ratings)
        gradients = [tf.convert_to_tensor(one) for one in tape.gradient(loss, variables)]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    return step


# %% [markdown] id=predict-digits
# **Predict.** NumPy counts with 16 digits here, TensorFlow with 7. After 24 repaired steps, how
# large is the largest relative difference of the losses? Write the power of ten, such as −2 for
# 0.01.

# %% id=guess-digits tags=predict
guess_power = None  # a negative whole number

# %% id=tensorflow-run-repaired
tf_losses, tf_users = tensorflow_run(make_step)
largest = max(abs(np.array(tf_losses) / numpy_losses - 1))
compare_guess(guess_power, np.log10(largest), "(power of ten)")
print("last epoch, NumPy:     ", np.round(numpy_losses[-4:], 6))
print("last epoch, TensorFlow:", np.round(tf_losses[-4:], 6))

assert len(steps_apart(tf_losses)) == 0
assert np.allclose(tf_users, factors[0], atol=1e-4)

# %% [markdown] id=digits-read
# Now the losses of all 24 steps are equal to five digits. Keep such a test beside every loop that
# you write. It needs a small table and a second, and it finds what testing line by line does not:
# faults *between* the lines.

# %% [markdown] id=predict-dense
# **Rows that are not in the batch.** A plain tensor has a row for everybody. Take two steps on all
# ratings, then one on a batch that holds only ratings of user 4: the gradient of user 1 is then
# exactly 0.
#
# **Predict.** How far does the first factor of user 1 move in this step? ($\eta$ is 0.1.)

# %% id=guess-dense tags=predict
guess_absent = None  # how far, as a positive number

# %% id=dense-adam
user_factors, item_factors = fresh_factors()
step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.1))
step(users, items, stars)
step(users, items, stars)
only_user_4 = users == 3
before = user_factors.numpy()
step(users[only_user_4], items[only_user_4], stars[only_user_4])
moved = abs(user_factors.numpy() - before)  # (n_users, 2)
compare_guess(guess_absent, moved[0, 0], "")
print(moved.round(3))

assert moved[0].min() > 0.02  # absent from the batch, and moves
assert 0.07 < moved[0, 0] < 0.085

# %% [markdown] id=dense-why
# More than three quarters of a full step. The gradient is 0, but $m$ remembers the steps before,
# and Adam updates **all** rows of a table in every step. That is no mistake, it is how Adam is
# defined; but two things follow:
#
# - the cost of a step grows with the number of films in the catalogue, not with the batch alone
#   (section 13 measures it);
# - a row without a rating in *any* batch so far stands still, since its $m$ is 0. The next cell
#   checks that.

# %% id=dense-new-row
user_factors, item_factors = fresh_factors()
step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.1))
for _ in range(5):
    step(users[only_user_4], items[only_user_4], stars[only_user_4])

assert np.array_equal(user_factors[:3], start_users[:3])  # never had a gradient
assert not np.allclose(user_factors[3], start_users[3])

# %% [markdown] id=s8
# ## 8. Compiled
#
# A step on 13 ratings takes milliseconds. Hardly any of that is arithmetic: Python asks TensorFlow
# for one operation after the other. `tf.function` runs the Python code once, writes down the
# operations as a *graph*, and from then on runs the graph without Python. Writing down is called
# *tracing*.

# %% [markdown] id=predict-traces
# **Predict.** We put a line of Python into the step that counts how often Python runs it, and
# repeat the 24 steps of section 7. What does the counter say?

# %% id=guess-traces tags=predict
guess_traces = None  # times

# %% id=traces
user_factors, item_factors = fresh_factors()
step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.02, beta_2=0.99))
traces = []


@tf.function
def compiled_step(users, items, ratings):
    traces.append(ratings.shape)  # Python: runs while tracing, not in the graph
    return step(users, items, ratings)


compiled_losses = [
    float(compiled_step(*map(tf.constant, (users[b], items[b], stars[b])))) for b in batches
]
compare_guess(guess_traces, len(traces), "times")
print("traced for", *traces)

assert len(traces) == 2
assert np.allclose(compiled_losses, tf_losses, atol=1e-4)

# %% [markdown] id=traces-read
# Twice: once for batches of 4 and once for the last batch, of 1. Every new shape is a new graph,
# and so is every new Python number among the arguments: a loop that passes `epoch` as an `int`
# traces in each epoch, and gets slower instead of faster. Hand over tensors or arrays, and say that
# the length may vary:

# %% id=signature
any_length = [tf.TensorSpec([None], kind) for kind in (tf.int32, tf.int32, tf.float32)]


def compiled(step):
    """The step as one graph, for batches of any length."""
    return tf.function(step, input_signature=any_length)


def milliseconds(step, repeats=20):
    arguments = [users.astype(np.int32), items.astype(np.int32), stars]
    step(*arguments)  # the first call may trace
    start = time.perf_counter()
    for _ in range(repeats):
        step(*arguments)
    return 1000 * (time.perf_counter() - start) / repeats


graph_step = compiled(step)
print(f"a step: {milliseconds(step):.1f} ms in Python, {milliseconds(graph_step):.1f} ms compiled")

assert graph_step.experimental_get_tracing_count() == 1

# %% [markdown] id=compiled-read
# A price: `print`, `append` and breakpoints inside run while tracing only. So get a step right in
# plain Python first, and compile it then. That is the order of this lesson, too.

# %% [markdown] id=s9
# ## 9. Broken and repaired, side by side
#
# Now a larger table: a made world of 600 users and 300 films, whose noise is 0.6 stars. Some
# ratings are hidden: a fifth for the test at the very end, and a fifth of the rest for validation.

# %% id=world
world_rng, test_rng, validation_rng, broken_rng = np.random.default_rng(8).spawn(4)
world = make_world(world_rng, n_users=600, n_items=300)
outer = random_split(world.interactions, test_rng, test_fraction=0.2)
inner = random_split(outer.train, validation_rng, test_fraction=0.2)
train, validation, test = inner.train, inner.test, outer.test
mean = float(train.ratings.mean())  # of the training ratings alone
mean_rmse = rmse(validation.ratings, np.full(len(validation), mean))
print(f"{len(train):,} ratings to train, {len(validation):,} for validation, {len(test):,} to test")
print(f"predicting the mean for everything: {mean_rmse:.3f} stars")

assert world.noise_sd == 0.6
assert len(train) + len(validation) + len(test) == len(world.interactions)


def pairs_of(interactions):
    return set(zip(interactions.users.tolist(), interactions.items.tolist(), strict=True))


assert not pairs_of(train) & pairs_of(validation)  # repair 11 begins here
assert not pairs_of(outer.train) & pairs_of(test)

# %% [markdown] id=broken-runs-text
# **The broken loop**, repaired only as far as it runs: variables, whole films, a loss in the tape.
# Users are still cut before it, zeros are fitted, nothing is shuffled. To be rid of the warning,
# somebody has filtered the `None`s; you will meet that line in the wild.


# %% id=broken-runs
def loop_that_runs(cells, epochs, rng):
    """Train on a table (n_users, n_items); return the printed losses, and the tables by epoch."""
    user_factors = tf.Variable(rng.random((cells.shape[0], 10)), dtype=tf.float32)
    item_factors = tf.Variable(rng.random((cells.shape[1], 10)), dtype=tf.float32)
    optimizer = keras.optimizers.Adam(0.05)
    printed, tables = [], []
    for _ in range(epochs):
        for first in range(0, len(cells), 200):
            some_users, some_cells = user_factors[first : first + 200], cells[first : first + 200]
            with tf.GradientTape() as tape:
                loss = table_loss(some_users, item_factors, some_cells)
            found = tape.gradient(loss, [user_factors, item_factors])
            pairs = zip(found, [user_factors, item_factors], strict=True)
            optimizer.apply_gradients([(g, v) for g, v in pairs if g is not None])
            printed.append(float(loss))
        tables.append(user_factors.numpy() @ item_factors.numpy().T)
    return printed, tables


broken_printed, broken_tables = loop_that_runs(
    train.to_csr().toarray().astype(np.float32), epochs=15, rng=broken_rng
)
broken_rmse = [
    rmse(validation.ratings, table[validation.users, validation.items]) for table in broken_tables
]
print(f"printed: {broken_printed[0]:.2f} at first, {broken_printed[-1]:.2f} at last")

assert broken_printed[-1] < 0.7 * broken_printed[0]

# %% [markdown] id=predict-broken
# The loss that it prints falls nicely, and settles.
#
# **Predict.** What is its RMSE on the validation ratings in the end? Predicting the mean scores
# about 1 star.

# %% id=guess-broken tags=predict
guess_broken_rmse = None  # stars

# %% [markdown] id=repaired-text
# **The repaired loop** on the same ratings. It starts near 0 and predicts what lies above or below
# the mean, so its first prediction is the mean. Start and order have a stream of random numbers
# each.


# %% id=repaired-loop
class Loop:
    """Factors, a compiled step, and an epoch over the ratings to train on."""

    def __init__(self, seed, rows=train, make_batches=shuffled_batches):
        start_rng, self.rng = np.random.default_rng(seed).spawn(2)
        self.factors = [
            tf.Variable(start_rng.normal(0, 0.1, (n, 32)), dtype=tf.float32)
            for n in (rows.n_users, rows.n_items)
        ]
        self.step = compiled(make_step(*self.factors, keras.optimizers.Adam(0.005)))
        self.rows, self.make_batches = rows, make_batches

    def epoch(self):
        """Visit every rating once; return the mean loss over them."""
        rows, total = self.rows, 0.0
        for batch in self.make_batches(len(rows), 1024, self.rng):
            left = rows.ratings[batch] - np.float32(mean)  # stars above the mean
            total += float(self.step(rows.users[batch], rows.items[batch], left)) * len(batch)
        return total / len(rows)

    def rmse(self, rows):
        user_factors, item_factors = (one.numpy() for one in self.factors)
        products = losses.predict_pairs(rows.users, rows.items, user_factors, item_factors)
        return rmse(rows.ratings, mean + products)


loop = Loop(seed=3)
repaired_rmse = []
for _ in range(15):
    epoch_loss = loop.epoch()
    repaired_rmse.append(loop.rmse(validation))
compare_guess(guess_broken_rmse, broken_rmse[-1])
print(f"the repaired loop: {min(repaired_rmse):.3f} stars at best")

assert 3.4 < broken_rmse[-1] < 3.75
assert broken_rmse[0] < 3
assert 3.8 < max(broken_rmse) < 4.1
assert min(repaired_rmse) < 0.95 * mean_rmse
assert loop.rmse(train) ** 2 < epoch_loss  # section 6: measured before the steps, and after them

# %% id=broken-figure
epochs = range(1, 16)
shown = np.sqrt(np.reshape(broken_printed, (15, -1))[:, -1])  # what stands last in each epoch
plt.figure()
plt.plot(epochs, broken_rmse, "s-", color=ORANGE, label="broken: hidden ratings")
plt.plot(
    epochs, shown, "s--", color=ORANGE, markerfacecolor="white", label="broken: what it prints"
)
plt.plot(epochs, repaired_rmse, "o-", color=BLUE, label="repaired: hidden ratings")
plt.axhline(mean_rmse, color=GREY, linestyle=":", label="the mean for everything")
plt.ylim(0, 1.45 * max(broken_rmse))
plt.title(
    f"What the broken loop prints falls; on hidden ratings it is {broken_rmse[-1]:.1f} stars off.\n"
    f"The repaired loop gets to {min(repaired_rmse):.2f}, below the mean's {mean_rmse:.2f}"
)
plt.xlabel("epoch")
plt.ylabel("root of the mean squared error (stars)")
plt.legend(loc="upper right", ncols=2, fontsize=10)
plt.show()

assert shown[-1] < shown[0]
assert broken_rmse[-1] > broken_rmse[0]

# %% [markdown] id=broken-alt
# *Figure: error against epochs. The dashed line, what the broken loop prints, falls and settles.
# Its error on hidden ratings, the solid line above, rises from under 3 stars to nearly 4, and ends
# at about 3.6. A dotted line at about 1 star marks the mean; the repaired loop starts on it, goes
# below it, and comes back a little.*
#
# The printed loss fell because the films learned to say 0 to users who never move. It is a falling
# loss, and it is worth nothing.
#
# **What is the order worth?** Twins of the repaired loop, with the same seed, visit the ratings in
# table order (by user), or sorted by their stars, in every epoch.


# %% id=order-matters
def always(order):
    """A maker of batches that never shuffles."""
    return lambda n, batch_size, rng: [order[s : s + batch_size] for s in range(0, n, batch_size)]


best_by_order = {"shuffled": min(repaired_rmse)}
for name, order in {
    "table order": np.arange(len(train)),
    "sorted by stars": np.argsort(train.ratings, kind="stable"),
}.items():
    unshuffled, found = Loop(seed=3, make_batches=always(order)), []
    for _ in range(15):
        unshuffled.epoch()
        found.append(unshuffled.rmse(validation))
    best_by_order[name] = min(found)
print({name: round(value, 3) for name, value in best_by_order.items()}, "stars at best")

assert best_by_order["shuffled"] < best_by_order["table order"] < best_by_order["sorted by stars"]
lost = best_by_order["sorted by stars"] - best_by_order["shuffled"]
assert 0.25 < lost / (mean_rmse - best_by_order["shuffled"]) < 0.5
assert 15 < len(np.unique(train.users[:1024])) < 27

# %% [markdown] id=order-matters-read
# By user, it costs little here: a batch of 1024 still holds the ratings of some twenty people.
# Sorted by stars, it costs about a third of what was won: first everybody is told that films are
# bad, then that they are good. You seldom know how your rows are sorted. Shuffling costs nothing.
#
# And did you see the repaired curve turn?

# %% [markdown] id=s10
# ## 10. Hidden ratings say when to stop
#
# **Repair 11. Let ratings that do not train decide.** After each epoch, look at the validation
# ratings. There are three things to do: remember the best value and *the weights that had it*;
# count the epochs without a better one; give up after some, the *patience*. At the end go **back to
# the best weights**. This is *early stopping*.


# %% id=early-stopping
def train_until(loop, max_epochs, patience):
    """Train with early stopping; return training and validation RMSE of each epoch."""
    training, validating = [], []
    best, best_weights, waited = np.inf, None, 0
    while len(validating) < max_epochs and waited < patience:
        training.append(np.sqrt(loop.epoch()))
        validating.append(loop.rmse(validation))
        if validating[-1] < best:  # strictly: of equals the first stays
            best, waited = validating[-1], 0
            best_weights = [one.numpy() for one in loop.factors]  # copies, not the variables
        else:
            waited += 1
    for variable, value in zip(loop.factors, best_weights, strict=True):
        variable.assign(value)
    return training, validating


# %% [markdown] id=predict-stopping
# **Predict.** We train one loop with a patience of 3, and its twin, with the same seed, for all 30
# epochs. By how many stars is the twin's validation RMSE worse in the last epoch than in its best?

# %% id=guess-stopping tags=predict
guess_worse = None  # stars

# %% id=stopping-run
stopped, twin = Loop(seed=3), Loop(seed=3)
stopped_training, stopped_validation = train_until(stopped, max_epochs=30, patience=3)
twin_training, twin_validation = [], []
for _ in range(30):
    twin_training.append(np.sqrt(twin.epoch()))
    twin_validation.append(twin.rmse(validation))
best_epoch = int(np.argmin(stopped_validation)) + 1
n_epochs = len(stopped_validation)
compare_guess(guess_worse, twin_validation[-1] - min(twin_validation))
print(f"best in epoch {best_epoch}, stopped after epoch {n_epochs}")

assert best_epoch <= 10
assert n_epochs == best_epoch + 3
assert stopped_validation == twin_validation[:n_epochs]  # one seed, the same bits
assert stopped.rmse(validation) == min(stopped_validation)  # the best weights are back
assert (np.diff(twin_training) < 0).all()
assert twin_validation[-1] > min(twin_validation) + 0.05

# %% id=stopping-figure
plt.figure()
all_epochs = range(1, 31)
plt.plot(all_epochs, twin_training, "s-", color=ORANGE, markersize=5, label="training")
plt.plot(all_epochs, twin_validation, "o-", color=BLUE, markersize=5, label="validation")
plt.axhline(mean_rmse, color=GREY, linestyle=":", label="the mean for everything")
plt.axvline(n_epochs, color=GREY, linestyle="--", linewidth=1)
plt.text(n_epochs + 0.3, 0.8, "training stops here", color=GREY)
plt.plot(best_epoch, min(twin_validation), "*", color="black", markersize=16, label="kept")
plt.title(
    f"Validation is best in epoch {best_epoch}; the training loss falls for 30.\n"
    "Without stopping, the model ends worse than the mean"
)
plt.xlabel("epoch")
plt.ylabel("RMSE (stars)")
plt.legend(loc="center right", fontsize=10)
plt.show()

assert twin_validation[-1] > mean_rmse

# %% [markdown] id=stopping-alt
# *Figure: RMSE against epochs. The training curve falls throughout. The validation curve falls
# below the dotted line of the mean, reaches its lowest point, marked by a star, within the first
# ten epochs, and climbs above the dotted line later. A dashed line three epochs after the star
# marks where training stops.*
#
# Two things are easy to get wrong. The weights at the stop are *not* the best: they are three
# epochs past them. And the list of validation values has picked the epoch, so its lowest value
# flatters. The test ratings, untouched so far, give the honest number.

# %% id=test-once
test_stopped, test_twin = stopped.rmse(test), twin.rmse(test)
test_mean = rmse(test.ratings, np.full(len(test), mean))
print(f"test: stopped {test_stopped:.3f}, all epochs {test_twin:.3f}, mean {test_mean:.3f} stars")

assert test_stopped < test_mean
assert test_stopped < test_twin - 0.05

# %% [markdown] id=predict-leak
# **And if validation ratings slip into training?** It takes one wrong name: `outer.train` holds the
# validation ratings too. The loop below trains on it, with the same patience of 3.
#
# **Predict.** After how many epochs does early stopping stop it? (30 is the most; write 30 if you
# think that it never does.)

# %% id=guess-leak tags=predict
guess_leak_epochs = None  # epochs


# %% id=leak
def test_validation_is_hidden(rows):
    shared = pairs_of(rows) & pairs_of(validation)
    assert not shared, f"{len(shared):,} of {len(validation):,} validation ratings also train"


leaking = Loop(seed=3, rows=outer.train)
_, leaking_validation = train_until(leaking, max_epochs=30, patience=3)
compare_guess(guess_leak_epochs, len(leaking_validation), "epochs")
leaking_test = leaking.rmse(test)
print(f"validation {leaking_validation[-1]:.3f}, test {leaking_test:.3f} stars")
must_fail(test_validation_is_hidden, outer.train)
test_validation_is_hidden(train)

assert len(leaking_validation) == 30
assert (np.diff(leaking_validation) < 0).all()
assert leaking_validation[-1] < 0.4
assert leaking_test > test_stopped + 0.05

# %% [markdown] id=leak-read
# Never. Validation fell in each of the 30 epochs, to less than 0.4 stars in a world whose noise is
# 0.6: **a number better than the best possible is a symptom.** It had become a second training
# loss, and stops nothing. On the test ratings, which stayed hidden, this loop is worse than the one
# that stopped, although it trained on more ratings. The test that catches it compares the pairs of
# user and film.

# %% [markdown] id=s11
# ## 11. The library's Trainer
#
# `recsys_course.deep.trainer.Trainer` is the loop behind the TensorFlow models of this course. It
# does what you wrote: shuffles, takes gradients on the mean of a batch and adds up their slices,
# sums losses for the exact epoch loss, validates, stops, goes back to the best weights. Here is its
# loop over the batches of an epoch.

# %% id=trainer-source
print(inspect.getsource(Trainer._steps))

# %% [markdown] id=trainer-lines
# **Why is each line there?** Cover the right column, and say what goes wrong without the line.
#
# | line | without it |
# |---|---|
# | `while step < last`: all batches, the smaller last one too | ratings never train (repair 8) |
# | `batch = batches[step]`: row numbers in a new order | the same rows meet in each epoch (9) |
# | `with tf.GradientTape()` around look-up and loss | gradients are `None` (6) |
# | `batch_loss(batch)`: a function, of rated cells | a number (3); zeros as ratings (7) |
# | `loss / …size(batch)…`: the mean | with SGD, a longer step for a larger batch |
# | `tape.gradient(…, self.variables)` | arrays and pieces have no gradient (4, 6) |
# | `_check_graph`: `None` is an error | a warning, and a table that stands still (6) |
# | `tf.convert_to_tensor(g)` | another step than Adam's (13) |
# | `self.optimizer`, made once for the run | Adam forgets (section 15) |
# | `losses += …`: sums, divided by all ratings at the end | a mean of means (10) |
#
# Three things are new: `do_not_convert` leaves your function as you wrote it; the batches from
# `first` to `last` are a part of the epoch that takes about half a second, so that the Trainer can
# be stopped between two parts; and the losses are summed in `tf.float64`, the long numbers, because
# a sum of many short ones loses digits.
#
# Five things differ from ours, and the source says so. The Trainer wants the **sum** of a batch's
# losses, and divides itself. Its Adam is the course's own, `recsys_course.deep.adam.Adam`, which
# takes tensors only. $\beta_2$ is 0.99, for short runs. The learning rate falls to 0 over the run,
# unless you say `decay=False`. And the loop over the batches is compiled too, not a step alone.
#
# **Check.** NumPy, our loop and the Trainer, one loss: section 7 once more, its six epochs.

# %% id=check-trainer
user_factors, item_factors = fresh_factors()
rows = [tf.constant(column) for column in (users, items, stars)]


def sum_over_13(batch):
    some = [tf.gather(column, batch) for column in rows]
    return batch_loss(user_factors, item_factors, *some) * tf.cast(tf.size(batch), tf.float32)


small_trainer = Trainer(
    [user_factors, item_factors],
    sum_over_13,
    n_examples=13,
    batch_size=4,
    epochs=6,
    learning_rate=0.02,
    rng=np.random.default_rng(7),
    decay=False,
)
trainer_losses = [record.loss for record in small_trainer.fit()]
by_numpy = np.reshape(numpy_losses, (6, 4)) @ [4, 4, 4, 1] / 13  # repair 10
print("epochs, NumPy:  ", by_numpy.round(6))
print("epochs, Trainer:", np.round(trainer_losses, 6))

assert np.allclose(trainer_losses, by_numpy, rtol=1e-5)

# %% [markdown] id=trainer-text
# Now the Trainer on the ratings of section 9.


# %% id=trainer
def new_trainer(start_seed=5, **settings):
    """A Trainer for the training ratings, on new factors."""
    start_rng = np.random.default_rng(start_seed)
    factors = [
        tf.Variable(start_rng.normal(0, 0.1, (n, 32)), dtype=tf.float32)
        for n in (train.n_users, train.n_items)
    ]
    columns = [tf.constant(c) for c in (train.users, train.items, train.ratings - mean)]

    def sum_of_losses(batch):
        users, items, left = (tf.gather(column, batch) for column in columns)
        return batch_loss(*factors, users, items, left) * tf.cast(tf.size(batch), tf.float32)

    def validate():
        pairs = validation.users, validation.items
        predictions = mean + losses.predict_pairs(*pairs, *(f.numpy() for f in factors))
        return rmse(validation.ratings, predictions) ** 2  # stars², like the loss

    settings = {"validation": validate, "epochs": 8, **settings}
    return Trainer(
        factors,
        sum_of_losses,
        n_examples=len(train),
        batch_size=1024,
        learning_rate=0.01,
        rng=np.random.default_rng(6),
        **settings,
    )


unbroken = new_trainer(patience=3)
for record in unbroken.fit():
    print(f"epoch {record.epoch}: loss {record.loss:.3f}, validation {record.validation:.3f}")

best_of_trainer = min(record.validation for record in unbroken.history)
assert abs(np.sqrt(best_of_trainer) - min(stopped_validation)) < 0.04

# %% [markdown] id=live-text
# **Watch a run.** What you see after ten seconds, you need not wait an hour for. The Trainer calls
# `on_epoch` after each epoch, and `live_curves` then redraws its figure in place; with
# `progress=True` a bar says how much time is left. For something to watch we give the run 40
# epochs, a learning rate that does not fall, and no early stopping.
#
# While it runs, look at two things. Where does the dashed validation curve turn? And what does the
# training loss do there: does it tell you anything?

# %% id=live-run
with live_curves(epochs=40, unit="stars²") as curves:
    watched = new_trainer(epochs=40, decay=False, progress=True, on_epoch=curves)
    watched.fit()

watched_loss = np.array([record.loss for record in watched.history])
watched_validation = np.array([record.validation for record in watched.history])
turn = int(np.argmin(watched_validation))  # the index of the best epoch
assert turn + 1 <= 15
assert (np.diff(watched_loss[: turn + 5]) < 0).all()  # the training loss does not turn there
assert watched_validation[-1] > watched_validation[turn] + 0.05

# %% [markdown] id=live-alt
# *Figure: loss and validation in stars² against 40 epochs. The training curve falls steeply and
# then ever more slowly. The dashed validation curve falls with it at first, turns within the first
# 15 epochs, and climbs for the rest of the run.*
#
# The training loss gives no sign: it goes on falling through the turn as if nothing had happened.
# Three pictures are worth knowing. A gap that opens, as here: stop, the best weights are kept. Both
# curves flat from the start: the learning rate is too small, or a gradient is missing (repair 6).
# Both jump up and down: it is too large.

# %% [markdown] id=interrupt-text
# **Seen enough? Stop it.** In JupyterLab that is the button ■, in a terminal Ctrl-C. Both raise
# `KeyboardInterrupt`, and nothing of value is lost: the Trainer drops the epoch that it is in, as
# no record describes its weights. `history` keeps every whole epoch, and the factors become those
# of the best one. A second `fit()` goes on from the last whole epoch.
#
# A program cannot wait for your finger, so this callback presses the button after epoch 3.


# %% id=interrupt
def press_stop(history):
    if len(history) == 3:
        raise KeyboardInterrupt


stopped_run = new_trainer(on_epoch=press_stop)
try:
    stopped_run.fit()
except KeyboardInterrupt as said:
    print(said)

kept = [record.loss for record in stopped_run.history]
best_kept = min(record.validation for record in stopped_run.history)
assert kept == [record.loss for record in unbroken.history[:3]]
assert stopped_run.validation() == best_kept  # measured now, with the factors as they are

stopped_run.on_epoch = None
stopped_run.fit()
assert len(stopped_run.history) == 8
for one, other in zip(stopped_run.variables, unbroken.variables, strict=True):
    assert np.array_equal(one, other)  # bit by bit, as if nobody had stopped it

# %% [markdown] id=resume-text
# **Stop today, go on tomorrow.** A long run must also survive a power cut, which takes the memory
# with it. So it has to be on the disk. It is not enough to save the factors: what the next step
# does depends also on Adam's two running means and its step number, on the generator that shuffles,
# and on the best weights so far. The Trainer writes all of it after each epoch, into one file, a
# *checkpoint*.
#
# We pull the plug in epoch 4, and start again in what might be another process: a new Trainer, on
# *other* starting factors.


# %% id=resume
class PowerCutError(Exception):
    pass


def cut_in_epoch_4():
    validate.calls += 1
    if validate.calls == 4:
        raise PowerCutError
    return validate()


with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "run.npz"
    interrupted = new_trainer(checkpoint=file, patience=3)
    validate = interrupted.validation
    validate.calls = 0
    interrupted.validation = cut_in_epoch_4
    try:
        interrupted.fit()
    except PowerCutError:
        print("power cut after", len(interrupted.history), "epochs")

    resumed = new_trainer(start_seed=99, checkpoint=file, patience=3)
    resumed.fit()
    print("resumed, ended after", len(resumed.history), "epochs")

same_bits = [
    np.array_equal(one, other)
    for one, other in zip(resumed.variables, unbroken.variables, strict=True)
]
print("the same bits as the unbroken run:", same_bits)

assert same_bits == [True, True]
assert [r.loss for r in resumed.history] == [r.loss for r in unbroken.history]

# %% [markdown] id=resume-read
# Not *about* the same: the same bits. Only then can you believe that nothing was forgotten.
#
# What happens when only the factors are saved? Look at the first step after such a restart: Adam
# has no memory, and its step number is 1 again.

# %% id=resume-wrong
whole_run, factors_only = [], []
for forget, places in ((False, whole_run), (True, factors_only)):
    user_factors, item_factors = fresh_factors()
    step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.05))
    for t in range(12):
        if forget and t == 6:  # restart with the saved factors, and a new optimizer
            step = make_step(user_factors, item_factors, keras.optimizers.Adam(0.05))
        step(users, items, stars)
        places.append(user_factors.numpy()[0, 0])
apart = abs(np.array(whole_run) - factors_only)
print("user 1, first factor, apart by", apart[5:].round(4), "after steps 6 to 12")

assert (apart[:6] == 0).all()
assert apart[6:].max() > 0.005

# %% [markdown] id=s12
# ## 12. A thousand users, ten thousand items
#
# **Repair 12. Compare with something.** A table that is often shown: 1000 users, 10,000 items, 1
# for a click and 0 for none. A training loss falls from several units to a hundredth, and one
# prediction of 0.65 is called close. Is it?
#
# We use a table in which *there is nothing to learn*: every cell is a coin that shows 1 with the
# probability $p = 0.01$. Here all cells are known, so summing over all of them is right. Factors
# have the length 10 and start between 0 and 1, as in the program of section 1.

# %% [markdown] id=closed-form
# **The loss before training can be computed on paper.** A product of two independent numbers from
# U(0, 1) has the mean ¼ and the second moment 1/9. Ten of them add up to a dot product with the
# mean 10/4 and the variance 10 (1/9 − 1/16) = 35/72, so with the second moment 25/4 + 35/72 =
# 485/72. The cell $x$ is 1 with the probability $p$, and nothing connects it with the factors:
#
# $$\mathbb E\,(x - u\cdot v)^2 = \frac{485}{72} - 2p\cdot\frac{10}{4} + p
# = \frac{485}{72} - 4p \approx 6.736 - 4p$$

# %% id=coin-flips
flip_rng, other_rng, factor_rng, small_rng, order_rng = np.random.default_rng(12).spawn(5)
flips = make_coin_flips(flip_rng)  # 1000 users, 10,000 items, p = 0.01
clicks = np.zeros((flips.n_users, flips.n_items), bool)  # 10 MB: one byte a cell
clicks[flips.users, flips.items] = True
p = clicks.mean()


def full_loss(cells, user_factors, item_factors):
    """Mean squared error over all cells, 100 users at a time: never 10 million floats at once."""
    total = 0.0
    for first in range(0, len(cells), 100):
        predictions = user_factors[first : first + 100] @ item_factors.T  # (100, n_items)
        total += float(((cells[first : first + 100] - predictions) ** 2).sum(dtype=float))
    return total / cells.size


def uniform_start(rng):
    return [rng.random((n, 10), dtype=np.float32) for n in clicks.shape]


start = uniform_start(factor_rng)
first_loss = full_loss(clicks, *start)
on_paper = 485 / 72 - 4 * p
print(f"{len(flips):,} clicks, p = {p:.5f}; loss of one start {first_loss:.3f}, on paper", end=" ")
print(f"{on_paper:.3f}")

assert clicks.shape == (1000, 10_000)
assert abs(p - 0.01) < 0.0002
assert abs(first_loss / on_paper - 1) < 0.04  # one start has only 1000 users, so it scatters

# %% [markdown] id=many-starts-text
# A single start scatters by about a hundredth around the value on paper. The mean of forty starts
# must come within 1 % of it. Forty tables of ten million cells would take a while, so we use that
# the sum of $(x - u\cdot v)^2$ over all cells falls into three parts, of which only one needs a
# list of cells, the clicked ones.


# %% id=many-starts
def loss_without_a_table(user_factors, item_factors):
    """The same as full_loss(clicks, …): Σ x² − 2 Σ x (u·v) + Σ (u·v)²."""
    at_clicks = losses.predict_pairs(flips.users, flips.items, user_factors, item_factors).sum()
    squares = ((user_factors.T @ user_factors) * (item_factors.T @ item_factors)).sum()
    return (len(flips) - 2 * at_clicks + squares) / clicks.size


starts = [loss_without_a_table(*uniform_start(one)) for one in factor_rng.spawn(40)]
print(f"mean of 40 starts {np.mean(starts):.3f}, on paper {on_paper:.3f}")

assert np.isclose(loss_without_a_table(*start), first_loss, rtol=1e-4)
assert abs(np.mean(starts) / on_paper - 1) < 0.01
assert 0.005 < np.std(starts) / on_paper < 0.02

# %% [markdown] id=predict-flips
# **Predict.** Now train: batches of 100 users, 50 epochs. The loss will fall from 6.7 to about a
# hundredth, by a factor of several hundred. What does a model score that predicts **0 everywhere**?

# %% id=guess-flips tags=predict
guess_zero_loss = None  # mean squared error


# %% id=flips-run
def train_on_clicks(start, epochs):
    """The losses of the epochs, and the factors at the end; an example is a user."""
    user_factors, item_factors = (tf.Variable(one) for one in start)
    cells = tf.constant(clicks)

    def sum_of_losses(batch):
        rows = tf.cast(tf.gather(cells, batch), tf.float32)  # (batch, n_items)
        predictions = tf.matmul(tf.gather(user_factors, batch), item_factors, transpose_b=True)
        return tf.reduce_sum(tf.reduce_mean((rows - predictions) ** 2, axis=1))

    trainer = Trainer(
        [user_factors, item_factors],
        sum_of_losses,
        n_examples=len(clicks),
        batch_size=100,
        epochs=epochs,
        learning_rate=0.01,
        rng=order_rng,
        decay=False,
    )
    history = [record.loss for record in trainer.fit()]
    return history, [user_factors.numpy(), item_factors.numpy()]


flip_losses, flip_factors = train_on_clicks(start, epochs=50)
last_loss = full_loss(clicks, *flip_factors)
zero_loss, constant_loss = p, p * (1 - p)
compare_guess(guess_zero_loss, zero_loss, "")
print(f"loss {first_loss:.3f} → {last_loss:.5f}, {first_loss / last_loss:.0f} times smaller")
print(f"0 everywhere: {zero_loss:.5f}; p everywhere: {constant_loss:.5f}")

assert first_loss / last_loss > 400
assert last_loss > 0.98 * constant_loss
assert sum(one.size for one in flip_factors) == 110_000

# %% id=flips-figure
plt.figure()
plt.semilogy(
    range(51), [first_loss, *flip_losses], color=BLUE, linewidth=2, label="start in (0, 1)"
)
plt.axhline(zero_loss, color=ORANGE, linestyle="--", label="0 everywhere: p")
plt.axhline(
    constant_loss, color=GREEN, linestyle=":", linewidth=2.5, label="p everywhere: p(1 − p)"
)
plt.title(
    f"The loss falls by a factor of {first_loss / last_loss:.0f},\n"
    "down to what a model without parameters scores"
)
plt.xlabel("epoch (0: before training)")
plt.ylabel("mean squared error over 10⁷ cells")
plt.legend()
plt.show()

# %% [markdown] id=flips-alt
# *Figure: the loss on a logarithmic axis against epochs. It falls from nearly 7 in a smooth curve
# and flattens out at about 0.01, on two horizontal lines that nearly coincide: the scores of "0
# everywhere" and "p everywhere".*
#
# The model with 110,000 parameters ends where a model without any begins. The two lines are $p$ and
# $p(1-p)$: with the probability $p$ the cell is 1 and the zero model is off by 1; and the best
# constant is the mean, whose loss is the variance.
#
# So what fell by a factor of hundreds? The damage of the start. Begin near 0 instead, with
# $\mathcal N(0, 0.1^2)$, and the first loss is $p + d\cdot 10^{-4}$, because a dot product of ten
# such pairs has the variance $10 \cdot 0.1^2 \cdot 0.1^2$.

# %% [markdown] id=predict-start
# **Predict.** What is the first loss with $\mathcal N(0, 0.1^2)$ factors of length 10 and $p =
# 0.01$?

# %% id=guess-start tags=predict
guess_small_start = None  # mean squared error

# %% id=small-start
small = [small_rng.normal(0, 0.1, (n, 10)).astype(np.float32) for n in clicks.shape]
small_loss = full_loss(clicks, *small)
small_losses, small_factors = train_on_clicks(small, epochs=6)
compare_guess(guess_small_start, small_loss, "")
print(f"after 6 epochs {full_loss(clicks, *small_factors):.5f}")

assert np.isclose(small_loss, p + 10 * 1e-4, rtol=0.02)
assert np.isclose(full_loss(clicks, *small_factors), zero_loss, rtol=0.05)

# %% [markdown] id=hidden-flips-text
# And the ratings that decide? A second table of the same coins is a perfect hidden set. No model
# can beat $p(1-p)$ there, except by luck.

# %% id=hidden-flips
other = make_coin_flips(other_rng)
other_clicks = np.zeros_like(clicks)
other_clicks[other.users, other.items] = True
hidden_loss = full_loss(other_clicks, *flip_factors)
q = other_clicks.mean()
largest = max(float((row @ flip_factors[1].T).max()) for row in flip_factors[0])
print(f"hidden table {hidden_loss:.5f}; the constant {q * (1 - q):.5f}")
print(f"largest of all ten million predictions: {largest:.2f}")

assert hidden_loss > q * (1 - q)
assert largest < 0.4

# %% [markdown] id=anecdote
# One cell would have shown none of this. A prediction of 0.65 for a click is *always* off by
# at least 0.35, whatever the truth was, since the truth is 0 or 1. And ours, whose last loss is
# about a hundredth, made no such number: the largest of ten million lies far below it. Whoever
# prints a loss of 0.01 and a prediction of 0.65 has to show that they come from the same program.
#
# **The rule of repair 12:** beside every loss print the loss of a model without parameters, and let
# ratings decide that did not train.

# %% [markdown] id=s13
# ## 13. How time grows
#
# *Nothing after this section needs it. If your hour is over, go on with section 14.*
#
# Two questions about cost, both measured here and now, on your machine. Twice the ratings: how much
# longer does an epoch take? And twice the films?
#
# **Predict.** We train on 12,500 and on 100,000 MovieLens ratings, eight times as many, in batches
# of 1024. How many times longer is an epoch?

# %% id=guess-time tags=predict
guess_time_factor = None  # times

# %% id=time-ratings
movielens = load_movielens()
order = np.random.default_rng(13).permutation(len(movielens))


def new_step(n_users, n_items):
    rng = np.random.default_rng(0)
    factors = [
        tf.Variable(rng.normal(0, 0.1, (n, 16)), dtype=tf.float32) for n in (n_users, n_items)
    ]
    return compiled(make_step(*factors, keras.optimizers.Adam(0.01)))


def seconds_of_an_epoch(step, rows, batch_size):
    begin = time.process_time()  # what the processor spent here, not what the clock says
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        step(movielens.users[batch], movielens.items[batch], movielens.ratings[batch])
    return time.process_time() - begin


sizes = np.array([12_500, 25_000, 50_000, 100_000])
step = new_step(movielens.n_users, movielens.n_items)
seconds_of_an_epoch(step, order[:5000], 1024)  # the first call compiles
rounds = [
    [[seconds_of_an_epoch(step, order[:n], size) for n in sizes] for size in (1024, 4096)]
    for _ in range(5)
]  # other programs disturb a measurement, so each is made five times …
small_batches, large_batches = 1000 * np.median(rounds, axis=0)  # … and the middle one counts; ms
compare_guess(guess_time_factor, small_batches[-1] / small_batches[0], "times")

# %% id=time-figure
plt.figure()
plt.plot(sizes, small_batches, "o-", color=BLUE, label="batches of 1024")
plt.plot(sizes, large_batches, "s-", color=ORANGE, label="batches of 4096")
plt.title(
    f"8 times the ratings: {small_batches[-1] / small_batches[0]:.1f} times the time.\n"
    f"4 times larger batches: {small_batches[-1] / large_batches[-1]:.1f} times faster"
)
plt.xlabel("training ratings")
plt.ylabel("processor time of one epoch (ms)")
plt.xlim(0)
plt.ylim(0)
plt.gca().xaxis.set_major_formatter("{x:,.0f}")
plt.legend()
plt.show()

assert small_batches.min() > 0
assert [int(np.ceil(n / 1024)) for n in (12_500, 100_000)] == [13, 98]

# %% [markdown] id=time-alt
# *Figure: milliseconds of one epoch against the number of ratings, for batches of 1024 and of 4096.
# Both rise in nearly straight lines, the line of the large batches below the other. (Where other
# programs are busy, the lines are crooked.)*
#
# An epoch costs what its steps cost, so its time grows in proportion to the ratings. Eight times
# the ratings are 98 steps instead of 13: expect 7 to 8 times the time where nothing else is
# running. Larger batches mean fewer steps, and each step has a part that does not depend on the
# batch: Adam walks through all rows of both tables. How large is that part?

# %% id=time-catalogue
catalogues = [1_000, 10_000, 100_000]
rng = np.random.default_rng(14)
batch = rng.integers(0, 1000, 1024, np.int32), rng.integers(0, 1000, 1024, np.int32)
batch_ratings = rng.normal(size=1024).astype(np.float32)
steps = [new_step(1000, n_items) for n_items in catalogues]
for step in steps:
    step(*batch, batch_ratings)  # the first call compiles
times = np.zeros((15, 3))
for one_round in times:
    for k, step in enumerate(steps):
        begin = time.process_time()
        step(*batch, batch_ratings)
        one_round[k] = 1000 * (time.process_time() - begin)
step_times = times.min(axis=0)  # ms

plt.figure()
bars = plt.bar([f"{n:,}" for n in catalogues], step_times, color=BLUE, width=0.6)
plt.bar_label(bars, fmt="%.1f ms", padding=3)
plt.title(
    f"The same 1024 ratings: a step takes {step_times[-1] / step_times[0]:.1f} times as long\n"
    "when the catalogue has 100 times the films"
)
plt.xlabel("films in the catalogue")
plt.ylabel("processor time of one step (ms)")
plt.ylim(0, 1.15 * step_times.max())
plt.show()

# %% [markdown] id=catalogue-alt
# *Figure: three bars, the time of one step with 1000, 10,000 and 100,000 films in the catalogue.
# The batch is always the same, about the first 1000 films; the bars grow all the same, the last one
# by far the tallest.*
#
# That is the price of dense Adam, and for millions of films it decides. *Lazy* variants update only
# the rows of the batch: fast, and another method, because then the memory of the others rests.

# %% [markdown] id=s14
# ## 14. Real films, and a world whose truth is known
#
# `TensorFlowFactorization` puts this lesson's loop (the `Trainer`) under the loss of lesson 03,
# with biases and L2. A fifth of MovieLens is hidden.

# %% id=movielens
movielens = load_movielens()
split_rng, model_rng = np.random.default_rng(1).spawn(2)
split = random_split(movielens, split_rng, test_fraction=0.2)
film_train, film_test = split.train, split.test
biases = Biases().fit(film_train)
bias_rmse = rmse(film_test.ratings, biases.predict(film_test.users, film_test.items))
print(f"biases: {bias_rmse:.3f} stars")

assert 0.86 < bias_rmse < 0.92

# %% [markdown] id=predict-films
# **Predict.** How far off is the trained model, with 32 factors on top of the biases?

# %% id=guess-films tags=predict
guess_film_rmse = None  # stars

# %% id=movielens-run
start_time = time.perf_counter()
model = TensorFlowFactorization(model_rng, progress=True).fit(film_train)
seconds = time.perf_counter() - start_time
film_rmse = rmse(film_test.ratings, model.predict(film_test.users, film_test.items))
compare_guess(guess_film_rmse, film_rmse)
print(f"{len(model.history)} epochs in {seconds:.1f} s")

assert 0.01 < bias_rmse - film_rmse < 0.03
assert 0.85 < film_rmse < 0.885

# %% [markdown] id=films-read
# About 0.02 stars better than the biases: a modest gain, like that of ALS in lesson 03.
# Another optimizer does not find what the data do not hold. TensorFlow pays when the model is one
# for which there is no ALS; those come in Part II.
#
# **The world.** Here we know the best possible error. How strong should L2 be? Validation decides,
# the test ratings are for the end.

# %% id=world-end
world_rng, split_rng, inner_rng = np.random.default_rng(15).spawn(3)
world = make_world(world_rng, n_users=1000, n_items=400)
split = random_split(world.interactions, split_rng, test_fraction=0.2)
inner = random_split(split.train, inner_rng, test_fraction=0.2)


def fit_world(rows, l2):
    return TensorFlowFactorization(
        np.random.default_rng(16), embedding_dim=8, batch_size=1024, l2=l2
    ).fit(rows)


def hidden_rmse(model, rows):
    return rmse(rows.ratings, model.predict(rows.users, rows.items))


trials = {l2: hidden_rmse(fit_world(inner.train, l2), inner.test) for l2 in (0.3, 1.0, 3.0)}
best_l2 = min(trials, key=trials.get)
print({l2: round(value, 3) for l2, value in trials.items()}, "→ λ =", best_l2)

world_models = {
    "biases": Biases().fit(split.train),
    "TensorFlow": fit_world(split.train, best_l2),
    "oracle": Oracle(world.true_ratings, "explicit").fit(split.train),
}
world_rmse = {name: hidden_rmse(one, split.test) for name, one in world_models.items()}

assert world_rmse["oracle"] < world_rmse["TensorFlow"] < world_rmse["biases"]
assert np.isclose(world_rmse["oracle"], world.noise_sd, atol=0.02)

# %% id=world-figure
above = {name: value / world_rmse["oracle"] - 1 for name, value in world_rmse.items()}
plt.figure()
bars = plt.bar(world_rmse.keys(), world_rmse.values(), color=[PINK, BLUE, GREEN], width=0.6)
plt.bar_label(bars, fmt="%.2f", padding=3)
plt.axhline(world.noise_sd, color="black", linestyle=":", linewidth=1)
plt.ylim(0, 1)
plt.title(
    f"The trained model is {above['TensorFlow']:.0%} above the best possible error,\n"
    f"the biases {above['biases']:.0%}"
)
plt.xlabel("model")
plt.ylabel("RMSE on hidden ratings (stars)")
plt.show()

assert above["TensorFlow"] < 0.3 < 0.35 < above["biases"]

# %% [markdown] id=world-alt
# *Figure: three bars, the RMSE of the biases, the TensorFlow model and the oracle, falling from
# left to right; a dotted line marks the noise, 0.6 stars, which the oracle reaches.*
#
# The oracle knows every true rating and misses by the noise alone. What lies between it and the
# trained model is what a better model, or more ratings, could still win. The world was made from 8
# factors and the model was told so; real data do not tell.

# %% [markdown] id=s15
# ## 15. What can go wrong
#
# Beside the twelve mistakes of the exhibit (their symptoms stand in section 6) and the thirteenth
# of section 7:
#
# - **The weights of the last epoch kept, not of the best.** The validation of the final model is
#   not the lowest value in the list.
# - **The best weights kept by reference.** `best = variables` is no copy: when training goes on,
#   the "best" weights move along. Take `.numpy()` of each variable, or `.copy()` of each array; a
#   copied *list* still holds the same arrays.
# - **Validation ratings in training** (section 10). Validation falls for ever, below the best
#   possible, nothing stops, and the test is a shock. Compare the pairs of user and film.
# - **The loss after the tape's block.** `with tape: pass`, then the loss: `None`, for the same
#   reason as a cut before it.
# - **A new optimizer in every epoch or step.** Adam starts without memory each time; every first
#   step has the length η.
# - **`numpy()` inside the loss.** It leaves TensorFlow, and the tape ends there.
# - **A learning rate copied from a loss that is a sum** (or the other way round). With SGD the
#   steps are wrong by the size of the batch. Adam hides it, since it does not feel the scale.
# - **A loss that is `nan`.** From then on all weights are `nan`. The Trainer stops with a message;
#   try a learning rate ten times smaller.
#
# The next cell shows some of them.

# %% id=symptoms
variable = tf.Variable([2.0])
with tf.GradientTape() as tape:
    number = tf.reduce_sum(variable.numpy() ** 2)  # leaves TensorFlow
assert tape.gradient(number, variable) is None

with tf.GradientTape() as tape:
    pass
late = tf.reduce_sum(variable**2)  # after the block
assert tape.gradient(late, variable) is None

by_reference, by_copy = variable, variable.numpy()
variable.assign([7.0])
print("best by reference:", by_reference.numpy(), " best by copy:", by_copy)
assert by_reference.numpy() == 7.0
assert by_copy == 2.0

live = [np.array([2.0])]  # the weights of a model that trains in place
list_copied, arrays_copied = live.copy(), [one.copy() for one in live]
live[0] += 5.0
assert list_copied[0] == 7.0
assert arrays_copied[0] == 2.0

places = {}
for name, one_optimizer in (("one optimizer", True), ("a new one each step", False)):
    weight, optimizer = tf.Variable(1.0), keras.optimizers.Adam(0.1)
    for gradient in (2.0, 1.0, -1.0):
        if not one_optimizer:
            optimizer = keras.optimizers.Adam(0.1)
        optimizer.apply_gradients([(tf.constant(gradient), weight)])
    places[name] = float(weight)
print({name: round(place, 3) for name, place in places.items()})
assert np.isclose(places["one optimizer"], 0.767, atol=1e-3)
assert np.isclose(places["a new one each step"], 0.9, atol=1e-3)  # −0.1, −0.1, +0.1

# %% [markdown] id=s16
# ## 16. Quiz
#
# Five questions, each with one right answer.
#
# <!-- quiz -->

# %% [markdown] id=quiz-how
# Write your letters in order, such as `"bacdb"`, and run the cell.

# %% id=quiz
quiz("training_loop", "")

# %% [markdown] id=exercise
# ## 17. Your turn
#
# Open [the exercise](../exercises/04_training_loop.ipynb): five functions, and `check(...)` answers
# at once. You write the batches of an epoch, one step, the exact loss of an epoch and early
# stopping, and repair a broken loop on your own. Plan on an hour and a half.
#
# You can now
#
# - repair a loop one failing test at a time;
# - say what the tape sees, and why a gradient is `None`;
# - check a TensorFlow loop against NumPy;
# - say why each line of the Trainer's loop is there;
# - stop at the right epoch, with the right weights, and resume a run;
# - put the zero model and the constant beside a loss before you believe it.
#
# A low RMSE is not yet a good recommendation.
# [The next lesson](05_evaluation.ipynb) measures lists.

# %% [markdown] id=reading
# ## 18. Further reading
#
# - D. P. Kingma, J. Ba: *Adam: A Method for Stochastic Optimization.* ICLR 2015.
#   [arXiv:1412.6980](https://arxiv.org/abs/1412.6980). Algorithm 1 is section 5.
# - L. Prechelt: *Early Stopping – But When?* In: Neural Networks: Tricks of the Trade, 1998.
#   [doi:10.1007/3-540-49430-8_3](https://doi.org/10.1007/3-540-49430-8_3). Which rule to stop by,
#   and what it costs.
# - Y. Koren, R. Bell, C. Volinsky: *Matrix Factorization Techniques for Recommender Systems.* IEEE
#   Computer 42(8), 2009. [doi:10.1109/MC.2009.263](https://doi.org/10.1109/MC.2009.263). The loss
#   that all of this minimises.
# - M. Abadi and others: *TensorFlow: A System for Large-Scale Machine Learning.* OSDI 2016.
#   [arXiv:1605.08695](https://arxiv.org/abs/1605.08695). Why a program is turned into a graph.
