# saved by kaggle
# %%
import numpy as np, tensorflow as tf, copy, random
import keras

# %%
def epoch_batches(n_rows, batch_size, rng):
    def batches():
        rows = list(range(n_rows))
        while rows:
            yield np.array([rows.pop(rng.integers(len(rows))) for _ in range(batch_size) if rows])
    return list(batches())

# %%
def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    ratings = tf.constant(np.asarray(ratings), dtype=tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        U = tf.convert_to_tensor(user_factors)
        V = tf.convert_to_tensor(item_factors)
        tape.watch(U); tape.watch(V)
        everything = tf.matmul(U, V, transpose_b=True)
        mine = tf.gather_nd(everything, tf.stack([users, items], axis=1))
        loss = keras.ops.mean(keras.ops.square(ratings - mine))
    optimizer.apply_gradients([(tape.gradient(loss, U), user_factors), (tape.gradient(loss, V), item_factors)])
    del tape
    return loss

# %%
def run_epoch(step, batches):
    metric = keras.metrics.Mean()
    for batch in batches:
        metric.update_state(step(batch), sample_weight=len(batch))
    return metric.result()

# %%
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    history = {}
    bad = 0
    for epoch in range(1, max_epochs + 1):
        train_epoch()
        value = validate()
        bad = 0 if all(value < v for v, _ in history.values()) else bad + 1
        history[epoch] = value, copy.deepcopy(get_weights()) if bad == 0 else None
        if bad == patience:
            break
    *_, best = (w for _, w in history.values() if w is not None)
    set_weights(best)
    return [v for v, _ in history.values()]

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    random.seed(seed); np.random.seed(seed); tf.random.set_seed(seed)
    U = tf.Variable(tf.random.stateless_normal((n_users, embedding_dim), seed=(seed, 1), stddev=0.1))
    V = tf.Variable(tf.random.stateless_normal((n_items, embedding_dim), seed=(seed, 2), stddev=0.1))
    opt = keras.optimizers.Adam(learning_rate)
    opt.build([U, V])
    data = tf.data.Dataset.from_tensor_slices((np.asarray(users), np.asarray(items), np.asarray(ratings, "float32")))
    data = data.shuffle(len(ratings), seed=seed, reshuffle_each_iteration=True).batch(batch_size)
    losses = []
    for _ in range(epochs):
        total = tf.constant(0.0)
        for u, i, r in data:
            total += train_step(U, V, u, i, r, opt) * tf.cast(len(r), tf.float32)
        losses.append(float(total) / len(ratings))
    return U.numpy(), V.numpy(), losses
