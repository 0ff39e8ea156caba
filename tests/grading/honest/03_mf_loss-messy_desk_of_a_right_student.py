# saved by an old program
# %%
import numpy as np
%matplotlib inline
%load_ext autoreload
%autoreload 2

# %%
!pip install seaborn --quiet
import seaborn as sns

# %%
ratings = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
observed = ratings > 0
U = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
V = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float)

# %%
# first try, wrong
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors

# %%
predict_ratings(U, V)

# %%
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T

# %%
predict_ratings = predict_ratings(U, V)
predict_ratings[0]

# %%
def observed_squared_error(ratings, observed, predictions):
    return np.sum(np.square(ratings - predictions), where=observed)

observed_squared_error(ratings, observed, predict_ratings)

# %%
# TODO ask in the lecture
for i in range(
    print(i)

# %%
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    E = observed * (user_factors @ item_factors.T - ratings)
    return 2 * (E @ item_factors + l2 * user_factors), 2 * (E.T @ user_factors + l2 * item_factors)

# %%
gu, gv = mf_gradients(ratings, observed, U, V)   # forgot l2
sns.heatmap(gu)

# %%
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    P, Q = user_factors.copy(), item_factors.copy()
    e = rating - P[user] @ Q[item]
    P[user], Q[item] = P[user] + 2 * learning_rate * (e * Q[item] - l2 * P[user]), Q[item] + 2 * learning_rate * (e * P[user] - l2 * Q[item])
    return P, Q

# %%
# how far does it go? (stopped it by hand after ten minutes)
history = []
while True:
    for i, j in np.argwhere(observed):
        U, V = sgd_step(U, V, i, j, ratings[i, j], 1e-4, 0.1)
    history.append(np.sum((ratings - U @ V.T)[observed] ** 2))
    if history[-1] < 1e-30:
        break

# %%
%%time
def als_user_update(ratings, observed, item_factors, l2):
    k = item_factors.shape[1]
    if observed.sum() == 0: return np.zeros(k)
    X = np.vstack([item_factors[observed], np.sqrt(l2) * np.eye(k)])
    y = np.concatenate([ratings[observed], np.zeros(k)])
    return np.linalg.lstsq(X, y, rcond=None)[0]

# %%
%timeit als_user_update(ratings[0], observed[0], V, 1.0)

# %%
als_user_update?

# %%
np.linalg.lstsq??

# %%
1 / 0
