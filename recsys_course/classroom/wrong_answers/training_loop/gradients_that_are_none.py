"""It resembles gradients that are None, and cannot be made tensors: the tape has not seen the way.

Print what `tape.gradient` returns. For each None ask: which line leads from this variable to the
loss, and does it stand inside the `with`?
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
    gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
