"""It resembles a loop over a full table, in which a zero stands for every missing rating.

Nobody gave these zeros. Look at what the loop predicts for pairs that it has not seen: why is it so
near to 0?
"""

import numpy as np

from recsys_course.classroom.wrong_answers.training_loop._numpy_adam import Adam

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
    table = np.zeros((n_users, n_items))
    table[users, items] = ratings
    all_users, all_items = np.indices(table.shape).reshape(2, -1)
    adam = Adam(user_factors, item_factors, learning_rate)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(table.size)
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            who, what = all_users[batch], all_items[batch]
            total += len(batch) * adam.step(who, what, table[who, what])
        losses.append(total / table.size)
    return user_factors, item_factors, losses
