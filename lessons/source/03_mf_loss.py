# %% [markdown] id=title
# # 03 · The loss of matrix factorisation
#
# After this lesson you can
#
# - say what the two vectors behind a predicted rating mean, and predict a whole table with one
#   product;
# - write the loss over the ratings that exist, and tell when a program fits ratings that do not;
# - derive its gradients by hand, and check them without trusting anybody;
# - minimise it in two ways, stochastic gradient descent (SGD) and alternating least squares (ALS);
# - say how far your model is from the best that any model could do.
#
# You need linear algebra (dot product, solving a small system) and NumPy. You need no TensorFlow
# here. The neighbours of [lesson 02](02_similarity.ipynb) help, but nothing here builds on them.
#
# *Plan on 60 minutes to work through it. Run from top to bottom it takes about 20 seconds on two
# cores and 270 MB of memory.*

# %% id=setup
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from scipy import sparse

from recsys_course.classroom import compare_guess, quiz
from recsys_course.data.datasets import load_movielens
from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.formulas import losses, updates
from recsys_course.formulas.metrics import rmse
from recsys_course.models.baselines import Biases, Oracle
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.plots import BLUE, GREEN, GREY, ORANGE, PINK, course_style

course_style()

# %% [markdown] id=how-to
# **How this lesson works.** Before most results you write down a guess: replace `None` by a number,
# run the cell, then run the next one. A wrong guess is worth more than no guess, because you will
# remember why it was wrong.
#
# Cells with `assert` check the numbers of the text. They stay silent when the text is right.
# [Lesson 00](00_welcome.ipynb) tells more about notebooks and their cells.

# %% [markdown] id=s1
# ## 1. A table with gaps
#
# Four people rated some of five films, from 1 to 5 stars. A dot means *not rated*.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** | 5 | 3 | · | 1 | · |
# | **user 2** | 4 | · | · | 1 | 1 |
# | **user 3** | 1 | 1 | · | 5 | 5 |
# | **user 4** | · | 2 | 5 | 5 | · |
#
# Your job: fill the gaps. What would user 1 give to film 3?
#
# Real tables look the same, only emptier. In the film ratings at the end of this lesson fewer than
# 2 cells in 100 are filled.

# %% id=table
ratings = np.array(
    [
        [5, 3, 0, 1, 0],
        [4, 0, 0, 1, 1],
        [1, 1, 0, 5, 5],
        [0, 2, 5, 5, 0],
    ],
    dtype=float,
)  # (n_users, n_items), stars; the zeros only fill the place
observed = ratings > 0  # (n_users, n_items): True where somebody rated

assert observed.sum() == 13
assert observed.size == 20
assert ratings[observed].mean() == 3.0

# %% [markdown] id=zero-fills
# 13 of the 20 cells are known. Keep an eye on the zeros: an array has no gaps, so *something*
# stands in the empty cells. A zero there is not a rating, and forgetting that is the most expensive
# mistake of this lesson.

# %% [markdown] id=factors
# **The idea.** Describe every user and every film by the same few numbers, its *factors*. Two of
# them will do here:
#
# - for a film: how much of taste A and of taste B it has to offer;
# - for a user: how much they enjoy A and B.
#
# The prediction multiplies offer by liking and adds up, a dot product:
#
# $$\hat r_{ij} = u_i \cdot v_j = \sum_f u_{if}\,v_{jf}$$
#
# Nobody tells us these numbers. We start from some, and the rest of the lesson makes them better.

# %% id=factors-start
user_factors = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])  # U, (n_users, 2)
item_factors = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2.0]])  # V, (n_items, 2)

# %% [markdown] id=predict-1
# **Predict.** User 1 has the factors (1, ½), film 4 has (1, 3). How many stars does the model
# predict?

# %% id=guess-1 tags=predict
guess_user1_film4 = None  # your number of stars

# %% id=answer-1
compare_guess(guess_user1_film4, user_factors[0] @ item_factors[3])

assert user_factors[0] @ item_factors[3] == 2.5  # 1·1 + ½·3

# %% [markdown] id=all-at-once
# All 20 predictions at once are one matrix product. $U$ has a row for each user and $V$ a row for
# each film, so $V$ is transposed:
#
# $$\hat R = U V^\top$$
#
# To write a large table as the product of two thin ones is called **matrix factorisation**.

# %% id=predict-table
predictions = losses.predict_ratings(user_factors, item_factors)  # (n_users, n_items)
print(predictions)

assert predictions.shape == (4, 5)
assert predictions[0].tolist() == [2.5, 1.5, 2.0, 2.5, 1.0]
assert predictions.tolist() == [[sum(u * v) for v in item_factors] for u in user_factors]

# %% [markdown] id=read-table
# So our first answer for user 1 and film 3 is 2 stars. It comes from arbitrary factors; how good
# are they?

# %% [markdown] id=s2
# ## 2. The loss counts what was rated
#
# The error of one cell is $e_{ij} = r_{ij} - \hat r_{ij}$. Let $\Omega$ be the set of the
# *observed cells*, those that were rated. The loss is
#
# $$L = \sum_{(i,j)\in\Omega} \left(r_{ij} - u_i\cdot v_j\right)^2$$
#
# Here it is in the slowest and plainest form. Read it line by line: it skips a cell that nobody
# rated.


# %% id=slow-loss
def slow_loss(ratings, observed, user_factors, item_factors):
    """Square the errors of the rated cells and add them up."""
    total = 0.0
    for i in range(ratings.shape[0]):
        for j in range(ratings.shape[1]):
            if observed[i, j]:
                error = ratings[i, j] - user_factors[i] @ item_factors[j]
                total += error**2
    return total


loss = slow_loss(ratings, observed, user_factors, item_factors)
print(f"loss {loss} stars², mean {loss / 13} stars², RMSE {np.sqrt(loss / 13):.4f} stars")

assert loss == 42.25
assert loss / 13 == 3.25
assert round(np.sqrt(loss / 13), 4) == 1.8028

# %% [markdown] id=loss-read
# The loss is 42.25 stars². Divided by the 13 ratings it is 3.25, and the square root of that, the
# root mean squared error or **RMSE**, is 1.80 stars: that is roughly how far off the predictions
# are, where large errors weigh more than small ones.

# %% [markdown] id=predict-2
# **Predict.** A friend writes `((ratings - predictions) ** 2).mean()`, over all 20 cells, with the
# zeros in the gaps. Is that number larger or smaller than our mean of 3.25? Write your estimate.

# %% id=guess-2 tags=predict
guess_dense_mean = None  # your number, in stars²

# %% id=answer-2
dense_loss = ((ratings - predictions) ** 2).sum()
compare_guess(guess_dense_mean, dense_loss / 20, "stars²")

assert dense_loss == 60.5
assert dense_loss / 20 == 3.025

# %% [markdown] id=dense-read
# The sum grew to 60.5, since seven cells came in. Yet the mean *fell* to 3.025.
#
# So is the friend's model better? It is the same model. The two means are taken over different
# cells, and averages over different cells cannot be compared. Seven of the friend's twenty "errors"
# are errors against ratings that nobody gave.

# %% [markdown] id=library-loss
# **The library version** takes the rated cells as three parallel arrays, so there is nothing to
# mask: the empty cells are not there. It returns the value and the gradient, which we need in a
# moment.

# %% id=library-loss-run
users, items = np.nonzero(observed)  # (13,), (13,)
stars = ratings[users, items]  # (13,)
value, _ = losses.observed_squared_error(users, items, stars, user_factors, item_factors)
print(value)

assert value == 42.25

# %% [markdown] id=check-loss-text
# **Check.** One example proves little. The two versions must agree on tables that nobody chose.

# %% id=check-loss
rng = np.random.default_rng(1)
for _ in range(20):
    U, V = rng.normal(size=(6, 3)), rng.normal(size=(8, 3))
    R, mask = rng.integers(1, 6, size=(6, 8)), rng.random((6, 8)) < 0.4
    rows, columns = np.nonzero(mask)
    fast, _ = losses.observed_squared_error(rows, columns, R[rows, columns], U, V)
    assert np.isclose(fast, slow_loss(R, mask, U, V), rtol=1e-12)

# %% [markdown] id=s3
# ## 3. The gradient by hand
#
# To lower the loss you need to know where downhill is. Take one cell alone and let its vectors
# move:
#
# $$\frac{\partial}{\partial u}\left(r - u\cdot v\right)^2 = -2\,e\,v \qquad
# \frac{\partial}{\partial v}\left(r - u\cdot v\right)^2 = -2\,e\,u$$
#
# The gradient of the user points along the *film*, and the other way round. A cell pulls $u$
# towards $v$ when the prediction is too low ($e > 0$) and pushes it away when it is too high.
#
# For user 1 and film 1: $e = 5 - 2.5 = 2.5$, so the user's part is
# $-2 \cdot 2.5 \cdot (2, 1) = (-10, -5)$.

# %% [markdown] id=predict-3
# **Predict.** User 1 rated films 1, 2 and 4 with errors 2.5, 1.5 and −1.5; the films' vectors are
# (2, 1), (1, 1) and (1, 3). Add up the three contributions. What is the *second* component of user
# 1's gradient?

# %% id=guess-3 tags=predict
guess_gradient = None  # the second component; film 1 alone contributes -5

# %% id=answer-3
contributions = [-2 * (ratings[0, j] - predictions[0, j]) * item_factors[j] for j in (0, 1, 3)]
print("films 1, 2, 4:", *contributions)
compare_guess(guess_gradient, sum(contributions)[1], "stars² per unit")

assert sum(contributions).tolist() == [-10.0, 1.0]

# %% [markdown] id=gradient-read
# The three ratings argue about taste B: films 1 and 2 want user 1 to like it more, film 4 wants
# less, and the sum is almost nothing. The whole table works the same way:
#
# $$\frac{\partial L}{\partial u_i} = -2\sum_{j\in\Omega_i} e_{ij}\,v_j \qquad
# \frac{\partial L}{\partial v_j} = -2\sum_{i\in\Omega_j} e_{ij}\,u_i$$


# %% id=slow-gradient
def slow_gradient(ratings, observed, user_factors, item_factors):
    """Let every rated cell pull on its two vectors."""
    by_user, by_item = np.zeros_like(user_factors), np.zeros_like(item_factors)
    for i, j in np.argwhere(observed):
        error = ratings[i, j] - user_factors[i] @ item_factors[j]
        by_user[i] += -2 * error * item_factors[j]
        by_item[j] += -2 * error * user_factors[i]
    return by_user, by_item


by_user, by_item = slow_gradient(ratings, observed, user_factors, item_factors)
print(by_user)
print(by_item)

assert by_user.tolist() == [[-10, 1], [-8, -8], [2, -18], [-12, -26]]
assert by_item.tolist() == [[-8, -0.5], [-2.5, -2.5], [0, -6], [1.5, -5.5], [-5, -6]]

# %% [markdown] id=finite-text
# **Check without trust.** A gradient is a promise: *move this number by a little, and the loss
# changes by that much.* So move it by a little and look. This works for any loss without jumps or
# corners.


# %% id=finite-differences
def finite_differences(loss, parameters, step=1e-5):
    """Nudge each number up and down and watch the loss."""
    slopes = np.zeros_like(parameters)
    for place in np.ndindex(parameters.shape):
        up, down = parameters.copy(), parameters.copy()
        up[place] += step
        down[place] -= step
        slopes[place] = (loss(up) - loss(down)) / (2 * step)
    return slopes


nudged_users = finite_differences(
    lambda nudged: slow_loss(ratings, observed, nudged, item_factors), user_factors
)
nudged_items = finite_differences(
    lambda nudged: slow_loss(ratings, observed, user_factors, nudged), item_factors
)
print(
    "largest difference:", max(abs(nudged_users - by_user).max(), abs(nudged_items - by_item).max())
)

assert np.allclose(nudged_users, by_user, atol=1e-6)
assert np.allclose(nudged_items, by_item, atol=1e-6)

# %% id=check-gradient
_, (library_by_user, library_by_item) = losses.observed_squared_error(
    users, items, stars, user_factors, item_factors
)
assert np.allclose(library_by_user, by_user)
assert np.allclose(library_by_item, by_item)

for _ in range(20):  # and on tables that nobody chose
    U, V = rng.normal(size=(6, 3)), rng.normal(size=(8, 3))
    R, mask = rng.integers(1, 6, size=(6, 8)), rng.random((6, 8)) < 0.4
    rows, columns = np.nonzero(mask)
    _, fast = losses.observed_squared_error(rows, columns, R[rows, columns], U, V)
    for library_version, slow_version in zip(fast, slow_gradient(R, mask, U, V), strict=True):
        assert np.allclose(library_version, slow_version)

# %% [markdown] id=dense-gradient-text
# And the friend, with zeros in the gaps? User 1's gradient goes from $(-10, 1)$ to $(-6, 13)$. For
# taste B the two zeros, films 3 and 5, add 12 to a sum that was 1: what nobody said outshouts what
# was said.

# %% id=dense-gradient
everywhere = np.ones_like(observed)
dense_by_user, dense_by_item = slow_gradient(ratings, everywhere, user_factors, item_factors)
print(dense_by_user[0], "instead of", by_user[0])

assert dense_by_user[0].tolist() == [-6, 13]
assert dense_by_item[2].tolist() == [8.5, 1]
assert by_item[2].tolist() == [0, -6]

# %% [markdown] id=s4
# ## 4. One step of SGD
#
# *Stochastic gradient descent* takes one rating at a time and walks a little downhill. With
# learning rate $\eta$:
#
# $$u \leftarrow u + 2\eta\,e\,v \qquad v \leftarrow v + 2\eta\,e\,u$$
#
# Both right sides use the **old** vectors.

# %% [markdown] id=predict-4
# **Predict.** User 1 gave film 1 five stars; we predict 2.5. Take one step with $\eta = 0.1$. What
# do we predict after it? ($u = (1, \tfrac12)$, $v = (2, 1)$, $e = 2.5$: two lines with a pencil.)

# %% id=guess-4 tags=predict
guess_after_step = None  # stars

# %% id=answer-4
u, v = user_factors[0], item_factors[0]
error = 5 - u @ v
new_u, new_v = u + 2 * 0.1 * error * v, v + 2 * 0.1 * error * u
print("u:", new_u, " v:", new_v)
compare_guess(guess_after_step, new_u @ new_v)

assert new_u.tolist() == [2, 1]
assert new_v.tolist() == [2.5, 1.25]
assert new_u @ new_v == 6.25

# %% [markdown] id=overshoot
# 6.25 stars: we shot past 5. The gradient told the truth, but only about a small step, and both
# vectors moved at once.

# %% id=check-step
library_u, library_v = updates.sgd_step(u, v, rating=5.0, learning_rate=0.1)
assert np.array_equal(library_u, new_u)
assert np.array_equal(library_v, new_v)

for _ in range(20):
    some_u, some_v, some_rating = rng.normal(size=3), rng.normal(size=3), rng.uniform(1, 5)
    some_error = some_rating - some_u @ some_v
    library_u, library_v = updates.sgd_step(some_u, some_v, some_rating, learning_rate=0.1)
    assert np.allclose(library_u, some_u + 2 * 0.1 * some_error * some_v)
    assert np.allclose(library_v, some_v + 2 * 0.1 * some_error * some_u)

# %% id=learning-rates
rates = np.linspace(0, 0.16, 161)
after = [(5 - np.dot(*updates.sgd_step(u, v, 5.0, rate))) ** 2 for rate in rates]
# After one step the prediction is 2.5 + 31.25 η + 62.5 η²: multiply the two new vectors out.
best_rate = np.roots([62.5, 31.25, -2.5]).max()  # where the new prediction is exactly 5
harmful_rate = np.roots([62.5, 31.25, -5.0]).max()  # where it is 7.5, as far off as before

plt.figure()
plt.plot(rates, after, color=BLUE, linewidth=2)
plt.axhline(6.25, color=GREY, linestyle=":")
plt.text(0.002, 6.5, "before the step", color=GREY)
plt.plot([best_rate, 0.1, harmful_rate], [0, 1.25**2, 6.25], "o", color=ORANGE, markersize=8)
plt.annotate("hits 5 stars", (best_rate, 0), (0.06, 2.6), arrowprops={"arrowstyle": "->"})
plt.annotate("our step", (0.1, 1.25**2), (0.107, 0.7), arrowprops={"arrowstyle": "->"})
plt.title("A step of 0.07 hits the rating; beyond 0.127 the step does harm")
plt.xlabel("learning rate η")
plt.ylabel("squared error of the cell\nafter one step (stars²)")
plt.show()

assert round(best_rate, 2) == 0.07
assert round(harmful_rate, 3) == 0.127
assert np.isclose(np.dot(*updates.sgd_step(u, v, 5.0, best_rate)), 5.0)

# %% [markdown] id=learning-rates-alt
# *Figure: the squared error of one cell after one step, against the learning rate. It falls from
# 6.25 at rate 0 to 0 at about 0.07, has risen to 1.56 at our 0.1, and passes 6.25 again near
# 0.127.*
#
# In a whole table, a rate that suits one cell is too large for another. That is why $\eta$ is small
# in practice.

# %% [markdown] id=conventions
# **Say which convention.** Three habits give three answers from the same start, and all occur in
# published code:
#
# | you do | new prediction |
# |---|---|
# | loss $e^2$, both from the old vectors (this course) | 6.25 |
# | loss $\tfrac12 e^2$, so without the 2 | 4.21875 |
# | loss $e^2$, but $v$ uses the *new* $u$ | 7.5 |
#
# The first two are the same method with another name for $\eta$. The third is another method: it is
# no gradient step at the old point. None is forbidden; not saying which is.

# %% id=conventions-check
half_u, half_v = u + 0.1 * error * v, v + 0.1 * error * u
sequential_v = v + 2 * 0.1 * error * new_u

assert half_u @ half_v == 4.21875
assert new_u @ sequential_v == 7.5

# %% [markdown] id=s5
# ## 5. L2 and biases
#
# **Too much freedom.** Suppose a new user has rated film 1 only, with 5 stars. Film 1 has the
# vector (2, 1), so every $u$ with $2u_1 + u_2 = 5$ fits without error. Look at what three of them
# say about film 3.

# %% id=too-free
for candidate in ([2.5, 0], [0, 5], [100, -195]):
    candidate = np.array(candidate, dtype=float)
    print(
        f"u = {candidate}:",
        f"film 1 {candidate @ item_factors[0]:g}, film 3 {candidate @ item_factors[2]:g}",
    )

assert np.array([100, -195]) @ item_factors[2] == -290
rated = item_factors[[0]]  # (1, 2): the films this user rated
assert np.linalg.matrix_rank(rated.T @ rated) == 1

# %% [markdown] id=l2-text
# All three are perfect on what was rated, and one of them predicts −290 stars. One rating cannot
# determine two numbers: with $V_\Omega$ for the vectors of the rated films, one a row, the matrix
# $V_\Omega^\top V_\Omega$ of the equations has rank 1 and no inverse.
#
# **L2 regularisation** breaks the tie: among the vectors that fit about equally well, prefer the
# short one. Among all those that fit our new user it picks (2, 1), and 4 stars for film 3.
#
# $$L = \sum_\Omega e_{ij}^2 + \lambda\left(\lVert U\rVert^2 + \lVert V\rVert^2\right)$$
#
# $\lVert U\rVert^2$ is the sum of the squares of all numbers in $U$. Each row's gradient gains
# $2\lambda u_i$ or $2\lambda v_j$, so the step of section 4 becomes
# $u \leftarrow u + 2\eta\,(e\,v - \lambda u)$, and likewise for $v$. On our table, with
# $\lambda = 0.1$, the loss of 42.25 becomes 45.3.

# %% id=l2-run
regularised, (l2_by_user, l2_by_item) = losses.observed_squared_error(
    users, items, stars, user_factors, item_factors, l2=0.1
)
print(f"{regularised:.4f} stars²;  user 1's gradient: {l2_by_user[0]}")
shrunk_u, shrunk_v = updates.sgd_step(u, v, rating=5.0, learning_rate=0.1, l2=0.1)
print(f"the step of section 4 with λ = 0.1: u {shrunk_u}, v {shrunk_v}")
tiny = updates.als_user_update(rated, np.array([5.0]), l2=1e-9)
print(f"the shortest vector that fits: {tiny.round(4)}; film 3: {tiny @ item_factors[2]:.4f}")

assert np.isclose(regularised, 45.3)
assert np.allclose(l2_by_user, [[-9.8, 1.1], [-7.8, -8], [2.1, -17.8], [-12, -25.8]])
assert np.allclose(l2_by_item, [[-7.6, -0.3], [-2.3, -2.3], [0.2, -5.6], [1.7, -4.9], [-5, -5.6]])
assert np.allclose(shrunk_u, u + 2 * 0.1 * (error * v - 0.1 * u))
assert np.allclose(shrunk_v, v + 2 * 0.1 * (error * u - 0.1 * v))
assert np.allclose([*shrunk_u, *shrunk_v], [1.98, 0.99, 2.46, 1.23])
assert np.allclose(tiny, [2, 1], atol=1e-6)
assert np.isclose(tiny @ item_factors[2], 4)

# %% [markdown] id=biases-text
# **Biases.** Much of a rating is no matter of taste: some people are generous, some films are good.
# Give that part parameters of its own:
#
# $$\hat r_{ij} = \mu + b_i + c_j + u_i\cdot v_j$$
#
# $\mu$ is the mean of all ratings, $c_j$ how much film $j$ lies above it, $b_i$ how much user $i$
# lies above what their films explain. Each is an average whose divisor is one larger than the
# number of ratings: a film with one rating is trusted by half. This *damping* is the L2 of the
# biases.

# %% id=biases-run
mean = stars.mean()
item_biases = np.array(
    [(stars[items == j] - mean).sum() / ((items == j).sum() + 1) for j in range(5)]
)
left = stars - mean - item_biases[items]  # (13,) what the films do not explain
user_biases = np.array([left[users == i].sum() / ((users == i).sum() + 1) for i in range(4)])
print("films:", item_biases, " users:", user_biases)

no_factors = np.zeros((4, 2)), np.zeros((5, 2))
mean_loss = losses.biased_squared_error(
    users, items, stars, mean, np.zeros(4), np.zeros(5), *no_factors
)[0]
bias_loss = losses.biased_squared_error(
    users, items, stars, mean, user_biases, item_biases, *no_factors
)[0]
print(f"loss of the mean alone: {mean_loss:.2f}; with biases: {bias_loss:.2f} stars²")

assert np.allclose(item_biases, [1 / 4, -3 / 4, 1, 0, 0])
assert np.allclose(user_biases, [1 / 8, -13 / 16, 1 / 10, 11 / 16])
assert np.isclose(mean_loss, 42)
assert np.isclose(bias_loss, 96233 / 3200)
assert np.isclose(mean + user_biases[0] + item_biases[4], 3.125)  # user 1, film 5

# %% [markdown] id=biases-read
# Predicting the mean everywhere costs 42 stars². Our arbitrary factors cost 42.25: worse than no
# model at all! The biases bring it to 30.07 with nothing but averages. For user 1 and film 5 they
# say 3.125 stars.
#
# Keep this in mind for every model you meet: *compare it with the mean and with the biases first.*

# %% id=check-biases
bias_rng = np.random.default_rng(3)
made = make_world(bias_rng, n_users=40, n_items=90).interactions
library_biases = Biases(user_damping=1, item_damping=1, sweeps=1).fit(made)
slow_items, slow_users = np.zeros(made.n_items), np.zeros(made.n_users)
for j in np.unique(made.items):
    deviations = made.ratings[made.items == j] - library_biases.mean
    slow_items[j] = deviations.sum() / (len(deviations) + 1)
for i in np.unique(made.users):
    own = made.users == i
    deviations = made.ratings[own] - library_biases.mean - slow_items[made.items[own]]
    slow_users[i] = deviations.sum() / (len(deviations) + 1)
assert np.allclose(library_biases.item_biases, slow_items, atol=1e-5)
assert np.allclose(library_biases.user_biases, slow_users, atol=1e-5)
expected = library_biases.mean + slow_users[:, None] + slow_items
assert np.allclose(library_biases.score(range(made.n_users)), expected, atol=1e-5)

# %% [markdown] id=s6
# ## 6. ALS: jump instead of walk
#
# The loss is awkward because $U$ and $V$ multiply each other. Hold $V$ still, and what is left for
# one user is ordinary least squares: a parabola with one lowest point, which you can compute. Set
# the gradient to zero, and divide by 2:
#
# $$\sum_{j\in\Omega_i}\left(r_{ij} - u_i\cdot v_j\right) v_j = \lambda u_i$$
#
# This is a linear system for $u_i$. With $V_\Omega$ for the vectors of the films that user $i$
# rated, one a row, $r_i$ for the ratings of these films, and $I$ for the identity matrix, its
# solution is
#
# $$u_i = \left(V_\Omega^\top V_\Omega + \lambda I\right)^{-1} V_\Omega^\top r_i$$
#
# *Alternating least squares* does that for every user, then holds $U$ still and does it for every
# film, and so on. There is no learning rate.
#
# For user 1 (films 1, 2, 4) and $\lambda = 1$ the system has two equations:
#
# $$\begin{pmatrix}6+1 & 6\\ 6 & 11+1\end{pmatrix} u_1 = \begin{pmatrix}14\\ 11\end{pmatrix}$$

# %% [markdown] id=predict-5
# **Predict.** Solve it, or estimate: which rating will the new $u_1$ predict for film 3, with its
# vector (1, 2), which user 1 has not rated?

# %% id=guess-5 tags=predict
guess_film3 = None  # stars


# %% id=slow-als
def slow_als_user_update(ratings, observed, item_factors, l2):
    """Collect the normal equations film by film, then solve them."""
    normal_matrix = l2 * np.eye(item_factors.shape[1])
    right_side = np.zeros(item_factors.shape[1])
    for j in np.flatnonzero(observed):
        normal_matrix += np.outer(item_factors[j], item_factors[j])
        right_side += ratings[j] * item_factors[j]
    return np.linalg.solve(normal_matrix, right_side)


u1 = slow_als_user_update(ratings[0], observed[0], item_factors, l2=1.0)
print("u1:", u1, " predictions:", (item_factors @ u1).round(4))
compare_guess(guess_film3, u1 @ item_factors[2])

assert np.allclose(u1, [17 / 8, -7 / 48])  # 2.125, -0.1458
assert np.allclose(item_factors @ u1, [4.104167, 1.979167, 1.833333, 1.6875, -0.291667], atol=1e-6)

# %% [markdown] id=als-read
# User 1 gave 5, 3 and 1; the new vector says 4.10, 1.98 and 1.69. One jump did that. It also says
# −0.29 for film 5: nothing in the model knows that stars begin at 1.

# %% id=check-als
rng = np.random.default_rng(2)
for _ in range(20):
    V, r, mask = rng.normal(size=(9, 3)), rng.integers(1, 6, size=9), rng.random(9) < 0.6
    solved = updates.als_user_update(V[mask], r[mask].astype(float), l2=0.5)
    assert np.allclose(solved, slow_als_user_update(r, mask, V, l2=0.5))
    gradient = -2 * V[mask].T @ (r[mask] - V[mask] @ solved) + 2 * 0.5 * solved
    assert np.allclose(gradient, 0, atol=1e-9)  # the lowest point: nothing pulls any more

# %% [markdown] id=surface-text
# **Look at the surface.** With one user, one film and one factor there are two numbers, so you can
# see the whole loss. Let the rating be 4 and $\lambda = 1$: $L(u, v) = (4 - uv)^2 + u^2 + v^2$.


# %% id=surface
def pair_loss(u, v):
    return (4 - u * v) ** 2 + u**2 + v**2


start = (-1.2, 2.6)
sgd_path, als_path = [start], [start]
for _ in range(60):
    one_u, one_v = np.array(sgd_path[-1]).reshape(2, 1)
    new = updates.sgd_step(one_u, one_v, rating=4.0, learning_rate=0.02, l2=1.0)
    sgd_path.append((new[0].item(), new[1].item()))
for _ in range(12):
    u_now, v_now = als_path[-1]
    u_now = 4 * v_now / (v_now**2 + 1)  # the best u for this v
    als_path += [(u_now, v_now), (u_now, 4 * u_now / (u_now**2 + 1))]
bottom = np.sqrt(3)

grid = np.linspace(-3.3, 3.7, 200)
surface = pair_loss(*np.meshgrid(grid, grid))  # (200, 200), stars²
levels = [7, 8, 10, 13, 16, 20, 30, 50, 100]
shades = [str(shade) for shade in np.linspace(0.72, 1, len(levels))]  # the lower, the darker
plt.figure(figsize=(7, 5.8))
plt.contourf(grid, grid, surface, levels, colors=shades, extend="max")
contours = plt.contour(grid, grid, surface, levels[1:], colors=GREY, linewidths=0.8)
plt.clabel(contours, fmt="%g", fontsize=10, colors="black")
plt.plot(*zip(*sgd_path, strict=True), ".-", color=BLUE, label="SGD, η = 0.02", linewidth=2)
plt.plot(*zip(*als_path, strict=True), "s-", color=ORANGE, markersize=5, label="ALS", linewidth=2)
plt.plot([bottom, -bottom], [bottom, -bottom], "k*", markersize=13, label="lowest points: 7")
plt.plot(*start, "ko", markersize=7)
plt.annotate("start", start, (-1.9, 2.75))
plt.gca().set_aspect("equal")
plt.legend(loc="lower right", framealpha=1, title="loss in stars²")
plt.title("SGD slides, ALS turns square corners;\nboth reach the same lowest point")
plt.xlabel("user factor u (√stars)")
plt.ylabel("film factor v (√stars)")
plt.show()

assert np.allclose(sgd_path[-1], bottom, atol=0.02)
assert np.allclose(als_path[-1], bottom, atol=0.02)
assert np.isclose(pair_loss(bottom, bottom), 7)
assert np.isclose(pair_loss(-bottom, -bottom), 7)
assert pair_loss(0, 0) == 16

# %% [markdown] id=surface-alt
# *Figure: contour lines of the loss over the user's factor (across) and the film's factor (up), the
# ground darker where the loss is lower. Two bowls lie on the diagonal, one at about (1.73, 1.73)
# and one at (−1.73, −1.73); between them, at (0, 0), is a pass with the loss 16. From the same
# start SGD follows a curve and ALS a staircase; both end in the upper right bowl.*
#
# There are two lowest points with the same loss, 7: turn both signs, and every prediction stays. So
# never read a meaning into a single factor, nor compare the factors of two training runs. Compare
# predictions.

# %% [markdown] id=s7
# ## 7. The descent
#
# Now the whole table: SGD goes through the 13 ratings in random order, which is one *pass*; ALS
# solves for the four users and then for the five films, which is one *sweep*.
#
# **A trap first.** SGD meets $\lambda$ once for *every rating*, so a user with three ratings is
# shrunk three times. What it minimises is
#
# $$\sum_{(i,j)\in\Omega}\left(e_{ij}^2 + \lambda\lVert u_i\rVert^2 +
# \lambda\lVert v_j\rVert^2\right)$$
#
# To give ALS the same goal, pass it $\lambda n_i$ for a row with $n_i$ ratings. Otherwise you
# compare two different losses.

# %% [markdown] id=predict-6
# **Predict.** ALS needs about ten sweeps to come within 1 % of the lowest value. How many passes
# over the ratings does SGD need, with $\eta = 0.02$?

# %% id=guess-6 tags=predict
guess_passes = None  # passes

# %% id=descent
l2 = 0.1
table = sparse.csr_array(np.where(observed, ratings, 0))
per_user, per_item = l2 * observed.sum(axis=1), l2 * observed.sum(axis=0)


def goal(user_factors, item_factors):
    """What both methods minimise: λ counts once a rating."""
    errors = stars - losses.predict_pairs(users, items, user_factors, item_factors)
    shrink_users = per_user @ (user_factors**2).sum(axis=1)
    shrink_items = per_item @ (item_factors**2).sum(axis=1)
    return errors @ errors + shrink_users + shrink_items


rng = np.random.default_rng(4)
U, V = user_factors, item_factors
sgd_goal = [goal(U, V)]
for _ in range(150):
    U, V = updates.sgd_epoch(users, items, stars, U, V, learning_rate=0.02, l2=l2, rng=rng)
    sgd_goal.append(goal(U, V))
sgd_predictions = losses.predict_ratings(U, V)

U, V = user_factors, item_factors
als_goal = [goal(U, V)]
for _ in range(500):
    U = updates.als_sweep(table, V, per_user)
    V = updates.als_sweep(table.T.tocsr(), U, per_item)
    als_goal.append(goal(U, V))
als_predictions = losses.predict_ratings(U, V)

lowest = als_goal[-1]
als_sweeps = int(np.argmax(np.array(als_goal) < 1.01 * lowest))
sgd_passes = int(np.argmax(np.array(sgd_goal) < 1.01 * lowest))
compare_guess(guess_passes, sgd_passes, "passes")
print(f"ALS: {als_sweeps} sweeps. Lowest value: {lowest:.2f} stars²")

# %% id=descent-figure
plt.figure()
plt.semilogy(np.array(sgd_goal) - lowest, color=BLUE, label="SGD, η = 0.02", linewidth=2)
plt.semilogy(np.array(als_goal[:151]) - lowest, color=ORANGE, label="ALS", linewidth=2)
plt.axhline(0.01 * lowest, color=GREY, linestyle=":")
plt.text(150, 0.0115 * lowest, "1 % above the minimum", color=GREY, ha="right")
plt.ylim(1e-4, 100)
plt.title(
    f"ALS is within 1 % of the minimum after {als_sweeps} sweeps,\nSGD after {sgd_passes} passes"
)
plt.xlabel("passes over the table")
plt.ylabel("loss above its minimum (stars²)")
plt.legend()
plt.show()

# %% [markdown] id=descent-alt
# *Figure: how far the loss is above its minimum, on a logarithmic axis, against passes over the
# table. Both fall steeply in the first passes. ALS then goes down in a straight line, SGD flattens
# and trembles.*

# %% id=descent-assert
assert 8 <= als_sweeps <= 12
assert 30 <= sgd_passes <= 90
assert all(later <= earlier + 1e-9 for earlier, later in pairwise(als_goal))

# %% [markdown] id=descent-read
# ALS takes fewer passes, but a sweep costs more: it solves a small system for each user and each
# film. SGD needs one rating at a time, also when new ones keep arriving, and a learning rate that
# somebody has to find.
#
# And the gap that we began with, user 1 and film 3? Look at what the two methods fill in.

# %% id=filled
difference = abs(sgd_predictions - als_predictions)
print("SGD:\n", sgd_predictions.round(1))
print("ALS:\n", als_predictions.round(1))
print(f"largest difference on rated cells {difference[observed].max():.2f} stars,")
print(f"on unrated cells {difference[~observed].max():.2f} stars")

assert difference[observed].max() < 0.1
assert 0.1 < difference[~observed].max() < 0.4
assert 1.5 < als_predictions[0, 2] < 2.5
assert 1.5 < sgd_predictions[0, 2] < 2.5

# %% [markdown] id=filled-read
# Both fill in about 2 stars for user 1 and film 3. On the rated cells they agree to a few
# hundredths of a star, in the gaps they differ by up to 0.3: thirteen ratings cannot settle
# eighteen parameters, and what the ratings leave open, only L2 decides.
#
# To learn whether a filled gap is *right*, you must hide some ratings and predict those. From here
# on we do.

# %% [markdown] id=s8
# ## 8. Error museum: fitting the zeros
#
# This program is broken. It is short, fast, has no warnings, and its loss falls in every sweep.
# Versions of it are easy to find on the web.


# %% id=broken-program
def fit_the_table(table, embedding_dim, sweeps, l2, rng):
    """Factorise a table of ratings by least squares, first the users, then the items."""
    ridge = l2 * np.eye(embedding_dim)
    items = rng.normal(0, 0.1, (table.shape[1], embedding_dim))
    for sweep in range(sweeps):
        users = table @ items @ np.linalg.inv(items.T @ items + ridge)
        items = table.T @ users @ np.linalg.inv(users.T @ users + ridge)
        error = np.sqrt(np.mean((table - users @ items.T) ** 2))
        print(f"sweep {sweep + 1}: training RMSE {error:.3f}")
    return users, items


# %% [markdown] id=museum-world
# We run it on a made world of 1500 users and 600 films. Because we made it, we know how well one
# could do: the ratings carry noise of 0.6 stars, so **no model can have an RMSE much below 0.6**.
# These ratings are not cut off at 1 and 5 stars. A fifth of them is hidden.

# %% id=museum-run
world_rng, split_rng, broken_rng, fixed_rng = np.random.default_rng(8).spawn(4)
world = make_world(world_rng)
assert world.true_ratings.shape == (1500, 600)
assert world.noise_sd == 0.6
split = random_split(world.interactions, split_rng, test_fraction=0.2)
world_train, world_test = split.train, split.test

rating_table = world_train.to_csr()  # (n_users, n_items), only the ratings are stored
broken_users, broken_items = fit_the_table(
    rating_table.toarray(), embedding_dim=8, sweeps=6, l2=1.0, rng=broken_rng
)

# %% [markdown] id=predict-7
# **Predict.** The program reports a training RMSE of 1.2 stars. What is its RMSE on the hidden
# ratings?

# %% id=guess-7 tags=predict
guess_hidden_rmse = None  # stars

# %% id=answer-7
broken_predictions = losses.predict_pairs(
    world_test.users, world_test.items, broken_users, broken_items
)
broken_rmse = rmse(world_test.ratings, broken_predictions)
world_mean_rmse = rmse(world_test.ratings, np.full(len(world_test), world_train.ratings.mean()))
compare_guess(guess_hidden_rmse, broken_rmse)
print(f"Predicting the mean for everything: {world_mean_rmse:.2f} stars")

dense_rmse = np.sqrt(np.mean((rating_table.toarray() - broken_users @ broken_items.T) ** 2))
assert round(dense_rmse, 1) == 1.2  # what the program reported
assert broken_rmse > 2.9
assert world_test.ratings.mean() > 4
assert world_mean_rmse < 1.15

# %% [markdown] id=symptom
# **The symptom.** About 3 stars off, on ratings whose mean is above 4! Predicting one number for
# everybody would be three times better. Whoever watches only the training loss never learns of it.

# %% [markdown] id=hunt
# **The hunt.** Which cells does a loss look at? There is a direct way to ask: change a cell that
# *nobody rated* and see whether the loss moves. Back to the small table. User 1 has not rated film
# 3; a 0 fills the place, and the model predicts 2 there. Put in any other number: what must a sound
# loss do?

# %% id=hunt-edit tags=predict
filler = 5.0  # any number you like: it stands where nobody rated

# %% id=hunt-run
changed = ratings.copy()
changed[0, 2] = filler


def loss_of_the_table(ratings, observed, user_factors, item_factors):
    """What the broken program minimises: `observed` is there, and not used."""
    return ((ratings - user_factors @ item_factors.T) ** 2).sum()


for one_loss in (slow_loss, loss_of_the_table):
    before = one_loss(ratings, observed, user_factors, item_factors)
    after = one_loss(changed, observed, user_factors, item_factors)
    print(f"{one_loss.__name__:20} {before:6.2f} → {after:6.2f}")

changed[0, 2] = 5
moved = loss_of_the_table(changed, observed, user_factors, item_factors)
assert slow_loss(changed, observed, user_factors, item_factors) == 42.25
assert moved - dense_loss == (5 - 2) ** 2 - (0 - 2) ** 2 == 5

# %% [markdown] id=hunt-read
# The sound loss does not move. The other one counts the filler as a rating: with 5 in the place,
# its loss grows by $(5 - 2)^2 - (0 - 2)^2 = 5$.
#
# **The test that would have caught it** follows from the hunt, and works for any loss.


# %% id=museum-test
def check_unrated_cells_do_not_matter(loss):
    rng = np.random.default_rng(5)
    factors = rng.normal(size=(6, 3)), rng.normal(size=(8, 3))
    mask = rng.random((6, 8)) < 0.5
    one, other = rng.normal(size=(2, 6, 8))
    other = np.where(mask, one, other)  # the same ratings, other fillers
    same = np.isclose(loss(one, mask, *factors), loss(other, mask, *factors))
    assert same, "a cell that nobody rated moves the loss"


check_unrated_cells_do_not_matter(slow_loss)
try:
    check_unrated_cells_do_not_matter(loss_of_the_table)
    caught = False
except AssertionError as problem:
    caught = True
    print("caught:", problem)

assert caught

# %% [markdown] id=repair
# **The repair** is the ALS of section 6: the same alternation, but each user's system has only the
# films that this user rated.

# %% id=repair-run
V = fixed_rng.normal(0, 0.1, (world_train.n_items, 8))
for _ in range(10):
    U = updates.als_sweep(rating_table, V, l2=5.0)
    V = updates.als_sweep(rating_table.T.tocsr(), U, l2=5.0)
fixed_predictions = losses.predict_pairs(world_test.users, world_test.items, U, V)
fixed_rmse = rmse(world_test.ratings, fixed_predictions)
print(f"hidden ratings: {fixed_rmse:.2f} instead of {broken_rmse:.2f} stars")

assert fixed_rmse < 0.75

# %% id=museum-figure
bins = np.linspace(-1, 8, 73)
middle = np.median(broken_predictions)
plt.figure()
plt.hist(broken_predictions, bins, color=ORANGE, alpha=0.75, label="zeros fitted")
plt.hist(fixed_predictions, bins, color=BLUE, alpha=0.75, label="rated cells only")
plt.hist(
    world_test.ratings, bins, histtype="step", color="black", linewidth=1.6, label="hidden ratings"
)
plt.title(f"Fitting the zeros: half of the predictions lie below {middle:.1f} stars")
plt.xlabel("rating (stars)")
plt.ylabel("hidden ratings per eighth of a star")
plt.ylim(0, 2100)
plt.legend(loc="upper left", ncols=3, fontsize=11, columnspacing=1)
plt.show()

assert np.median(broken_predictions) < 1.5
assert np.median(world_test.ratings) > 4

# %% [markdown] id=museum-alt
# *Figure: three histograms over the hidden ratings. The ratings themselves and the predictions from
# rated cells lie around 4.3 stars. The predictions of the program that fits the zeros pile up
# between 0 and 2.*
#
# There are more than seven zeros for each rating, so the broken program mostly learned who rates
# what. That is not useless: for clicks, where nobody gives stars, a *small* weight on the empty
# cells is exactly right. For ratings in stars it is wrong.

# %% id=museum-ratio
empty_per_rating = (world_train.n_users * world_train.n_items - len(world_train)) / len(world_train)
print(f"{empty_per_rating:.1f} empty cells for each rating")

assert 7 < empty_per_rating < 8.5

# %% [markdown] id=second-exhibit
# ### A second exhibit: two tables that do not fit
#
# Texts about factorisation like to show a small product. In a published one, two people and two
# films have four factors each, so $U$ and $V$ are both of shape (2, 4). Their "product" is
# printed with two rows and four columns, and somebody reads a rating from its fourth column. Here
# is a program whose table has that shape:


# %% id=two-by-four
def predict_by_times(user_factors, item_factors):
    """Multiply the users' factors by the films' factors."""
    return user_factors * item_factors


two_users = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])  # (2 users, 4 factors)
two_films = two_users.copy()  # (2 films, 4 factors); the same numbers will do
printed = predict_by_times(two_users, two_films)
print(printed)

# %% [markdown] id=predict-shape
# No error, no warning. **Predict, and hunt.** Two people and two films: how many numbers should a
# table of all predictions hold? And what would the fourth column be *of*?

# %% id=guess-shape tags=predict
guess_n_predictions = None  # numbers in the table

# %% id=answer-shape
compare_guess(guess_n_predictions, 2 * 2, "predictions")
print("the program's table:", printed.shape, "with", printed.size, "numbers")
try:
    print(two_users @ two_films)
except ValueError as problem:
    print("U @ V: an error,", str(problem)[:45], "…")
sound = losses.predict_ratings(two_users, two_films)
print("U @ V.T:", sound.shape, *sound.round(2))

assert printed.shape == (2, 4)
assert np.allclose(printed, [[0.01, 0.04, 0.09, 0.16], [0.25, 0.36, 0.49, 0.64]])
assert np.allclose(sound, [[0.30, 0.70], [0.70, 1.74]])
assert np.allclose(sound, [[sum(u * v) for v in two_films] for u in two_users])

# %% [markdown] id=shape-read
# There is no fourth film: the columns of the printed table are *factors*. The program multiplied
# offer by liking and forgot to add up. The right answer, $UV^\top$, has a row a user and a column a
# film:
#
# $$\begin{pmatrix}0.30 & 0.70\\ 0.70 & 1.74\end{pmatrix}$$
#
# Nothing complained because the example had **as many users as films**. So the test that would have
# caught it uses three sizes that all differ.


# %% id=shape-test
def check_a_row_a_user_a_column_a_film(predict):
    try:
        shape = predict(np.ones((3, 2)), np.ones((5, 2))).shape  # 3 users, 5 films, 2 factors
    except ValueError:
        shape = "none at all"
    assert shape == (3, 5), f"3 users and 5 films, and the shape is {shape}"


check_a_row_a_user_a_column_a_film(losses.predict_ratings)
for wrong in (predict_by_times, np.matmul):
    try:
        check_a_row_a_user_a_column_a_film(wrong)
        caught = False
    except AssertionError as problem:
        caught = True
        print(f"{wrong.__name__}, caught: {problem}")
    assert caught

# %% [markdown] id=s9
# ## 9. Real films
#
# Now 100,004 ratings of 9,066 films by 671 people, from
# [MovieLens](https://grouplens.org/datasets/movielens/). They come with the course; nothing is
# downloaded. Again a fifth is hidden.

# %% id=movielens
movielens = load_movielens()
split_rng, sgd_rng, als_model_rng = np.random.default_rng(1).spawn(3)
split = random_split(movielens, split_rng, test_fraction=0.2)
film_train, film_test = split.train, split.test
density = len(movielens) / (movielens.n_users * movielens.n_items)
print(f"{len(movielens):,} ratings, {movielens.n_users} users, {movielens.n_items:,} films")
print(f"{density:.1%} of the cells are filled; the mean is {movielens.ratings.mean():.2f} stars")

assert (len(movielens), movielens.n_users, movielens.n_items) == (100_004, 671, 9_066)
assert density < 0.02
assert len(film_train) == 80_003

# %% [markdown] id=biases-first
# First the two models that everything must beat: the mean, and the biases. The factors then have to
# explain only what the biases leave over. The library's `Biases` averages as in section 5, but
# damps more, with divisors larger by 3 for a film and by 5 for a person, and takes films and people
# in turn ten times over.

# %% id=biases-movielens
biases = Biases().fit(film_train)
mean_rmse = rmse(film_test.ratings, np.full(len(film_test), film_train.ratings.mean()))
bias_rmse = rmse(film_test.ratings, biases.predict(film_test.users, film_test.items))
left_over = film_train.ratings - biases.predict(film_train.users, film_train.items)  # (n,) stars
print(f"hidden ratings: mean {mean_rmse:.3f}, biases {bias_rmse:.3f} stars")

assert 0.86 < bias_rmse < 0.92
assert mean_rmse > 1.04

# %% [markdown] id=predict-8
# **Predict.** The biases are about 0.9 stars off. How far off is a factorisation with 8 factors on
# top of them?

# %% id=guess-8 tags=predict
guess_factors_rmse = None  # stars

# %% [markdown] id=sgd-movielens-text
# SGD with two strengths of L2, everything else alike. It takes some seconds: every step is a Python
# call, 80,003 of them in each pass.


# %% id=sgd-movielens
def descend(l2, passes, rng):
    """Train by SGD; after each pass note the RMSE on training and on hidden ratings."""
    factors = (
        rng.normal(0, 0.1, (film_train.n_users, 8)),
        rng.normal(0, 0.1, (film_train.n_items, 8)),
    )
    base = biases.predict(film_test.users, film_test.items)
    history = []
    for _ in range(passes):
        factors = updates.sgd_epoch(
            film_train.users,
            film_train.items,
            left_over,
            *factors,
            learning_rate=0.04,
            l2=l2,
            rng=rng,
        )
        seen = rmse(left_over, losses.predict_pairs(film_train.users, film_train.items, *factors))
        hidden = base + losses.predict_pairs(film_test.users, film_test.items, *factors)
        history.append((seen, rmse(film_test.ratings, hidden)))
    return np.array(history)  # (passes, 2)


histories = {
    l2: descend(l2, passes=6, rng=rng)
    for l2, rng in zip((0.05, 0.1), sgd_rng.spawn(2), strict=True)
}

# %% id=sgd-movielens-figure
turn = int(histories[0.05][:, 1].argmin()) + 1
figure, (left_axes, right_axes) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
for (l2, history), color in zip(histories.items(), (ORANGE, BLUE), strict=True):
    passes = np.arange(1, len(history) + 1)
    left_axes.plot(passes, history[:, 0], "o-", color=color, label=f"λ = {l2}")
    right_axes.plot(passes, history[:, 1], "o-", color=color, label=f"λ = {l2}")
right_axes.axhline(bias_rmse, color=GREY, linestyle=":", label="biases alone")
left_axes.set(xlabel="passes", ylabel="RMSE on training ratings (stars)")
right_axes.set(xlabel="passes", ylabel="RMSE on hidden ratings (stars)")
left_axes.legend()
right_axes.legend()
figure.suptitle(
    "The training error falls in every pass;\n"
    f"with λ = 0.05 the hidden error rises after pass {turn}",
    fontsize=12,
)
plt.show()

assert 2 <= turn <= 4
assert (np.diff(histories[0.05][:, 0]) < 0).all()
assert (np.diff(histories[0.1][:, 0]) < 0).all()
assert histories[0.05][-1, 1] > bias_rmse > histories[0.1][-1, 1]
assert histories[0.05][-1, 1] - histories[0.1][-1, 1] < 0.02

# %% [markdown] id=sgd-movielens-alt
# *Figure: two panels, RMSE against passes for λ = 0.05 and λ = 0.1. Left, on the training ratings,
# both lines fall to the end, the one with λ = 0.05 much further. Right, on the hidden ratings, that
# line turns upwards halfway and ends above the biases, while the line with λ = 0.1 ends below them.
# Mind the axes: on the right everything happens within 0.02 stars.*
#
# **This is overfitting**, and the training loss cannot show it. You may not pick λ or the pass by
# this curve either: then the hidden ratings have helped to train. Section 10 shows how to pick it
# honestly.

# %% [markdown] id=als-movielens-text
# Now ALS, by the library's model, also with 8 factors. It solves for the biases together with the
# factors: a bias is one more factor, whose partner always stays the same number. As to $\lambda$,
# say which convention: by default a row with $n$ ratings gets $\lambda n^{0.4}$, between the
# $\lambda$ of section 5 and the $\lambda n$ of section 7.

# %% id=als-movielens
model = AlternatingLeastSquares(als_model_rng, embedding_dim=8).fit(film_train)
als_rmse = rmse(film_test.ratings, model.predict(film_test.users, film_test.items))
sgd_rmse = histories[0.1][-1, 1]
for name, value in {
    "mean": mean_rmse,
    "biases": bias_rmse,
    "SGD, λ = 0.05": histories[0.05][-1, 1],
    "SGD, λ = 0.1": sgd_rmse,
    "ALS": als_rmse,
}.items():
    print(f"{name:13} {value:.3f} stars")
compare_guess(guess_factors_rmse, als_rmse)

assert als_rmse < bias_rmse - 0.005
assert sgd_rmse < bias_rmse

# %% [markdown] id=als-movielens-read
# Are you disappointed? The biases took most of what there was to take, and the factors add little.
# On a table as small as this one, that is the honest result. It is not the whole story: two people
# with the same averages get different predictions only from the factors.

# %% [markdown] id=yours
# ### Your own predictions
#
# Write what you think of some films. Keep at least five, change titles and stars as you like; the
# spelling is that of the data, with a trailing "The" and the year.

# %% id=your-ratings tags=predict
my_stars = {
    "Toy Story (1995)": 4.5,
    "Matrix, The (1999)": 5,
    "Star Wars: Episode IV - A New Hope (1977)": 5,
    "Titanic (1997)": 2,
    "Pretty Woman (1990)": 1.5,
    "Blade Runner (1982)": 5,
}

# %% [markdown] id=fold-in-text
# You were not in the training data, so you have no vector. You get one by the ALS step of section
# 6: the films stand still, and your ratings give one small linear system. That is called *folding
# in*.

# %% id=fold-in
titles = [movielens.item_vocabulary.label_of(j) for j in range(movielens.n_items)]
n_ratings = np.bincount(film_train.items, minlength=film_train.n_items)  # (n_items,)
# Of two films with one title, the better known one stays.
film_of = {titles[j]: j for j in np.argsort(n_ratings)}

unknown = [title for title in my_stars if title not in film_of]
if unknown:
    print("Not in the data, left out:", unknown)
known = {film_of[title]: float(my_stars[title]) for title in my_stars if title in film_of}
my_scores = model.fold_in(
    np.array(list(known), dtype=int), list(known.values())
)  # (n_items,) stars

famous = [j for j in np.argsort(-n_ratings)[:150] if j not in known]
famous.sort(key=lambda j: -my_scores[j])
for heading, films in (("You should like", famous[:8]), ("You should like less", famous[-5:])):
    print(f"\n{heading}, of the best-known films:")
    for j in films:
        print(f"  {my_scores[j]:.1f}  {titles[j]}")

in_common = np.corrcoef(my_scores[famous], model.item_biases[famous])[0, 1]
print(f"\ncorrelation of your predictions with what everybody thinks: {in_common:.2f}")

# %% [markdown] id=fold-in-read
# Change a few stars and run the last two cells again: which of the predictions move?
#
# **What this model cannot do.** It knows neither genre, actors nor plot, only who rated what alike.
# A film with a few ratings gets little more than its average, and a new film nothing. The
# correlation tells how little a handful of ratings says about you: near 1, your list is everybody's
# list with small corrections.
#
# And it predicts the stars you would give *if you watched*. Which films you would choose is another
# question, with other measures: lesson 05.

# %% [markdown] id=s10
# ## 10. How far from the best?
#
# On real data you can say that one model beats another, never how much is left. In the made world
# you can: an *oracle* that knows every true rating still misses by the noise.

# %% [markdown] id=choose-l2
# How strong should L2 be? Not by the hidden ratings: they are for the end. Hide a fifth of the
# *training* ratings once more, try some values there, and keep the best.

# %% id=choose-l2-run
inner = random_split(world_train, np.random.default_rng(10), test_fraction=0.2)


def fit_als(interactions, l2):
    return AlternatingLeastSquares(np.random.default_rng(11), embedding_dim=8, l2=l2).fit(
        interactions
    )


trial_rmse = {}
for l2 in (0.125, 0.25, 0.5, 1.0, 2.0):
    trial = fit_als(inner.train, l2)
    trial_rmse[l2] = rmse(inner.test.ratings, trial.predict(inner.test.users, inner.test.items))
best_l2 = min(trial_rmse, key=trial_rmse.get)
print({l2: round(value, 3) for l2, value in trial_rmse.items()}, "→ λ =", best_l2)

# %% id=world-models
world_models = {
    "biases": Biases().fit(world_train),
    "ALS": fit_als(world_train, best_l2),
    "oracle": Oracle(world.true_ratings, "explicit").fit(world_train),
}
world_rmse = {"mean": world_mean_rmse}
for name, fitted in world_models.items():
    world_rmse[name] = rmse(world_test.ratings, fitted.predict(world_test.users, world_test.items))
print({name: round(value, 3) for name, value in world_rmse.items()})

assert world_rmse["oracle"] < world_rmse["ALS"] < world_rmse["biases"] < world_rmse["mean"]
assert np.isclose(world_rmse["oracle"], world.noise_sd, atol=0.02)

# %% id=world-figure
left_by = {name: value / world_rmse["oracle"] - 1 for name, value in world_rmse.items()}
plt.figure()
bars = plt.bar(world_rmse.keys(), world_rmse.values(), color=[GREY, PINK, BLUE, GREEN], width=0.6)
plt.bar_label(bars, fmt="%.2f", padding=3)
plt.ylim(0, 1.2)
plt.axhline(world.noise_sd, color="black", linestyle=":", linewidth=1)
plt.title(
    f"ALS is {left_by['ALS']:.0%} above the best possible error, the biases {left_by['biases']:.0%}"
)
plt.xlabel("model")
plt.ylabel("RMSE on hidden ratings (stars)")
plt.show()

# %% [markdown] id=world-alt
# *Figure: four bars, the RMSE of the mean, the biases, ALS and the oracle, falling from left to
# right; a dotted line marks the noise, 0.6 stars, which the oracle just reaches.*
#
# Here the factors are worth a lot, unlike in section 9. The world was *made* from factors, and ALS
# was told the true number of them, 8. A method looks best on data that were made by its own
# assumption: enjoy the bars, and keep the real films in mind.

# %% id=world-assert
assert left_by["ALS"] < 0.2 < 0.35 < left_by["biases"]

# %% [markdown] id=s11
# ## 11. What can go wrong
#
# Eight mistakes, each with the symptom by which you recognise it:
#
# - **Unrated cells counted as ratings of 0.** Changing a filler moves the loss; predictions are far
#   too low.
# - **`U @ V` without the transpose.** An error about shapes, or, if $V$ happens to be square, no
#   error and a wrong table. With `U * V` there is no error if there are as many users as films.
# - **Factor 2 lost in the gradient.** Finite differences are exactly twice your numbers.
# - **Sign of the gradient.** The loss grows in every step, however small the learning rate.
# - **Mean for sum.** 3.25 instead of 42.25, and a learning rate that is suddenly 13 times too
#   small.
# - **L2 on every row in each SGD step.** People who rated nothing today fade away.
# - **The new $u$ used for the step of $v$.** 6.25 becomes 7.5 stars. Fine if you say so, wrong if
#   you do not.
# - **$(\sum_f u_f)(\sum_f v_f)$ taken for $\sum_f u_f v_f$.** Opposite tastes, (1, 0) and (0, 1),
#   predict 1 instead of 0.
#
# The next cell shows some of the symptoms.

# %% id=symptoms
square_items = np.array([[2.0, 2.0], [1.0, 3.0]])  # as many films as factors
without, with_transpose = user_factors @ square_items, user_factors @ square_items.T
assert without.shape == with_transpose.shape  # no error about shapes
assert not np.allclose(without, with_transpose)

half_gradient = by_user / 2  # the factor 2 lost
assert np.allclose(nudged_users / half_gradient, 2)

uphill = slow_loss(ratings, observed, user_factors + 0.001 * by_user, item_factors)
assert uphill > 42.25  # wrong sign

forgotten = user_factors[3] * (1 - 2 * 0.02 * 0.1) ** 1000  # shrunk in 1000 steps of other people
print("user 4 after 1000 ratings by others:", forgotten.round(3), "instead of", user_factors[3])
assert forgotten[1] < 0.02

assert np.sum([1, 0]) * np.sum([0, 1]) == 1
assert np.dot([1, 0], [0, 1]) == 0

# %% [markdown] id=quiz-text
# ## 12. Quiz
#
# Five questions about what you have seen; each has one right answer. Write your letters in order,
# such as `"bacda"`, and run the cell.
#
# <!-- quiz -->

# %% id=quiz
quiz("mf_loss", "")

# %% [markdown] id=exercise
# ## 13. Your turn
#
# Open [the exercise](../exercises/03_mf_loss.ipynb): five functions, each a few lines, and
# `check(...)` answers at once. You write the prediction, the observed loss, its gradients, one SGD
# step and one ALS step. Stuck? `hint(...)` asks you a question first. Plan on an hour.
#
# You can now
#
# - predict a table from two factor matrices;
# - keep the gaps out of the loss, and prove that they are out;
# - derive a gradient, and catch a wrong one by finite differences;
# - choose between SGD and ALS, and compare both with the mean and the biases.
#
# The next lesson, [04 · The training loop](04_training_loop.ipynb), trains the same loss with
# TensorFlow, on a larger table.

# %% [markdown] id=reading
# ## 14. Further reading
#
# - Y. Koren, R. Bell, C. Volinsky: *Matrix Factorization Techniques for Recommender Systems.* IEEE
#   Computer 42(8), 2009. [doi:10.1109/MC.2009.263](https://doi.org/10.1109/MC.2009.263). Eight
#   readable pages by winners of the Netflix Prize.
# - Y. Zhou, D. Wilkinson, R. Schreiber, R. Pan: *Large-Scale Parallel Collaborative Filtering for
#   the Netflix Prize.* AAIM 2008.
#   [doi:10.1007/978-3-540-68880-8_32](https://doi.org/10.1007/978-3-540-68880-8_32). ALS with λ
#   weighted by the number of ratings, as in section 7.
# - S. Rendle, W. Krichene, L. Zhang, J. Anderson: *Neural Collaborative Filtering vs. Matrix
#   Factorization Revisited.* RecSys 2020. [arXiv:2005.09683](https://arxiv.org/abs/2005.09683). Why
#   the plain dot product is still hard to beat.
# - F. M. Harper, J. A. Konstan: *The MovieLens Datasets: History and Context.* ACM TiiS 5(4), 2015.
#   [doi:10.1145/2827872](https://doi.org/10.1145/2827872). Where the ratings of section 9 come
#   from.
