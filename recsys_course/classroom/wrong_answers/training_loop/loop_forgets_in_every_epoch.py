"""It resembles a loop that makes a new Adam in every epoch: it starts without memory each time.

Which lines stand inside the loop over epochs? The first step of an
Adam is as long as the learning rate, whatever the gradient.
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
    losses = []
    for _ in range(epochs):
        adam = Adam(user_factors, item_factors, learning_rate)
        order, total = rng.permutation(len(ratings)), 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            total += len(batch) * adam.step(users[batch], items[batch], ratings[batch])
        losses.append(total / len(ratings))
    return user_factors, item_factors, losses
