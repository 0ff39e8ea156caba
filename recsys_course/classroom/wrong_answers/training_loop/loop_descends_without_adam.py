"""It resembles plain gradient descent: the step is as long as the gradient, not as the learning
rate.

By how much does a factor change in the first step of Adam? The text names the optimizer.
"""

import numpy as np

FUNCTION = "repair_the_loop"


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
    rng = np.random.default_rng(seed)
    user_factors = rng.normal(0, 0.1, (n_users, embedding_dim))
    item_factors = rng.normal(0, 0.1, (n_items, embedding_dim))
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(ratings))
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            who, what = users[batch], items[batch]
            rows, columns = user_factors[who], item_factors[what]
            errors = ratings[batch] - (rows * columns).sum(axis=1)
            np.add.at(user_factors, who, 2 * learning_rate * errors[:, None] * columns / len(batch))
            np.add.at(item_factors, what, 2 * learning_rate * errors[:, None] * rows / len(batch))
            total += float((errors**2).sum())
        losses.append(total / len(ratings))
    return user_factors, item_factors, losses
