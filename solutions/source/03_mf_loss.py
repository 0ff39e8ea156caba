# %% [markdown] id=title
# # Exercise 03 · The loss of matrix factorisation
#
# You write five short functions: the prediction, the loss, its gradients, one step of SGD and one
# step of ALS. Together they are a complete rating model; the last cell runs it on the table of the
# lesson.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops, `@`, `einsum`, lists, `float32` or `float64`, helper
# functions and extra cells are all fine. Keep the name and the arguments of each function.
#
# **Where help is.** Each exercise names its section of [lesson 03](../lessons/03_mf_loss.ipynb).
# The examples here can be computed with a pencil; do one before you type. Stuck? Write
# `hint(predict_ratings)`, or the name of another function, in a new cell. The first time it asks
# you a question, the second time it points at a place, the third time it gives you a plan in words.
# It never gives code.
#
# Plan on an hour. The notebook itself runs in a few seconds.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint

# %% [markdown] id=running-example
# ## The running example
#
# Four users rated some of five films, in stars; a dot means *not rated*. Beside the table stand the
# factors that we start from, two numbers a user ($U$) and two numbers a film ($V$).
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |   | $U$ |
# |----|---|---|---|---|---|---|-----------|
# | **user 1** | 5 | 3 | · | 1 | · |   | (1, ½) |
# | **user 2** | 4 | · | · | 1 | 1 |   | (1, 0) |
# | **user 3** | 1 | 1 | · | 5 | 5 |   | (½, 1) |
# | **user 4** | · | 2 | 5 | 5 | · |   | (0, 1) |
# | $V$ | (2, 1) | (1, 1) | (1, 2) | (1, 3) | (0, 2) |   |   |
#
# In code, user 1 is row 0 and film 1 is column 0. An unrated cell holds a 0 **and** `False` in
# `observed`: the zero only fills the place. Go by `observed`. A check puts other numbers into the
# unrated cells, and nothing that you return may move.

# %% id=running-example-arrays
ratings = np.array(
    [
        [5, 3, 0, 1, 0],
        [4, 0, 0, 1, 1],
        [1, 1, 0, 5, 5],
        [0, 2, 5, 5, 0],
    ],
    dtype=float,
)  # (n_users, n_items), stars
observed = np.array(
    [
        [True, True, False, True, False],
        [True, False, False, True, True],
        [True, True, False, True, True],
        [False, True, True, True, False],
    ]
)  # (n_users, n_items)
user_factors = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])  # (n_users, embedding_dim)
item_factors = np.array(
    [[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float
)  # (n_items, embedding_dim)

# %% [markdown] id=about-predict
# ## 1. Predict every rating
#
# ★☆☆ · 5 minutes · *You learn* what a prediction is made of, and why one of the two matrices is
# transposed. Lesson section 1.
#
# $$\hat r_{ij} = u_i \cdot v_j = \sum_f u_{if}\, v_{jf} \qquad\text{for all cells at once:}\quad
# \hat R = U V^\top$$
#
# Shapes: `user_factors` (n_users, embedding_dim), `item_factors` (n_items, embedding_dim) →
# (n_users, n_items).
#
# By hand: user 1 and film 4 give $1 \cdot 1 + \tfrac12 \cdot 3 = 2.5$ stars. The whole first row is
# $(2.5,\ 1.5,\ 2,\ 2.5,\ 1)$.


# %% id=ex-predict tags=exercise
def predict_ratings(user_factors, item_factors):
    """Predict the rating of every user for every item.

    Args:
        user_factors: One row a user, shape (n_users, embedding_dim).
        item_factors: One row an item, shape (n_items, embedding_dim).

    Returns:
        Predicted ratings in stars, shape (n_users, n_items).
    """
    ### BEGIN SOLUTION
    return user_factors @ item_factors.T
    ### END SOLUTION


# %% id=check-predict
check(predict_ratings)

# %% [markdown] id=about-loss
# ## 2. The loss over the observed cells
#
# ★☆☆ · 7 minutes · *You learn* to keep what nobody rated out of the loss. Lesson section 2.
#
# $$L = \sum_{(i,j)\in\Omega} \left(r_{ij} - \hat r_{ij}\right)^2$$
#
# $\Omega$ holds the cells where `observed` is true. The loss is a **sum**, in stars², not a mean.
#
# Shapes: `ratings`, `observed` and `predictions` (n_users, n_items) → one number.
#
# By hand: user 1 rated three films, with errors $5 - 2.5$, $3 - 1.5$ and $1 - 2.5$. Their squares
# add up to $6.25 + 2.25 + 2.25 = 10.75$. All 13 rated cells give $42.25$.


# %% id=ex-loss tags=exercise
def observed_squared_error(ratings, observed, predictions):
    """Sum the squared errors over the rated cells.

    Args:
        ratings: Ratings in stars, shape (n_users, n_items); 0 fills the unrated cells.
        observed: True where a rating is known, shape (n_users, n_items).
        predictions: Predicted ratings in stars, shape (n_users, n_items).

    Returns:
        The loss in stars², one number.
    """
    ### BEGIN SOLUTION
    errors = (ratings - predictions)[observed]  # (n_observed,)
    return float(np.sum(errors**2))
    ### END SOLUTION


# %% id=check-loss
check(observed_squared_error)

# %% [markdown] id=about-gradients
# ## 3. The gradients
#
# ★★★ · 20 minutes · *You learn* how one error pulls on two vectors. Lesson section 3.
#
# With the errors $e_{ij} = r_{ij} - \hat r_{ij}$ and the regularised loss
#
# $$L = \sum_\Omega e_{ij}^2 + \lambda\left(\lVert U\rVert^2 + \lVert V\rVert^2\right)$$
#
# the gradients are
#
# $$\frac{\partial L}{\partial u_i} = -2\sum_{j\in\Omega_i} e_{ij}\, v_j + 2\lambda u_i
# \qquad
# \frac{\partial L}{\partial v_j} = -2\sum_{i\in\Omega_j} e_{ij}\, u_i + 2\lambda v_j$$
#
# Keep both factors 2. Every row of $U$ and $V$ is regularised once, also the row of somebody
# without ratings.
#
# Shapes: a pair of gradients, (n_users, embedding_dim) and (n_items, embedding_dim).
#
# By hand, for user 1 and $\lambda = 0$:
# $-2\,[\,2.5\,(2,1) + 1.5\,(1,1) - 1.5\,(1,3)\,] = (-10,\ 1)$. With $\lambda = 0.1$ add
# $0.2\,(1, \tfrac12)$: $(-9.8,\ 1.1)$. Film 3 was rated by user 4 alone:
# $-2 \cdot 3\,(0, 1) = (0, -6)$.


# %% id=ex-gradients tags=exercise
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    """Differentiate the regularised loss by both factor matrices.

    Args:
        ratings: Ratings in stars, shape (n_users, n_items); 0 fills the unrated cells.
        observed: True where a rating is known, shape (n_users, n_items).
        user_factors: Shape (n_users, embedding_dim).
        item_factors: Shape (n_items, embedding_dim).
        l2: The weight λ of the squared norms.

    Returns:
        Two gradients, by user_factors and by item_factors, each with the shape of its matrix.
    """
    ### BEGIN SOLUTION
    predictions = user_factors @ item_factors.T
    errors = np.where(observed, ratings - predictions, 0.0)  # (n_users, n_items)
    user_gradient = -2 * errors @ item_factors + 2 * l2 * user_factors
    item_gradient = -2 * errors.T @ user_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient
    ### END SOLUTION


# %% id=check-gradients
check(mf_gradients)

# %% [markdown] id=about-sgd
# ## 4. One step of stochastic gradient descent
#
# ★★☆ · 12 minutes · *You learn* to update two vectors at the same time. Lesson section 4.
#
# One rating $r$ of user $i$ for item $j$ has the loss
# $e^2 + \lambda\left(\lVert u_i\rVert^2 + \lVert v_j\rVert^2\right)$. One step against its
# gradient, with learning rate $\eta$:
#
# $$u_i \leftarrow u_i + 2\eta\,(e\, v_j - \lambda u_i)
# \qquad v_j \leftarrow v_j + 2\eta\,(e\, u_i - \lambda v_j)$$
#
# Both right sides use the **old** vectors. All other rows stay as they are, and you return new
# arrays: the caller's arrays must not change.
#
# Shapes: (n_users, embedding_dim) and (n_items, embedding_dim), as they came in; `user` and `item`
# are indices.
#
# By hand, for user 1 and film 1 with $r = 5$, $\eta = 0.1$ and $\lambda = 0$: $e = 2.5$, so
# $u_1 = (1, \tfrac12) + 0.5\,(2, 1) = (2, 1)$ and
# $v_1 = (2, 1) + 0.5\,(1, \tfrac12) = (2.5,\ 1.25)$. With $\lambda = 0.1$ they are $(1.98,\ 0.99)$
# and $(2.46,\ 1.23)$.


# %% id=ex-sgd tags=exercise
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    """Take one gradient step on one rating.

    Args:
        user_factors: Shape (n_users, embedding_dim); stays unchanged.
        item_factors: Shape (n_items, embedding_dim); stays unchanged.
        user: Row of the user in user_factors.
        item: Row of the item in item_factors.
        rating: The user's rating of the item, in stars.
        learning_rate: The step size η.
        l2: The weight λ of the squared norms.

    Returns:
        New user factors and new item factors; only row `user` and row `item` differ from before.
    """
    ### BEGIN SOLUTION
    old_user, old_item = user_factors[user], item_factors[item]
    error = rating - old_user @ old_item
    new_user_factors, new_item_factors = user_factors.copy(), item_factors.copy()
    new_user_factors[user] = old_user + 2 * learning_rate * (error * old_item - l2 * old_user)
    new_item_factors[item] = old_item + 2 * learning_rate * (error * old_user - l2 * old_item)
    return new_user_factors, new_item_factors
    ### END SOLUTION


# %% id=check-sgd
check(sgd_step)

# %% [markdown] id=about-als
# ## 5. One step of alternating least squares
#
# ★★★ · 15 minutes · *You learn* to jump to the minimum while one side stands still. See lesson
# section 6.
#
# With $V$ fixed, the best vector of one user solves a small linear system:
#
# $$u = \left(V_\Omega^\top V_\Omega + \lambda I\right)^{-1} V_\Omega^\top r_\Omega$$
#
# $V_\Omega$ has the rows of the items that this user rated, $r_\Omega$ the ratings. A user without
# ratings gets the zero vector (also when $\lambda = 0$).
#
# Shapes: `ratings` and `observed` (n_items,) of **one** user, `item_factors` (n_items,
# embedding_dim) → (embedding_dim,).
#
# By hand, for user 1 and $\lambda = 1$: films 1, 2 and 4 give
# $V_\Omega^\top V_\Omega = \begin{pmatrix}6 & 6\\ 6 & 11\end{pmatrix}$ and
# $V_\Omega^\top r_\Omega = (14, 11)$. Adding $I$ makes the determinant $7 \cdot 12 - 36 = 48$, and
# $u_1 = (\tfrac{102}{48}, -\tfrac{7}{48}) = (2.125,\ -0.1458\ldots)$.


# %% id=ex-als tags=exercise
def als_user_update(ratings, observed, item_factors, l2):
    """Solve for the best vector of one user while the items stay fixed.

    Args:
        ratings: The user's ratings in stars, shape (n_items,); 0 fills the unrated places.
        observed: True where the user rated, shape (n_items,).
        item_factors: Shape (n_items, embedding_dim).
        l2: The weight λ of the squared norm of the user's vector.

    Returns:
        The user's new vector, shape (embedding_dim,).
    """
    ### BEGIN SOLUTION
    embedding_dim = item_factors.shape[1]
    if not observed.any():
        return np.zeros(embedding_dim)
    rated = item_factors[observed]  # (n_rated, embedding_dim)
    normal_matrix = rated.T @ rated + l2 * np.eye(embedding_dim)
    return np.linalg.solve(normal_matrix, rated.T @ ratings[observed])
    ### END SOLUTION


# %% id=check-als
check(als_user_update)

# %% [markdown] id=about-together
# ## All five together
#
# Nothing to write here. Once your five functions pass, this cell trains on the running example: a
# hundred steps of SGD, one rating at a time, then one ALS step for user 1. Until then it says what
# it waits for.

# %% id=together
try:
    U, V = user_factors, item_factors
    rng = np.random.default_rng(3)
    cells = np.argwhere(observed)  # (13, 2): user and item of each rating
    print("loss at the start:", observed_squared_error(ratings, observed, predict_ratings(U, V)))
    for user, item in rng.choice(cells, size=100):
        step = sgd_step(U, V, user, item, ratings[user, item], learning_rate=0.02, l2=0.1)
        U, V = np.asarray(step[0]), np.asarray(step[1])
    print("after 100 SGD steps:", observed_squared_error(ratings, observed, predict_ratings(U, V)))
    user_gradient, item_gradient = mf_gradients(ratings, observed, U, V, l2=0.1)
    print("the gradient of user 1 that is left:", user_gradient[0])
    print("user 1 by ALS:", als_user_update(ratings[0], observed[0], V, l2=0.1))
except NotImplementedError:
    print("This cell comes to life when all five functions are written.")
