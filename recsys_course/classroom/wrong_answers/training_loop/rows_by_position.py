"""It resembles the first rows of both matrices: the batch's numbers are not used.

The first place of the batch is not user 0. Which rows of the matrices do the ratings belong to?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        n = min(len(ratings), user_factors.shape[0], item_factors.shape[0])
        predictions = tf.reduce_sum(user_factors[:n] * item_factors[:n], axis=1)
        loss = tf.reduce_mean((ratings[:n] - predictions) ** 2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
