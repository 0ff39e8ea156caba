"""It resembles a shuffle of users, items and ratings one by one: the three no longer speak of the
same rating.

After your shuffle, who gave the first rating, and for which film? One order serves all three
arrays.
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
        who, what, stars = (rng.permutation(column) for column in (users, items, ratings))
        total = 0.0
        for first in range(0, len(ratings), batch_size):
            batch = slice(first, first + batch_size)
            total += len(who[batch]) * adam.step(who[batch], what[batch], stars[batch])
        losses.append(total / len(ratings))
    return user_factors, item_factors, losses
