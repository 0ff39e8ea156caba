"""It resembles item rows that are chosen by the users' numbers.

Which index belongs to which matrix? With more users than items it stops, with fewer it trains the
wrong films.
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        batch_v = tf.gather(item_factors, users)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
