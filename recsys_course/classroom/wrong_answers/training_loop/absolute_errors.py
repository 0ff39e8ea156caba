"""It resembles a mean of absolute errors: each rating pulls equally strongly.

How much more than an error of 1 should an error of 2 pull?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        batch_v = tf.gather(item_factors, items)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(tf.abs(errors))
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
