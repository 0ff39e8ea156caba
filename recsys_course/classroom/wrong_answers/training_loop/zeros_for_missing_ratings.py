"""It resembles a table of zeros with the ratings of the batch in it: all other cells are fitted,
too.

Print the shape of your errors. What did the users say about the pairs that are not in the batch?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        table = tf.scatter_nd(
            tf.stack([users, items], axis=1),
            tf.cast(ratings, user_factors.dtype),
            (user_factors.shape[0], item_factors.shape[0]),
        )
        errors = table - user_factors @ tf.transpose(item_factors)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
