# saved by colab
# %%
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow import keras
print(tf.__version__, tf.config.list_physical_devices("GPU"))

# %%
def epoch_batches(n_rows, batch_size, rng):
    rows = np.arange(n_rows)
    rng.shuffle(rows)
    batches = []
    for i in range(0, n_rows, batch_size):
        batches.append(rows[i:i + batch_size])
    return batches

# %%
def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    with tf.GradientTape() as tape:
        u = tf.gather(user_factors, users)
        v = tf.gather(item_factors, items)
        pred = tf.reduce_sum(u * v, axis=1)
        loss = keras.losses.MeanSquaredError()(tf.cast(ratings, pred.dtype), pred)
    grads = tape.gradient(loss, [user_factors, item_factors])
    optimizer.apply_gradients(zip(grads, [user_factors, item_factors]))
    return loss

# %%
def run_epoch(step, batches):
    total = 0
    n = 0
    for b in batches:
        total += float(step(b)) * len(b)
        n += len(b)
    return total / n

# %%
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    best = float("inf")
    best_weights = None
    wait = 0
    values = []
    for epoch in range(max_epochs):
        train_epoch()
        value = validate()
        values.append(value)
        if best_weights is None or value < best:
            best = value
            best_weights = [np.copy(w) for w in get_weights()]
            wait = 0
        else:
            wait += 1
            if wait >= patience:
                print("stopped early at", epoch)
                break
    set_weights(best_weights)
    return values

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    rng = np.random.default_rng(seed)
    U = tf.Variable(rng.normal(scale=0.1, size=(n_users, embedding_dim)).astype("float32"))
    V = tf.Variable(rng.normal(scale=0.1, size=(n_items, embedding_dim)).astype("float32"))
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for epoch in range(epochs):
        step = lambda rows: train_step(U, V, users[rows], items[rows], ratings[rows], optimizer)
        losses.append(run_epoch(step, epoch_batches(len(ratings), batch_size, rng)))
    return U.numpy(), V.numpy(), losses

# %%
# a real run, to see the loss go down
rng = np.random.default_rng(1)
uu, ii = rng.integers(0, 200, 5000), rng.integers(0, 300, 5000)
rr = rng.normal(size=5000)
_, _, losses = repair_the_loop(uu, ii, rr, 200, 300, 16, epochs=200, batch_size=32, learning_rate=0.01, seed=0)
import matplotlib.pyplot as plt
plt.plot(losses)
