"""It resembles a step on the mean, and a sum that is returned.

Which number belongs to the curve of an epoch if batches differ in size?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        batch_v = tf.gather(item_factors, items)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss) * len(ratings)
