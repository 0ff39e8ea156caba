"""It resembles NumPy arrays as parameters: each batch makes new variables of them, and what these
have learned is lost.

Which object lives longer than a batch? Only a variable that is made once, before the loop, keeps
what the optimizer does to it.
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
        order = rng.permutation(len(ratings))
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            variables = user_factors.copy(), item_factors.copy()
            adam = Adam(*variables, learning_rate)
            total += len(batch) * adam.step(users[batch], items[batch], ratings[batch])
        losses.append(total / len(ratings))
    return user_factors, item_factors, losses
