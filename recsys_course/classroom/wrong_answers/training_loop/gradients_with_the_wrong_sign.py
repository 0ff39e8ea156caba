"""It resembles climbing: the optimizer gets the gradients with the sign turned.

An optimizer goes against the gradient by itself. Does it need your minus?
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
    gradients = [-tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
