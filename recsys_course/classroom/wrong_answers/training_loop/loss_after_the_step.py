"""It resembles a loss that is measured after the step.

The loss that the tape has seen is the one before the step. Why compute a second one?
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
    batch_u = tf.gather(user_factors, users)
    batch_v = tf.gather(item_factors, items)
    errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
    loss = tf.reduce_mean(errors**2)
    return float(loss)
