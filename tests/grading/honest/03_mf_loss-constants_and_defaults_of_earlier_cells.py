# saved by vscode
# %%
import numpy as np
from recsys_course.classroom import check, hint

# %%
DTYPE = np.dtype("float32")
TWO = np.sqrt(16.0) / 2
SETTINGS = dict(two=TWO, zero=np.zeros(1, DTYPE)[0])
rng = np.random.default_rng(0)
n_tries, (low, high) = 3, rng.uniform(size=2)
EYE = {d: np.eye(d) for d in range(1, 40)}

# %%
def predict_ratings(user_factors, item_factors, dtype=DTYPE):
    return np.matmul(user_factors.astype(dtype), item_factors.T.astype(dtype))

# %%
def observed_squared_error(ratings, observed, predictions, power=TWO, start=SETTINGS["zero"]):
    return sum(abs(ratings[observed] - predictions[observed]) ** power, start=start)

# %%
def mf_gradients(ratings, observed, user_factors, item_factors, l2, factor=-TWO):
    """Both gradients."""
    E = np.zeros_like(ratings, dtype=float)
    E[observed] = ratings[observed] - (user_factors @ item_factors.T)[observed]
    gradient = lambda E, own, other: factor * (E @ other - l2 * own)
    return gradient(E, user_factors, item_factors), gradient(E.T, item_factors, user_factors)

# %%
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2, *, scale=SETTINGS["two"]):
    new_u, new_v = np.array(user_factors, float), np.array(item_factors, float)
    e = rating - user_factors[user].dot(item_factors[item])
    new_u[user] += scale * learning_rate * (e * item_factors[item] - l2 * user_factors[user])
    new_v[item] += scale * learning_rate * (e * user_factors[user] - l2 * item_factors[item])
    return np.stack(new_u), np.stack(new_v)

# %%
def als_user_update(ratings, observed, item_factors, l2, eye=EYE):
    V = item_factors[observed]
    if len(V) == 0:
        return np.zeros(item_factors.shape[1], DTYPE)
    return np.linalg.inv(V.T @ V + l2 * eye[V.shape[1]]) @ V.T @ ratings[observed]
