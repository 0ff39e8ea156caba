"""It resembles a loss that the tape has not seen: both gradients are None.

Which lines stand inside the `with`? What is computed before it or after it leaves no trace on the
tape, and neither does what is computed from copies of the variables.
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    batch_u = tf.gather(user_factors, users)
    batch_v = tf.gather(item_factors, items)
    errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
    loss = tf.reduce_mean(errors**2)
    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
