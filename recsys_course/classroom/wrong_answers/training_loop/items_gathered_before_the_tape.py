"""It resembles item rows that are taken out before the tape begins: their gradient is None.

Picking rows is a part of the calculation. Where does the way from the loss back to the items'
matrix break off?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [user_factors, item_factors]
    batch_v = tf.gather(item_factors, items)
    with tf.GradientTape() as tape:
        batch_u = tf.gather(user_factors, users)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
