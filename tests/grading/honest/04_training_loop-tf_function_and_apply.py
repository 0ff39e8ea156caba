# saved by jupyterlab
# %%
import numpy as np

from recsys_course.classroom import check, hint
from recsys_course.deep.adam import Adam
from recsys_course.deep.runtime import keras, tf

# %%
def epoch_batches(n_rows, batch_size, rng):
    return np.split(rng.permutation(n_rows), np.arange(batch_size, n_rows, batch_size))

check(epoch_batches)

# %%
@tf.function
def loss_and_gradients(user_factors, item_factors, users, items, ratings):
    with tf.GradientTape() as tape:
        tape.watch([user_factors, item_factors])
        predictions = tf.einsum("bf,bf->b", tf.gather(user_factors, users), tf.gather(item_factors, items))
        loss = tf.reduce_mean(tf.math.squared_difference(predictions, ratings))
    return loss, tape.gradient(loss, [user_factors, item_factors])

def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    loss, gradients = loss_and_gradients(
        tf.convert_to_tensor(user_factors),
        tf.convert_to_tensor(item_factors),
        tf.convert_to_tensor(users),
        tf.convert_to_tensor(items),
        tf.cast(ratings, tf.float32),
    )
    gradients = [tf.convert_to_tensor(g) for g in gradients]
    optimizer.apply(gradients, [user_factors, item_factors])
    return loss.numpy()

check(train_step)

# %%
def run_epoch(step, batches):
    losses = [step(batch) for batch in batches]
    sizes = [batch.shape[0] for batch in batches]
    return np.dot(losses, sizes) / np.sum(sizes)

# %%
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values, kept = [], []
    while len(values) < max_epochs and (len(values) < 1 or len(values) - 1 - int(np.argmin(values)) < patience):
        train_epoch()
        values.append(validate())
        kept.append([w * 1 for w in get_weights()])
    set_weights(kept[int(np.argmin(values))])
    return values

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    start, shuffle = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    U = tf.Variable(start.normal(0.0, 0.1, (n_users, embedding_dim)), dtype=tf.float32)
    V = tf.Variable(start.normal(0.0, 0.1, (n_items, embedding_dim)), dtype=tf.float32)
    adam = Adam([U, V], learning_rate)
    losses = []
    for _ in range(epochs):
        squared = []
        for rows in epoch_batches(len(users), batch_size, shuffle):
            with tf.GradientTape() as tape:
                e = tf.reduce_sum(tf.gather(U, users[rows]) * tf.gather(V, items[rows]), -1) - ratings[rows]
                loss = tf.reduce_mean(e * e)
            adam.apply([tf.convert_to_tensor(g) for g in tape.gradient(loss, [U, V])])
            squared.append((e * e).numpy())
        losses.append(np.concatenate(squared).mean())
    return U.numpy(), V.numpy(), losses
