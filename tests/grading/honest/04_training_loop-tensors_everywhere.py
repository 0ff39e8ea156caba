# saved by jupyterlab on windows
# %%
import tensorflow as tf
from recsys_course.deep.runtime import keras

tf.random.set_seed(1)
print(tf.reduce_sum(tf.random.normal([1000, 1000])))

# %%
def epoch_batches(n_rows, batch_size, rng):
    order = tf.constant(rng.permutation(n_rows))
    return [order[n:n + batch_size] for n in tf.range(0, n_rows, batch_size)]

# %%
def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    who = tf.one_hot(users, user_factors.shape[0], dtype=user_factors.dtype)
    what = tf.one_hot(items, item_factors.shape[0], dtype=item_factors.dtype)
    stars = tf.cast(tf.convert_to_tensor(ratings), user_factors.dtype)
    with tf.GradientTape() as tape:
        predictions = tf.linalg.diag_part(who @ user_factors @ tf.transpose(what @ item_factors))
        loss = tf.keras.losses.mse(stars, predictions)
    slopes = tape.gradient(loss, {"U": user_factors, "V": item_factors})
    optimizer.apply_gradients(grads_and_vars=[(slopes["V"], item_factors), (slopes["U"], user_factors)])
    return tf.squeeze(loss)

# %%
def run_epoch(step, batches):
    losses = tf.stack([tf.cast(step(batch), tf.float64) for batch in batches])
    sizes = tf.cast([tf.size(batch) for batch in batches], tf.float64)
    return tf.tensordot(losses, sizes, 1) / tf.reduce_sum(sizes)

# %%
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values, best, since = [], None, 0
    while len(values) < max_epochs and since < patience:
        train_epoch()
        values.append(float(validate()))
        if values[-1] < min(values[:-1], default=float("inf")) or len(values) == 1:
            best, since = [tf.identity(w) for w in get_weights()], 0
        else:
            since += 1
    set_weights([w.numpy() for w in best])
    return tf.constant(values, tf.float64)

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    g = tf.random.Generator.from_seed(seed)
    U = tf.Variable(g.normal((n_users, embedding_dim), stddev=0.1))
    V = tf.Variable(g.normal((n_items, embedding_dim), stddev=0.1))
    users, items, ratings = tf.constant(users), tf.constant(items), tf.constant(ratings, dtype="float32")
    optimizer = keras.optimizers.Adam(learning_rate=learning_rate)
    losses = tf.TensorArray(tf.float32, size=epochs)
    for epoch in range(epochs):
        order = tf.argsort(g.uniform((len(ratings),)))
        total = 0.0
        for start in range(0, len(ratings), batch_size):
            rows = order[start:start + batch_size]
            loss = train_step(U, V, tf.gather(users, rows), tf.gather(items, rows), tf.gather(ratings, rows), optimizer)
            total += loss * len(rows)
        losses = losses.write(epoch, total / len(ratings))
    return U.numpy(), V.numpy(), losses.stack()
