"""It resembles a tape over NumPy arrays, which it does not watch: it has no gradient for them.

A tape follows what is computed from variables. What are your two matrices when the loop begins?
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
    from recsys_course.deep.runtime import keras, tf

    rng = np.random.default_rng(seed)
    shapes = (n_users, embedding_dim), (n_items, embedding_dim)
    factors = [rng.normal(0, 0.1, shape) for shape in shapes]
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(epochs):
        order, total = rng.permutation(len(ratings)), 0.0
        for first in range(0, len(ratings), batch_size):
            batch = order[first : first + batch_size]
            with tf.GradientTape() as tape:
                batch_u = tf.gather(factors[0], users[batch])
                batch_v = tf.gather(factors[1], items[batch])
                errors = ratings[batch] - tf.reduce_sum(batch_u * batch_v, axis=1)
                loss = tf.reduce_mean(errors**2)
            gradients = tape.gradient(loss, factors)
            optimizer.apply_gradients(zip(gradients, factors, strict=True))
            total += float(loss) * len(batch)
        losses.append(total / len(ratings))
    return factors[0], factors[1], losses
