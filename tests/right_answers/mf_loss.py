"""Other right answers to exercise 03: loops, einsum, lists, float32, objects."""

import numpy as np


def predict_by_loops(user_factors, item_factors):
    table = [[0.0] * len(item_factors) for _ in user_factors]
    for i, u in enumerate(user_factors):
        for j, v in enumerate(item_factors):
            table[i][j] = sum(a * b for a, b in zip(u, v, strict=True))
    return table


def predict_by_einsum(user_factors, item_factors):
    return np.einsum("id,jd->ij", user_factors, item_factors).astype(np.float32)


class Predict:
    def __call__(self, user_factors, item_factors):
        return np.inner(user_factors, item_factors)


def loss_by_selection(ratings, observed, predictions):
    errors = np.asarray(ratings)[observed] - np.asarray(predictions)[observed]
    return np.float32(errors @ errors)


def loss_by_mask(ratings, observed, predictions):
    return (np.where(observed, ratings - predictions, 0) ** 2).sum()


def loss_by_multiplication(ratings, observed, predictions):
    return float(np.sum(observed * (ratings - predictions) ** 2))


def gradients_by_loops(ratings, observed, user_factors, item_factors, l2):
    by_user, by_item = 2 * l2 * user_factors, 2 * l2 * item_factors
    for i in range(len(user_factors)):
        for j in range(len(item_factors)):
            if observed[i, j]:
                error = ratings[i, j] - np.dot(user_factors[i], item_factors[j])
                by_user[i] = by_user[i] - 2 * error * item_factors[j]
                by_item[j] = by_item[j] - 2 * error * user_factors[i]
    return by_user.tolist(), by_item.tolist()


def gradients_by_einsum(ratings, observed, user_factors, item_factors, l2):
    errors = (observed * (ratings - user_factors @ item_factors.T)).astype(np.float32)
    return [
        -2 * np.einsum("ij,jd->id", errors, item_factors) + 2 * l2 * user_factors,
        -2 * np.einsum("ij,id->jd", errors, user_factors) + 2 * l2 * item_factors,
    ]


def step_on_copies(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = np.array(user_factors, float), np.array(item_factors, float)
    u, v = new_users[user].copy(), new_items[item].copy()
    error = rating - u @ v
    new_users[user] -= learning_rate * (-2 * error * v + 2 * l2 * u)
    new_items[item] -= learning_rate * (-2 * error * u + 2 * l2 * v)
    return new_users, new_items


def step_by_masks(user_factors, item_factors, user, item, rating, learning_rate, l2):
    here = (np.arange(len(user_factors)) == user)[:, None]
    there = (np.arange(len(item_factors)) == item)[:, None]
    u, v = user_factors[user], item_factors[item]
    error = rating - (u * v).sum()
    return [
        user_factors + here * 2 * learning_rate * (error * v - l2 * user_factors),
        item_factors + there * 2 * learning_rate * (error * u - l2 * item_factors),
    ]


def update_by_inverse(ratings, observed, item_factors, l2):
    rated = np.asarray(item_factors)[observed]
    if not len(rated):
        return [0] * item_factors.shape[1]
    normal = rated.T @ rated + l2 * np.eye(rated.shape[1])
    return np.linalg.inv(normal) @ rated.T @ np.asarray(ratings)[observed]


def update_by_augmented_least_squares(ratings, observed, item_factors, l2):
    n_factors = item_factors.shape[1]
    rows = np.vstack([item_factors[observed], np.sqrt(l2) * np.eye(n_factors)])
    targets = np.concatenate([ratings[observed], np.zeros(n_factors)])
    return list(np.linalg.lstsq(rows, targets, rcond=None)[0])


ANSWERS = {
    "predict_ratings": [predict_by_loops, predict_by_einsum, Predict()],
    "observed_squared_error": [loss_by_selection, loss_by_mask, loss_by_multiplication],
    "mf_gradients": [gradients_by_loops, gradients_by_einsum],
    "sgd_step": [step_on_copies, step_by_masks],
    "als_user_update": [update_by_inverse, update_by_augmented_least_squares],
}
