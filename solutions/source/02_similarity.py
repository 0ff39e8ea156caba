# %% [markdown] id=title
# # Exercise 02 · Similarity and neighbours
#
# You write five short functions: the cosine, the similarities of all users, the choice of
# neighbours, and two predictions, one from people and one from films. Together they are the oldest
# recommender there is; the last cell runs it on the table of the lesson.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops, `@`, lists, `float32` or `float64`, helper functions and
# extra cells are all fine. Keep the name and the arguments of each function. Each function is
# checked on its own: it must not need the others.
#
# **Where help is.** Each exercise names its section of [lesson 02](../lessons/02_similarity.ipynb).
# The examples here can be computed with a pencil; do one before you type. Stuck? Write
# `hint(cosine_similarity)`, or whichever function it is, in a new cell: first you get a question,
# on the second call a pointer, on the third a plan; never code.
#
# Plan on an hour. The notebook itself runs in a few seconds.

# %% id=setup
import numpy as np

from recsys_course.classroom import check, hint

# %% [markdown] id=running-example
# ## The running example
#
# Four users rated some of five films, in stars; a dot means *not rated*. Beside the table stands
# the mean of what each user rated.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |   | mean |
# |----|---|---|---|---|---|---|---|
# | **user 1** | 5 | 3 | · | 1 | · |   | 3 |
# | **user 2** | 4 | · | · | 1 | 1 |   | 2 |
# | **user 3** | 1 | 1 | · | 5 | 5 |   | 3 |
# | **user 4** | · | 2 | 5 | 5 | · |   | 4 |
#
# In code, user 1 is row 0 and film 1 is column 0. An unrated cell holds a 0 **and** `False` in
# `observed`: the zero only fills the place. Which cells are ratings, `observed` alone says. In some
# tables 0 is a rating, too.

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

# %% [markdown] id=about-cosine
# ## 1. The cosine
#
# ★☆☆ · 7 minutes · *You learn* to measure how alike two rows are, whatever their size. Lesson
# section 2.
#
# $$\cos(a, b) = \frac{\sum_k a_k\, b_k}{\sqrt{\sum_k a_k^2}\,\sqrt{\sum_k b_k^2}}$$
#
# Each sum runs over the whole vector. If one of the vectors is all zeros, the similarity is 0.
#
# Shapes: `first` and `second` (n,) → one number between −1 and 1.
#
# By hand: $a = (3, 0)$ and $b = (4, 3)$ give $12 / (3 \cdot 5) = 0.8$. The raw rows of users 1 and
# 2 give $21 / \sqrt{35 \cdot 18} = 0.836660\ldots$


# %% id=ex-cosine tags=exercise
def cosine_similarity(first, second):
    """Take the cosine of the angle between two vectors.

    Args:
        first: Numbers of one user or film, shape (n,); of any sign, 0 where there is none.
        second: Numbers of the other, shape (n,).

    Returns:
        The cosine, one number between -1 and 1; 0 if a vector is all zeros.
    """
    ### BEGIN SOLUTION
    norms = np.linalg.norm(first) * np.linalg.norm(second)
    return float(np.dot(first, second) / norms) if norms > 0 else 0.0
    ### END SOLUTION


# %% id=check-cosine
check(cosine_similarity)

# %% [markdown] id=about-matrix
# ## 2. The similarity of all users
#
# ★★★ · 20 minutes · *You learn* to centre, to compare everybody with everybody, and to trust a
# similarity by its support. Lesson sections 4 and 5.
#
# Take each user's **deviations**: $d_{ij} = r_{ij} - \bar r_i$ where user $i$ rated film $j$, with
# $\bar r_i$ the mean of what the user rated, and 0 everywhere else. Then, with $n_{ab}$ the number
# of films that both $a$ and $b$ rated,
#
# $$s_{ab} = \cos(d_a, d_b)\cdot\frac{n_{ab}}{n_{ab} + \beta}$$
#
# The norms in the cosine run over all that a user rated. The similarity is 0 where a user has no
# deviations (rated nothing, or gave everything the same) and where two users have no film in
# common, also when $\beta = 0$. The diagonal follows the same formula.
#
# Shapes: `ratings` and `observed` (n_users, n_items), `shrinkage` is $\beta$, one number →
# (n_users, n_users).
#
# By hand: user 1 has the deviations $(2, 0, \cdot, -2, \cdot)$ and user 2
# $(2, \cdot, \cdot, -1, -1)$. Their cosine is $6 / \sqrt{8 \cdot 6} = 0.866025\ldots$ They have
# two films in common, so $\beta = 2$ halves it, to $0.433012\ldots$


# %% id=ex-matrix tags=exercise
def similarity_matrix(ratings, observed, shrinkage):
    """Compare every user with every user by the mean-centred cosine, shrunk by support.

    Args:
        ratings: Ratings in stars, shape (n_users, n_items); 0 fills the unrated cells.
        observed: True where a rating is known, shape (n_users, n_items).
        shrinkage: The number β of common films at which a similarity is halved; 0 or more.

    Returns:
        Similarities between -1 and 1, shape (n_users, n_users).
    """
    ### BEGIN SOLUTION
    counts = observed.sum(axis=1)  # (n_users,)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)  # (n_users,)
    deviations = np.where(observed, ratings - means[:, None], 0.0)  # (n_users, n_items)
    norms = np.linalg.norm(deviations, axis=1)  # (n_users,)
    norms[norms == 0] = 1.0  # their products are 0 already
    cosines = deviations @ deviations.T / np.outer(norms, norms)  # (n_users, n_users)
    common = observed.astype(int) @ observed.T.astype(int)  # (n_users, n_users)
    return cosines * common / np.maximum(common + shrinkage, 1)
    ### END SOLUTION


# %% id=check-matrix
check(similarity_matrix)

# %% [markdown] id=about-nearest
# ## 3. The nearest neighbours
#
# ★★☆ · 10 minutes · *You learn* who may speak about a film: somebody else, who has rated it. Lesson
# section 6.
#
# Find the `n_neighbors` users who are most similar to `user` **and** have rated `item`.
#
# - Nobody is their own neighbour, even if they have rated the item.
# - *Most similar* means the largest $s$: 0.2 comes before −0.9.
# - The most similar comes first. Of equals, the lower row number comes first.
# - If fewer than `n_neighbors` others have rated the item, return those there are.
#
# Shapes: `similarities` (n_users, n_users), `observed` (n_users, n_items), `user`, `item` and
# `n_neighbors` are whole numbers → row numbers of users, shape (at most n_neighbors,).
#
# By hand: film 2 was rated by users 1, 3 and 4. To user 2 they have the similarities 0.87, −0.82
# and −0.17. Two neighbours: users 1 and 4, in code `[0, 3]`.


# %% id=ex-nearest tags=exercise
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    """Choose the most similar other users who rated an item.

    Args:
        similarities: Shape (n_users, n_users), symmetric.
        observed: True where a rating is known, shape (n_users, n_items).
        user: Row of the user.
        item: Column of the item.
        n_neighbors: How many neighbours are wanted, at least 1.

    Returns:
        Rows of the neighbours, whole numbers, the most similar first; at most n_neighbors.
    """
    ### BEGIN SOLUTION
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    order = np.argsort(-similarities[user, others], kind="stable")
    return others[order[:n_neighbors]]
    ### END SOLUTION


# %% id=check-nearest
check(nearest_neighbors)

# %% [markdown] id=about-user-based
# ## 4. A prediction from people
#
# ★★☆ · 12 minutes · *You learn* to average opinions, for and against, without leaving the scale.
# Lesson section 6.
#
# $$\hat r_{ij} = \bar r_i +
# \frac{\sum_{k} s_{ik}\,(r_{kj} - \bar r_k)}{\sum_{k} |s_{ik}|}$$
#
# Both sums run over all **other** users $k$ who rated item $j$. $\bar r_i$ and $\bar r_k$ are the
# means of all that a user rated.
#
# - Whoever has the similarity 0 has no vote. If no vote is left, predict $\bar r_i$.
# - Somebody who has rated nothing has no mean: take the mean of all known ratings in its place.
# - Do not cut off at 1 or 5 stars.
# - Use **row** `user` of `similarities`. The table need not be symmetric: where only the nearest
#   neighbours are kept, it is not.
#
# Shapes: `ratings` and `observed` (n_users, n_items), `similarities` (n_users, n_users) → one
# number, in stars.
#
# By hand: user 1 and film 5. Users 2 and 3 rated it, with the deviations −1 and +2 and the
# similarities $0.866025$ and $-0.707107$:
# $3 + (-0.866025 - 1.414214) / 1.573132 = 1.550510\ldots$


# %% id=ex-user-based tags=exercise
def predict_user_based(ratings, observed, similarities, user, item):
    """Predict a rating from the deviations of other users.

    Args:
        ratings: Ratings in stars, shape (n_users, n_items); 0 fills the unrated cells.
        observed: True where a rating is known, shape (n_users, n_items).
        similarities: Shape (n_users, n_users); 0 where somebody is no neighbour.
        user: Row of the user.
        item: Column of the item.

    Returns:
        The predicted rating in stars, one number.
    """
    ### BEGIN SOLUTION
    known = ratings[user][observed[user]]
    base = known.mean() if len(known) else ratings[observed].mean()
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]  # (n_others,)
    total = np.abs(weights).sum()
    if total == 0:
        return float(base)
    means = np.array([ratings[k][observed[k]].mean() for k in others])  # (n_others,)
    return float(base + weights @ (ratings[others, item] - means) / total)
    ### END SOLUTION


# %% id=check-user-based
check(predict_user_based)

# %% [markdown] id=about-item-based
# ## 5. A prediction from films
#
# ★★☆ · 10 minutes · *You learn* to predict from a user's own ratings alone. Lesson section 7.
#
# $$\hat r_{ij} = \frac{\sum_{k} s_{jk}\, r_{ik}}{\sum_{k} s_{jk}}$$
#
# Both sums run over the **other** items $k$ that user $i$ rated and that have a **positive**
# similarity to item $j$. Ratings enter as they are, so a negative weight would make no sense here.
#
# - If there is no such item, predict $\bar r_i$, the mean of all that the user rated.
# - Somebody who has rated nothing gets the mean of all known ratings.
# - Use row `item` of `similarities`.
#
# Shapes: `ratings` and `observed` (n_users, n_items), `similarities` (n_items, n_items) → one
# number, in stars.
#
# By hand: a user gave 4, 1 and 5 stars to three films whose similarities to a fourth one are 0.5,
# 0.25 and −0.75. The last one is left out: $(0.5 \cdot 4 + 0.25 \cdot 1) / 0.75 = 3$ stars.


# %% id=ex-item-based tags=exercise
def predict_item_based(ratings, observed, similarities, user, item):
    """Predict a rating from what the user gave to similar items.

    Args:
        ratings: Ratings in stars, shape (n_users, n_items); 0 fills the unrated cells.
        observed: True where a rating is known, shape (n_users, n_items).
        similarities: Shape (n_items, n_items).
        user: Row of the user.
        item: Column of the item.

    Returns:
        The predicted rating in stars, one number.
    """
    ### BEGIN SOLUTION
    rated = np.flatnonzero(observed[user])
    if len(rated) == 0:
        return float(ratings[observed].mean())
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)  # (n_others,)
    if weights.sum() == 0:
        return float(ratings[user, rated].mean())
    return float(weights @ ratings[user, others] / weights.sum())
    ### END SOLUTION


# %% id=check-item-based
check(predict_item_based)

# %% [markdown] id=about-together
# ## All five together
#
# Nothing to write here. Once your five functions pass, this cell predicts the seven gaps of the
# running example in both ways. For the films it needs similarities between columns: the cosine of
# the users' deviations, film by film. Until then it says what it waits for.

# %% id=together
try:
    user_similarities = np.asarray(similarity_matrix(ratings, observed, shrinkage=2))
    user_means = ratings.sum(axis=1) / observed.sum(axis=1)  # (n_users,)
    deviations = np.where(observed, ratings - user_means[:, None], 0.0)  # (n_users, n_items)
    item_similarities = np.array(
        [[cosine_similarity(one, other) for other in deviations.T] for one in deviations.T]
    )  # (n_items, n_items)
    print("user  film  from people  from films")
    for user, item in np.argwhere(~observed):
        neighbors = nearest_neighbors(user_similarities, observed, user, item, n_neighbors=2)
        kept = np.zeros_like(user_similarities)  # 0: no neighbour, no vote
        kept[user, neighbors] = user_similarities[user, neighbors]
        by_users = predict_user_based(ratings, observed, kept, user, item)
        by_items = predict_item_based(ratings, observed, item_similarities, user, item)
        print(f"{user + 1:4}  {item + 1:4}  {by_users:11.2f}  {by_items:10.2f}")
except NotImplementedError:
    print("This cell comes to life when all five functions are written.")
