"""It resembles a loop that leaves out the ratings that do not fill a batch.

Change the rating that comes last and train again. Where does your range end, and what does the
division by the batch size lose?
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
    adam = Adam(user_factors, item_factors, learning_rate)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(ratings))
        total, n_rows = 0.0, 0
        for first in range(0, len(order) - len(order) % batch_size, batch_size):
            batch = order[first : first + batch_size]
            total += len(batch) * adam.step(users[batch], items[batch], ratings[batch])
            n_rows += len(batch)
        losses.append(total / n_rows)
    return user_factors, item_factors, losses
