"""It resembles a loop whose epoch loss is the mean of its batch means.

When batch_size does not divide the number of ratings, the last batch is short. How much do its rows
weigh?
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
        batch_losses = []
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            batch_losses.append(adam.step(users[batch], items[batch], ratings[batch]))
        losses.append(np.mean(batch_losses))
    return user_factors, item_factors, losses
