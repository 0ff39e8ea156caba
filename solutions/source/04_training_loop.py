# %% [markdown] id=title
# # Exercise 04 · The training loop
#
# You write the parts of a training loop: the batches of an epoch, one step on one batch, the loss
# of an epoch and the moment to stop. Then you repair a loop in which almost every line is wrong.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops or arrays, lists, `float32` or `float64`, helper functions and
# extra cells are all fine, and a function may call the functions that you wrote before it. Keep the
# name and the arguments of each function.
#
# **Where help is.** Each exercise names its section of
# [lesson 04](../lessons/04_training_loop.ipynb). The examples here can be computed with a pencil;
# do one before you type. Stuck? Write `hint(epoch_batches)` in a new cell: first it asks you a
# question, on the second call it points to what you need, on the third it gives you a plan. It
# never shows code.
#
# Plan on an hour and a half. The notebook itself runs in about ten seconds, most of which
# TensorFlow needs to start.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint
from recsys_course.deep.adam import Adam
from recsys_course.deep.runtime import keras, tf

# %% [markdown] id=running-example
# ## The running example
#
# Six known ratings, **one a row**: who rated what, with how many stars. Beside them stand the
# factors that we start from, two numbers a user ($U$) and two numbers a film ($V$). They are the
# first two users of the table in the lesson, counted from 0 as in code.
#
# | row | 0 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|---|
# | **user** | 0 | 0 | 0 | 1 | 1 | 1 |
# | **film** | 0 | 1 | 3 | 0 | 3 | 4 |
# | **stars** | 5 | 3 | 1 | 4 | 1 | 1 |
#
# $$U = \begin{pmatrix}1 & \tfrac12\\ 1 & 0\end{pmatrix}\qquad
# V = \begin{pmatrix}2 & 1\\ 1 & 1\\ 1 & 2\\ 1 & 3\\ 0 & 2\end{pmatrix}$$
#
# A batch is an array of **row numbers**. `users[batch]`, `items[batch]` and `ratings[batch]` then
# have the shape (batch,), and position $k$ of all three speaks of the same rating.

# %% id=running-example-arrays
users = np.array([0, 0, 0, 1, 1, 1])  # (n_ratings,)
items = np.array([0, 1, 3, 0, 3, 4])  # (n_ratings,)
ratings = np.array([5.0, 3, 1, 4, 1, 1])  # (n_ratings,), stars
U = np.array([[1, 0.5], [1, 0]])  # (n_users, embedding_dim)
V = np.array([[2.0, 1], [1, 1], [1, 2], [1, 3], [0, 2]])  # (n_items, embedding_dim)

# %% [markdown] id=about-batches
# ## 1. The batches of an epoch
#
# ★☆☆ · 7 minutes · *You learn* what an epoch owes to every row. Lesson section 6.
#
# One epoch visits every row **once**. Put the rows $0 \dots n-1$ in a random order, then cut the
# order into batches of `batch_size` rows. Only the last batch may be shorter, and it is never
# empty. All chance comes from `rng`, a NumPy generator: called again with the same `rng`, which has
# moved on, the function returns a new order.
#
# Returns: a list of arrays of row numbers.
#
# By hand: five rows in batches of two make three batches of 2, 2 and 1 rows, for example
# $[3, 0], [4, 1], [2]$.


# %% id=ex-batches tags=exercise
def epoch_batches(n_rows, batch_size, rng):
    """Cut all rows, in a random order, into batches.

    Args:
        n_rows: How many rows there are.
        batch_size: Rows in a batch; the last batch may have fewer.
        rng: The `numpy.random.Generator` that the order is drawn from.

    Returns:
        A list of arrays of row numbers, which hold each of 0 … n_rows - 1 once.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
    ### END SOLUTION


# %% id=check-batches
check(epoch_batches)

# %% [markdown] id=about-step
# ## 2. One step on one batch
#
# ★★☆ · 15 minutes · *You learn* what a gradient tape must see. Lesson sections 3 to 5 and 7.
#
# Row $k$ of the batch is a rating $r_k$ of user $i_k$ for item $j_k$. The loss is the **mean**
# squared error of the batch $B$:
#
# $$L_B = \frac{1}{|B|}\sum_{k \in B}\left(r_k - u_{i_k}\cdot v_{j_k}\right)^2$$
#
# `user_factors` and `item_factors` are `tf.Variable`s. Compute $L_B$ on a `tf.GradientTape`,
# differentiate it by both of them, and let the optimizer move both **once**:
# `optimizer.apply_gradients(zip(gradients, variables))`. Then return $L_B$ as it was *before* the
# step. Nothing else changes the variables: how far they go is the optimizer's business.
#
# Shapes: `user_factors` (n_users, embedding_dim) and `item_factors` (n_items, embedding_dim);
# `users`, `items` and `ratings` (batch,), which are NumPy arrays or tensors. Three facts:
#
# - `tf.gather(variable, rows)` takes rows of a variable, and a row may be taken more than once.
# - TensorFlow refuses to mix `float32` with `float64` tensors, while a NumPy array beside a tensor
#   takes the type of the tensor.
# - The gradient of `tf.gather` is a list of slices, one for each row of the batch.
#   `tf.convert_to_tensor(gradient)` adds up the slices of the same user. Keras squares them one by
#   one in its Adam and adds up later, which is another step when a user stands in the batch twice
#   (lesson section 7). Both ways count as right here.
#
# By hand, for the rows 0 and 1 and gradient descent with learning rate 0.1: the errors of user 0
# are $5 - 2.5$ and $3 - 1.5$, so $L_B = (6.25 + 2.25)/2 = 4.25$. With
# $\partial L_B / \partial u_0 = -\tfrac22\,[\,2.5\,(2,1) + 1.5\,(1,1)\,] = (-6.5, -4)$ user 0 goes
# to $(1.65,\ 0.9)$. Films 0 and 1 go to $(2.25,\ 1.125)$ and $(1.15,\ 1.075)$. All other rows stay.


# %% id=ex-step tags=exercise
def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    """Take one step of an optimizer on the mean squared error of one batch.

    Args:
        user_factors: `tf.Variable`, shape (n_users, embedding_dim); the step changes it.
        item_factors: `tf.Variable`, shape (n_items, embedding_dim); the step changes it.
        users: Row of user_factors for each rating of the batch, shape (batch,).
        items: Row of item_factors for each rating of the batch, shape (batch,).
        ratings: The ratings of the batch in stars, shape (batch,).
        optimizer: A Keras optimizer, such as `keras.optimizers.SGD(0.1)`.

    Returns:
        The mean squared error of the batch before the step, one number.
    """
    ### BEGIN SOLUTION
    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)  # (batch, embedding_dim)
        batch_v = tf.gather(item_factors, items)  # (batch, embedding_dim)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)  # (batch,)
        loss = tf.reduce_mean(errors**2)
    gradients = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, variables)]
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
    ### END SOLUTION


# %% id=check-step
check(train_step)

# %% [markdown] id=about-epoch
# ## 3. The loss of an epoch
#
# ★☆☆ · 7 minutes · *You learn* why a mean of means is not the mean. Lesson section 6.
#
# `step(batch)` trains on one batch and returns the mean loss $L_B$ of its rows. Call it once for
# each batch, in the order of the list, and return the mean loss **over all rows**:
#
# $$L = \frac{\sum_B |B|\, L_B}{\sum_B |B|}$$
#
# $|B|$ is the number of rows of a batch, `len(batch)`.
#
# By hand: batches of 2, 2 and 1 rows with losses 1, 1 and 9 give
# $(2 \cdot 1 + 2 \cdot 1 + 1 \cdot 9)/5 = 2.6$.


# %% id=ex-epoch tags=exercise
def run_epoch(step, batches):
    """Train on every batch once, and average the loss over all rows.

    Args:
        step: A function; `step(batch)` trains on a batch and returns its mean loss.
        batches: A list of arrays of row numbers, maybe of different lengths.

    Returns:
        The mean loss over all rows of all batches, one number.
    """
    ### BEGIN SOLUTION
    total = sum(step(batch) * len(batch) for batch in batches)
    return total / sum(len(batch) for batch in batches)
    ### END SOLUTION


# %% id=check-epoch
check(run_epoch)

# %% [markdown] id=about-stopping
# ## 4. Early stopping
#
# ★★★ · 20 minutes · *You learn* to come back with the best weights, not with the last. See
# lesson section 10.
#
# You get four functions and know nothing of the model behind them. In each epoch call
# `train_epoch()`, then `validate()`, which returns a number: **lower is better**.
#
# - An epoch is the *best so far* when its value is lower than all values before it. An equal value
#   is not better. The first epoch is always the best so far.
# - Stop after `patience` epochs in a row without a new best, at the latest after `max_epochs`.
# - At the end, however it came, call `set_weights` with the weights of the best epoch.
#
# `get_weights()` returns a list of NumPy arrays, of any shapes. **They may be the live arrays**,
# which training goes on to change in place: keep a copy of each of them. Do not call `set_weights`
# before training is over.
#
# By hand, with `patience=2` and the values 0.9, 0.7, 0.8, 0.7: epoch 2 is the best; neither epoch 3
# nor epoch 4 is better, so training stops after epoch 4, and the weights of epoch 2 are set. The
# function returns the four values.


# %% id=ex-stopping tags=exercise
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    """Train until validation stops improving, and restore the best weights.

    Args:
        train_epoch: A function without arguments that trains for one epoch.
        validate: A function without arguments that returns a number, better when lower.
        get_weights: Returns the weights, a list of arrays, maybe the live ones.
        set_weights: Takes such a list and puts it into the model.
        max_epochs: Epochs at most, 1 or more.
        patience: Stop after this many epochs in a row without a new best, 1 or more.

    Returns:
        The list of validation values, one an epoch.
    """
    ### BEGIN SOLUTION
    values = []
    best_epoch, best_weights = 0, []
    for epoch in range(max_epochs):
        train_epoch()
        values.append(validate())
        if epoch == 0 or values[epoch] < values[best_epoch]:
            best_epoch = epoch
            best_weights = [weights.copy() for weights in get_weights()]
        if epoch - best_epoch == patience:
            break
    set_weights(best_weights)
    return values
    ### END SOLUTION


# %% id=check-stopping
check(fit_with_early_stopping)

# %% [markdown] id=about-repair
# ## 5. Repair the loop
#
# ★★★ · 35 minutes · *You learn* to find a fault by its symptom. Lesson sections 1 to 7, and
# section 9 for a whole loop.
#
# This program is meant to train matrix factorisation on ratings. It has the same faults as many
# loops that you can find on the web. **Read it first, and write down every fault that you find.**
# There are at least ten.
#
# ```python
# def train(users, items, ratings, n_users, n_items, embedding_dim,
#           epochs, batch_size, learning_rate):
#     U = np.random.rand(n_users, embedding_dim)
#     V = np.random.rand(n_items, embedding_dim)
#     R = np.zeros((n_users, n_items))
#     R[users, items] = ratings
#     optimizer = keras.optimizers.Adam(learning_rate)
#     losses = []
#     for epoch in range(epochs):
#         batch_losses = []
#         for start in range(0, n_users - n_users % batch_size, batch_size):
#             batch_u = U[start : start + batch_size]
#             batch_v = V[:, start : start + batch_size]
#             predictions = batch_u @ batch_v
#             loss = tf.reduce_mean((R[start : start + batch_size] - predictions) ** 2)
#             with tf.GradientTape() as tape:
#                 gradients = tape.gradient(loss, [U, V])
#             optimizer.apply_gradients(zip(gradients, [U, V]))
#             batch_losses.append(loss)
#         losses.append(np.mean(batch_losses))
#     return U, V, losses
# ```
#
# Now write the program that was meant. This is what it promises:
#
# - **Start.** Both matrices start with independent draws from a normal distribution with mean 0 and
#   standard deviation 0.1.
# - **Chance.** The start and the orders of all epochs come from `seed` alone: the same seed gives
#   the same bits, another seed something else.
# - **Epoch.** Every epoch visits every rating once, in batches of `batch_size` ratings, in an order
#   that is drawn anew for every epoch. The last batch may be shorter; one batch may hold all
#   ratings.
# - **Step.** A batch makes one step of Adam on its mean squared error, which moves both matrices.
#   One Adam serves the whole run, as each step builds on its memory. A pair of user and item
#   without a rating plays no role.
# - **Loss.** One number an epoch: the mean squared error over all rows, each batch measured just
#   before its own step.
# - **Result.** Both matrices as NumPy arrays, and the list of losses.
#
# Three facts: `tf.Variable(draws, dtype=tf.float32)` makes a variable of an array of draws. Adam is
# yours to choose: `keras.optimizers.Adam(learning_rate)` as in exercise 2, or the course's own
# `Adam(variables, learning_rate)`, whose `apply(gradients)` wants one tensor for each variable and
# takes half the time. And leave `tf.function` out: the checks train small tables for a few steps
# each, and compiling would take longer than training.
#
# By hand: factors as small as these predict almost 0 at first, so the ratings 4, 2 and 1 in one
# batch give a first loss near $(16 + 4 + 1)/3 = 7$.


# %% id=ex-repair tags=exercise
def repair_the_loop(
    users,
    items,
    ratings,
    n_users,
    n_items,
    embedding_dim,
    epochs,
    batch_size,
    learning_rate,
    seed,
):
    """Fit user and item factors to known ratings with Adam, a batch at a time.

    Args:
        users: Row of the user of each rating, shape (n_ratings,).
        items: Row of the item of each rating, shape (n_ratings,).
        ratings: The known ratings, shape (n_ratings,).
        n_users: Rows of the user factors; some users may have no rating.
        n_items: Rows of the item factors; some items may have no rating.
        embedding_dim: Columns of both.
        epochs: How often every rating is visited.
        batch_size: Ratings in a batch.
        learning_rate: The learning rate of Adam.
        seed: Fixes the start and the order of the ratings.

    Returns:
        User factors (n_users, embedding_dim) and item factors (n_items, embedding_dim) as NumPy
        arrays, and a list of one mean squared error an epoch.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    shapes = (n_users, embedding_dim), (n_items, embedding_dim)
    factors = [tf.Variable(rng.normal(0, 0.1, shape), dtype=tf.float32) for shape in shapes]
    adam = Adam(factors, learning_rate)
    losses = []
    for _ in range(epochs):
        order, total = rng.permutation(len(ratings)), 0.0
        for start in range(0, len(ratings), batch_size):
            batch = order[start : start + batch_size]
            with tf.GradientTape() as tape:
                batch_u = tf.gather(factors[0], users[batch])  # (batch, embedding_dim)
                batch_v = tf.gather(factors[1], items[batch])  # (batch, embedding_dim)
                errors = ratings[batch] - tf.reduce_sum(batch_u * batch_v, axis=1)  # (batch,)
                loss = tf.reduce_mean(errors**2)
            adam.apply([tf.convert_to_tensor(slope) for slope in tape.gradient(loss, factors)])
            total += float(loss) * len(batch)
        losses.append(total / len(ratings))
    return factors[0].numpy(), factors[1].numpy(), losses
    ### END SOLUTION


# %% id=check-repair
check(repair_the_loop)

# %% [markdown] id=about-together
# ## All five together
#
# Nothing to write here. Once your five functions pass, this cell trains on a small world whose
# truth is known: ratings of rank 2 with a little noise, some of them kept back for validation. Then
# it trains the repaired loop on the same ratings. Until then it says what it waits for.

# %% id=together
try:
    rng = np.random.default_rng(6)
    tastes, traits = rng.normal(size=(20, 2)), rng.normal(size=(15, 2))
    pairs = rng.permutation([(user, item) for user in range(20) for item in range(15)])
    who, what = pairs.T  # (300,) each
    stars = (tastes[who] * traits[what]).sum(axis=1) + rng.normal(0, 0.1, 300)
    train, held_out = slice(0, 200), slice(200, 300)

    factors = [tf.Variable(rng.normal(0, 0.1, (n, 2)), dtype=tf.float32) for n in (20, 15)]
    optimizer = keras.optimizers.Adam(0.1)

    def one_step(batch):
        """Train on one batch of the training rows."""
        return train_step(*factors, who[batch], what[batch], stars[batch], optimizer)

    def one_epoch():
        """Train on all training rows, and keep the loss."""
        epoch_losses.append(run_epoch(one_step, epoch_batches(200, 60, rng)))

    def validate():
        """Mean squared error of the ratings that were kept back."""
        u, v = (matrix.numpy() for matrix in factors)
        return float(
            np.mean((stars[held_out] - (u[who[held_out]] * v[what[held_out]]).sum(axis=1)) ** 2)
        )

    def set_weights(weights):
        """Put weights into the two variables."""
        for matrix, values in zip(factors, weights, strict=True):
            matrix.assign(values)

    epoch_losses = []
    values = fit_with_early_stopping(
        one_epoch, validate, lambda: [f.numpy() for f in factors], set_weights, 50, 10
    )
    print(f"stopped after {len(values)} epochs; training loss {epoch_losses[-1]:.3f}")
    print(f"validation: {values[0]:.3f} at first, {min(values):.3f} at best; noise alone: 0.010")
    print(f"with the weights that came back: {validate():.3f}")
    settings = {"embedding_dim": 2, "epochs": 25, "batch_size": 60, "learning_rate": 0.1}
    u, v, losses = repair_the_loop(
        who[train], what[train], stars[train], n_users=20, n_items=15, seed=6, **settings
    )
    print(f"the repaired loop: loss {losses[0]:.3f} at first, {losses[-1]:.3f} at the end")
except NotImplementedError:
    print("This cell comes to life when all five functions are written.")
