"""It resembles training NumPy arrays: the tape does not watch them, so that there is no gradient.

What does `.numpy()` return, a variable or a copy of its values? A tape follows tensors that come
from a variable.
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    user_array, item_array = user_factors.numpy(), item_factors.numpy()
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_array, users)
        batch_v = tf.gather(item_array, items)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, [user_array, item_array])
    optimizer.apply_gradients(zip(gradients, [user_array, item_array], strict=True))
    return float(loss)
