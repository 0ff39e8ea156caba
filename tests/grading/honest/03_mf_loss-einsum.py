# saved by colab
# %%
import numpy as np
from recsys_course.classroom import check, hint

# %%
def predict_ratings(user_factors, item_factors):
    return np.einsum("if,jf->ij", user_factors, item_factors)

# %%
def observed_squared_error(ratings, observed, predictions):
    e = (ratings - predictions) * observed
    return np.einsum("ij,ij->", e, e)

# %%
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    e = np.einsum("ij,ij->ij", observed, ratings - predict_ratings(user_factors, item_factors))
    dU = 2 * (l2 * user_factors - np.einsum("ij,jf->if", e, item_factors))
    dV = 2 * (l2 * item_factors - np.einsum("ij,if->jf", e, user_factors))
    return dU, dV

# %%
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user], item_factors[item]
    e = rating - np.einsum("f,f->", u, v)
    step_u = np.einsum("i,f->if", np.arange(len(user_factors)) == user, e * v - l2 * u)
    step_v = np.einsum("j,f->jf", np.arange(len(item_factors)) == item, e * u - l2 * v)
    return user_factors + 2 * learning_rate * step_u, item_factors + 2 * learning_rate * step_v

# %%
def als_user_update(ratings, observed, item_factors, l2):
    A = np.einsum("j,jf,jg->fg", observed, item_factors, item_factors) + l2 * np.identity(item_factors.shape[1])
    b = np.einsum("j,j,jf->f", observed, np.where(observed, ratings, 0), item_factors)
    return np.einsum("fg,g->f", np.linalg.pinv(A), b)

# %%
for f in [predict_ratings, observed_squared_error, mf_gradients, sgd_step, als_user_update]:
    display(check(f))
