"""It resembles a product of all users with all items of the batch: a square of predictions.

How many ratings has the batch, and how many predictions do you compute? Row k needs one user and
one item.
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        batch_v = tf.gather(item_factors, items)
        errors = ratings - batch_u @ tf.transpose(batch_v)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
