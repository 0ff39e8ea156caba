# saved by the classic notebook
# %%
import numpy as np
from recsys_course.classroom import check
from recsys_course.deep.runtime import tf

# %%
def epoch_batches(n_rows, batch_size, rng):
    order = rng.choice(n_rows, n_rows, replace=False)
    n_batches = int(np.ceil(n_rows / batch_size))
    return [order[b * batch_size:min((b + 1) * batch_size, n_rows)] for b in range(n_batches)]

# %%
def mse_and_slopes(U, V, users, items, ratings):
    dU, dV, loss = np.zeros_like(U), np.zeros_like(V), 0.0
    for i, j, r in zip(users, items, ratings):
        e = r - U[i] @ V[j]
        loss += e * e / len(ratings)
        dU[i] -= 2 * e * V[j] / len(ratings)
        dV[j] -= 2 * e * U[i] / len(ratings)
    return loss, dU, dV

def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    """I do not trust the tape."""
    rows = [np.asarray(part) for part in (users, items, ratings)]
    loss, dU, dV = mse_and_slopes(user_factors.numpy(), item_factors.numpy(), *rows)
    optimizer.apply_gradients([(tf.constant(dU), user_factors), (tf.constant(dV), item_factors)])
    return loss

# %%
def run_epoch(step, batches):
    everything = []
    for batch in batches:
        everything.extend([step(batch)] * len(batch))
    return np.mean(everything)

# %%
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    def go_on(values, best, weights):
        if len(values) == max_epochs or len(values) - best > patience:
            return values, weights
        train_epoch()
        value = validate()
        if not values or value < min(values):
            best, weights = len(values) + 1, [np.array(w, copy=True) for w in get_weights()]
        return go_on([*values, value], best, weights) if len(values) + 1 - best < patience else ([*values, value], weights)
    values, weights = go_on([], 0, None)
    set_weights(weights)
    return values

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    rng = np.random.default_rng(seed)
    F = [rng.standard_normal((n, embedding_dim)) / 10 for n in (n_users, n_items)]
    m, s = [np.zeros_like(f) for f in F], [np.zeros_like(f) for f in F]
    t, losses = 0, []
    for _ in range(epochs):
        loss = 0
        for b in epoch_batches(len(ratings), batch_size, rng):
            t += 1
            mse, *slopes = mse_and_slopes(*F, users[b], items[b], ratings[b])
            loss += mse * len(b)
            for f, mean, square, g in zip(F, m, s, slopes):
                mean *= 0.9;    mean += 0.1 * g
                square *= 0.999; square += 0.001 * g ** 2
                f -= learning_rate * (mean / (1 - 0.9 ** t)) / (np.sqrt(square / (1 - 0.999 ** t)) + 1e-7)
        losses += [loss / len(ratings)]
    return *F, losses

# %%
for f in epoch_batches, train_step, run_epoch, fit_with_early_stopping, repair_the_loop:
    check(f)
