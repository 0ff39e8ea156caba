"""It resembles a start with standard deviation 1: large random tastes that training must first
forget.

How large are the predictions before the first step, beside the ratings? Look at the second argument
of the draw.
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
    user_factors = rng.normal(size=(n_users, embedding_dim))
    item_factors = rng.normal(size=(n_items, embedding_dim))
    adam = Adam(user_factors, item_factors, learning_rate)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(ratings))
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            total += len(batch) * adam.step(users[batch], items[batch], ratings[batch])
        losses.append(total / len(ratings))
    return user_factors, item_factors, losses
