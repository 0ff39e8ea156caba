"""It resembles two steps in turn: the items' gradient is taken after the users have moved.

Both gradients belong to one loss, at the same place. How many tapes do you need?
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    loss_before = None
    for variable in (user_factors, item_factors):
        with tf.GradientTape() as tape:
            batch_u = tf.gather(user_factors, users)
            batch_v = tf.gather(item_factors, items)
            errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
            loss = tf.reduce_mean(errors**2)
        optimizer.apply_gradients([(tape.gradient(loss, variable), variable)])
        loss_before = loss if loss_before is None else loss_before
    return float(loss_before)
