"""It resembles an error for each factor: the products are not summed to one prediction.

A prediction is a dot product. Print the shape of your errors: how many numbers does one rating get?
"""

import numpy as np

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        batch_v = tf.gather(item_factors, items)
        errors = np.reshape(ratings, (-1, 1)) - batch_u * batch_v
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
