import numpy as np

from recsys_course.formulas.losses import observed_squared_error, predict_ratings
from recsys_course.formulas.updates import sgd_step


def als_user_update(ratings, observed, item_factors, l2):
    from recsys_course.formulas.updates import als_user_update

    if not observed.any():
        return np.zeros(item_factors.shape[1])
    return als_user_update(item_factors[observed], ratings[observed], l2)
