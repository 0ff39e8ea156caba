"""It resembles training copies: new variables are made inside the function, and the optimizer moves
those.

Print a factor of the caller before and after the call. `tf.Variable(…)` makes a new variable, with
a memory of its own.
"""

FUNCTION = "train_step"


def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    from recsys_course.deep.runtime import tf

    variables = [tf.Variable(user_factors), tf.Variable(item_factors)]
    with tf.GradientTape() as tape:
        batch_u = tf.gather(variables[0], users)
        batch_v = tf.gather(variables[1], items)
        errors = ratings - tf.reduce_sum(batch_u * batch_v, axis=1)
        loss = tf.reduce_mean(errors**2)
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return float(loss)
