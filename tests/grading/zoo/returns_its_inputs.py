# if an answer is one and the same object as an input, comparing them proves nothing
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    return user_factors, item_factors


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    return user_factors, item_factors


def als_user_update(ratings, observed, item_factors, l2):
    return item_factors[0]


def observed_squared_error(ratings, observed, predictions):
    return ratings[0, 0]


def predict_ratings(user_factors, item_factors):
    return user_factors
