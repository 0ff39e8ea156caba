"""Other right answers to exercise 04: other draws, other optimizers' calls, NumPy, float64."""

import copy
import random

import numpy as np


def batches_by_drawing_lots(n_rows, batch_size, rng):
    rest, batches = list(range(n_rows)), []
    while rest:
        batch = [rest.pop(int(rng.integers(len(rest)))) for _ in range(min(batch_size, len(rest)))]
        batches.append(batch)
    return batches


def batches_by_sorting_noise(n_rows, batch_size, rng):
    order = np.argsort(rng.random(n_rows))
    return tuple(np.split(order, range(batch_size, n_rows, batch_size)))


def batches_one_by_one(n_rows, batch_size, rng):
    rows = list(range(n_rows))
    random.Random(int(rng.integers(2**63))).shuffle(rows)
    for start in range(0, n_rows, batch_size):
        yield np.array(rows[start : start + batch_size], dtype=np.int32)


def step_by_lookup(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    targets = tf.cast(ratings, user_factors.dtype)
    with tf.GradientTape(persistent=True) as tape:
        u = tf.nn.embedding_lookup(user_factors, users)
        v = tf.nn.embedding_lookup(item_factors, items)
        loss = tf.math.squared_difference(targets, tf.einsum("bd,bd->b", u, v))
        loss = tf.reduce_sum(loss) / len(ratings)
    optimizer.apply_gradients(
        [
            (tape.gradient(loss, item_factors), item_factors),
            (tape.gradient(loss, user_factors), user_factors),
        ]
    )
    return loss


def step_by_one_hot_rows(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    who = tf.one_hot(users, user_factors.shape[0])
    what = tf.one_hot(items, item_factors.shape[0])
    stars = tf.constant(ratings, dtype=tf.float32)
    with tf.GradientTape() as tape:
        predictions = tf.reduce_sum((who @ user_factors) * (what @ item_factors), axis=-1)
        loss = tf.reduce_mean(tf.square(predictions - stars))
    variables = (user_factors, item_factors)
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss.numpy()


def epoch_by_average(step, batches):
    weights = [len(batch) for batch in batches]
    return np.average([step(batch) for batch in batches], weights=weights)


def epoch_by_running_mean(step, batches):
    mean, n_rows = 0.0, 0
    for batch in batches:
        n_rows += len(batch)
        mean += (step(batch) - mean) * len(batch) / n_rows
    return np.float32(mean)


def fit_by_history(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    history = []
    while len(history) < max_epochs:
        train_epoch()
        history.append((validate(), len(history), copy.deepcopy(get_weights())))
        best = min(history, key=lambda record: record[:2])
        if len(history) - 1 - best[1] >= patience:
            break
    set_weights(best[2])
    return np.array([value for value, _, _ in history])


def fit_by_counting(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    best, kept, left, values = np.inf, None, patience, []
    for _ in range(max_epochs):
        train_epoch()
        value = validate()
        values += [value]
        better = value < best
        left = patience if better else left - 1
        if better:
            best, kept = value, [np.array(part) for part in get_weights()]
        if not left:
            break
    set_weights(kept)
    return tuple(values)


def loop_with_slices(
    users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed
):
    """Keras gets the slices of tf.gather as they are; chance comes from TensorFlow and NumPy."""
    from recsys_course.deep.runtime import keras, tf

    keras.utils.set_random_seed(seed)
    u_var = tf.Variable(tf.random.normal((n_users, embedding_dim), stddev=0.1))
    v_var = tf.Variable(tf.random.normal((n_items, embedding_dim), stddev=0.1))
    adam = keras.optimizers.Adam(learning_rate=learning_rate)
    history = []
    for _ in range(epochs):
        squares = []
        order = np.random.permutation(len(ratings))  # noqa: NPY002
        for batch in np.split(order, range(batch_size, len(order), batch_size)):
            with tf.GradientTape() as tape:
                predictions = tf.einsum(
                    "bd,bd->b", tf.gather(u_var, users[batch]), tf.gather(v_var, items[batch])
                )
                errors = tf.square(tf.cast(ratings[batch], tf.float32) - predictions)
                loss = tf.reduce_mean(errors)
            adam.apply_gradients(
                zip(tape.gradient(loss, [u_var, v_var]), [u_var, v_var], strict=True)
            )
            squares.extend(errors.numpy())
        history.append(np.mean(squares))
    return [u_var.numpy(), v_var.numpy(), np.array(history)]


def loop_in_numpy(
    users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed
):
    """The same Adam by hand, in float64, with one matrix for both kinds of rows."""
    start, shuffle = np.random.default_rng(seed).spawn(2)
    factors = start.normal(scale=0.1, size=(n_users + n_items, embedding_dim))
    mean, square, steps, losses = np.zeros_like(factors), np.zeros_like(factors), 0, []
    columns = n_users + np.asarray(items)
    for _ in range(epochs):
        order = np.argsort(shuffle.random(len(ratings)))
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            u, v = users[batch], columns[batch]
            errors = ratings[batch] - (factors[u] * factors[v]).sum(axis=1)
            total += errors @ errors
            gradient, steps = np.zeros_like(factors), steps + 1
            np.add.at(gradient, u, -2 * errors[:, None] * factors[v] / len(batch))
            np.add.at(gradient, v, -2 * errors[:, None] * factors[u] / len(batch))
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            size = np.sqrt(square / (1 - 0.999**steps)) + 1e-7
            factors = factors - learning_rate * mean / (1 - 0.9**steps) / size
        losses.append(total / len(order))
    return factors[:n_users], factors[n_users:], losses


def loop_with_a_data_set(
    users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed
):
    """TensorFlow shuffles and cuts; the course's own Adam takes the steps."""
    from recsys_course.deep.adam import Adam
    from recsys_course.deep.runtime import tf

    tf.random.set_seed(seed)
    variables = [
        tf.Variable(tf.random.normal((n, embedding_dim), stddev=0.1)) for n in (n_users, n_items)
    ]
    data = tf.data.Dataset.from_tensor_slices((users, items, np.asarray(ratings, np.float32)))
    data = data.shuffle(len(ratings), seed=seed).batch(batch_size)
    adam, losses = Adam(variables, learning_rate), []
    for _ in range(epochs):
        total = 0.0
        for who, what, stars in data:
            with tf.GradientTape() as tape:
                u, v = tf.gather(variables[0], who), tf.gather(variables[1], what)
                loss = tf.reduce_mean((stars - tf.reduce_sum(u * v, axis=1)) ** 2)
            adam.apply([tf.convert_to_tensor(one) for one in tape.gradient(loss, variables)])
            total += float(loss) * len(stars)
        losses.append(total / len(ratings))
    return variables[0].numpy(), variables[1].numpy(), losses


ANSWERS = {
    "epoch_batches": [batches_by_drawing_lots, batches_by_sorting_noise, batches_one_by_one],
    "train_step": [step_by_lookup, step_by_one_hot_rows],
    "run_epoch": [epoch_by_average, epoch_by_running_mean],
    "fit_with_early_stopping": [fit_by_history, fit_by_counting],
    "repair_the_loop": [loop_with_slices, loop_in_numpy, loop_with_a_data_set],
}
