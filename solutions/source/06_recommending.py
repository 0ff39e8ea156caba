# %% [markdown] id=title
# # Exercise 06 · From scores to a working recommender
#
# You write four functions: the lists, the newcomer's scores, the answer to an unknown id, and the
# program that puts it all together, from raw events to a list for everybody. The last cells run
# your functions on real film ratings and end with ten films for you.
#
# **How to work.** Replace `raise NotImplementedError  # YOUR CODE HERE` by your code, run the cell,
# then run the cell `check(...)` below it. The answer comes at once: *not attempted*, *passed*, or
# what went wrong and where to look. Check as often as you like.
#
# **Any correct style counts.** Loops, sorting, NumPy, lists, `float32` or `float64`, helper
# functions and extra cells are all fine. Keep the name and the arguments of each function.
#
# **Where help is.** Each exercise names its section of
# [lesson 06](../lessons/06_recommending.ipynb). The examples here can be computed with a pencil; do
# one before you type. Stuck? Write `hint(recommend_top_k)` in a new cell: the first call asks you a
# question, the second points to a place, the third gives a plan in words. It never shows code.
#
# Plan on 70 minutes, half of them for the last function. The notebook itself runs in some five
# seconds on two cores, and in ten or fifteen once your functions make lists of real films.

# %% id=setup
import time

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_course.classroom import check, hint
from recsys_course.data.cleaning import k_core
from recsys_course.data.datasets import load_movielens
from recsys_course.data.interactions import Interactions
from recsys_course.formulas.linear import ease_weights
from recsys_course.models.factorization import AlternatingLeastSquares

# %% [markdown] id=running-example
# ## The running example
#
# Four users rated some of five films, in stars; a dot means *not rated*. Beside the table stand the
# factors of the users ($U$) and of the films ($V$).
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |   | $U$ |
# |----|---|---|---|---|---|---|-----------|
# | **user 1** | 5 | 3 | · | 1 | · |   | (1, ½) |
# | **user 2** | 4 | · | · | 1 | 1 |   | (1, 0) |
# | **user 3** | 1 | 1 | · | 5 | 5 |   | (½, 1) |
# | **user 4** | · | 2 | 5 | 5 | · |   | (0, 1) |
# | $V$ | (2, 1) | (1, 1) | (1, 2) | (1, 3) | (0, 2) |   |   |
#
# Their products $\hat R = U V^\top$ are the scores, a number for every user and every film:
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** | 2.5 | 1.5 | 2 | 2.5 | 1 |
# | **user 2** | 2 | 1 | 1 | 1 | 0 |
# | **user 3** | 2 | 1.5 | 2.5 | 3.5 | 2 |
# | **user 4** | 1 | 1 | 2 | 3 | 2 |
#
# In code, user 1 is row 0 and film 1 is column 0. `seen` is true where a user has rated a film.

# %% id=running-example-arrays
ratings = np.array(
    [
        [5, 3, 0, 1, 0],
        [4, 0, 0, 1, 1],
        [1, 1, 0, 5, 5],
        [0, 2, 5, 5, 0],
    ],
    dtype=float,
)  # (n_users, n_items), stars; 0 fills the unrated cells
seen = ratings > 0  # (n_users, n_items)
user_factors = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])  # (n_users, embedding_dim)
item_factors = np.array(
    [[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float
)  # (n_items, embedding_dim)
scores = user_factors @ item_factors.T  # (n_users, n_items)

# %% [markdown] id=about-top-k
# ## 1. The k best that are new to the user
#
# ★★☆ · 12 minutes · *You learn* to turn scores into lists without recommending what somebody knows
# already. Lesson section 1.
#
# For each user, list the $k$ items with the highest scores among those that the user has not seen,
# best first. Four rules:
#
# - scores may be negative, and mean nothing but an order;
# - of two items with equal scores the one with the lower index comes first;
# - where fewer than $k$ items are left, the places at the end of the row hold −1. A seen item never
#   fills a place;
# - a list is never longer than the catalogue: there are $\min(k,\ n_{\text{items}})$ places.
#
# Shapes: `scores` and `seen` (n_users, n_items) → whole numbers, (n_users, min(k, n_items)). The
# tables that you are given stay as they are.
#
# By hand, with the scores above and $k = 2$: user 1 has not seen films 3 and 5, with scores 2 and
# 1, so the row is (2, 4), counted from 0. User 2 has not seen films 2 and 3; both score 1, so the
# row is (1, 2). User 3 has not seen film 3 alone: (2, −1). User 4 has not seen films 1 and 5, with
# scores 1 and 2: (4, 0).


# %% id=ex-top-k tags=exercise
def recommend_top_k(scores, seen, k):
    """List the best unseen items of every user.

    Args:
        scores: Any real numbers, higher is better, shape (n_users, n_items); stays unchanged.
        seen: True where a user has seen an item, shape (n_users, n_items); stays unchanged.
        k: How many items a user is to be shown, at least 1.

    Returns:
        Item indices, best first, shape (n_users, min(k, n_items)); −1 at the end of a row where
        there are not enough unseen items.
    """
    ### BEGIN SOLUTION
    masked = np.where(seen, -np.inf, scores)  # (n_users, n_items)
    ranked = np.argsort(-masked, axis=1, kind="stable")[:, :k]  # (n_users, min(k, n_items))
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)
    ### END SOLUTION


# %% id=check-top-k
check(recommend_top_k)

# %% [markdown] id=about-fold-in
# ## 2. Fold in a new user
#
# ★★☆ · 15 minutes · *You learn* to score every film for somebody who joined a minute ago, without
# fitting the model again. Lesson section 2.
#
# The model predicts $\hat r_j = \mu + c_j + u \cdot v_j$: the mean, the film's bias, and taste.
# Everything but the newcomer's $u$ is known. With $\Omega$ the films that they rated, $V_\Omega$
# the rows of those films and the residuals $e_j = r_j - \mu - c_j$ for $j \in \Omega$,
#
# $$u = \left(V_\Omega^\top V_\Omega + \lambda I\right)^{-1} V_\Omega^\top e
# \qquad \hat r = \mu + c + V u$$
#
# Somebody without any rating gets $\mu + c$ (also when $\lambda = 0$).
#
# Shapes: `items` and `ratings` (n_rated,), `item_factors` (n_items, embedding_dim), `item_biases`
# (n_items,) → predictions of **all** films, (n_items,). They are not cut off at the ends of the
# scale: only their order matters here.
#
# By hand, with the films' factors above, ratings 5 and 3 for films 1 and 2, and $\lambda = 1$:
#
# $$V_\Omega^\top V_\Omega + I = \begin{pmatrix}6 & 3\\ 3 & 3\end{pmatrix}, \qquad
# \left(V_\Omega^\top V_\Omega + I\right)^{-1}
# = \tfrac19\begin{pmatrix}3 & -3\\ -3 & 6\end{pmatrix}$$
#
# - Mean 0, biases 0: the residuals are the ratings, $V_\Omega^\top e = (13, 8)$ and
#   $u = (\tfrac53, 1)$. The five predictions are
#   $\tfrac{13}3,\ \tfrac83,\ \tfrac{11}3,\ \tfrac{14}3,\ 2$.
# - Mean 3, biases $(\tfrac12, -\tfrac34, 1, 0, -\tfrac12)$: the residuals are $5 - 3.5 = 1.5$ and
#   $3 - 2.25 = 0.75$, $V_\Omega^\top e = (3.75,\ 2.25)$ and $u = (\tfrac12, \tfrac14)$. The five
#   predictions are $4.75,\ 3,\ 5,\ 4.25,\ 3$.


# %% id=ex-fold-in tags=exercise
def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    """Predict the rating of every item for somebody new.

    Args:
        item_factors: One row an item, shape (n_items, embedding_dim).
        item_biases: One number an item, in stars, shape (n_items,).
        mean: The mean rating μ of the training data, in stars.
        items: Indices of the items that the newcomer rated, each once, shape (n_rated,).
        ratings: Their ratings in the same order, in stars, shape (n_rated,).
        l2: The weight λ of the squared norm of the newcomer's vector.

    Returns:
        Predicted ratings in stars, shape (n_items,).
    """
    ### BEGIN SOLUTION
    baseline = mean + item_biases  # (n_items,)
    if len(items) == 0:
        return baseline
    rated = item_factors[items]  # (n_rated, embedding_dim)
    normal_matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    user = np.linalg.solve(normal_matrix, rated.T @ (ratings - baseline[items]))
    return baseline + item_factors @ user
    ### END SOLUTION


# %% id=check-fold-in
check(fold_in_user)

# %% [markdown] id=about-fallback
# ## 3. Somebody whom the model does not know
#
# ★☆☆ · 8 minutes · *You learn* to keep ids apart from positions, and to have an answer for an id
# that nobody knows. Lesson section 4.
#
# A shop asks for some user ids, in any order and perhaps twice. `known_ids` are the ids that the
# model was fitted with: `known_ids[row]` is the user in that row of `scores`. Each id that is known
# gets its own row of scores, every other id gets the row `popularity`.
#
# An id is a name, never a position, and any hashable value can be one. Python tells names apart:
# `"007"`, `"7"` and `7` are three people.
#
# Shapes: `scores` (len(known_ids), n_items), `popularity` (n_items,) → (len(user_ids), n_items).
#
# By hand: the scores above belong to `known_ids = ["007", 7, "ann", "bo"]`, and the popularity of
# the films is the number of their ratings, (3, 3, 1, 4, 2). Then `user_ids = ["bo", 8, 7]` gives
# three rows: that of user 4, (1, 1, 2, 3, 2); the popularity; and that of user 2, (2, 1, 1, 1, 0).
# (A count and a predicted rating have different units. That does no harm as long as a row is only
# ordered within itself.)


# %% id=ex-fallback tags=exercise
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    """Score all items for each id: its own scores if it is known, else the popularity.

    Args:
        user_ids: Ids to score for, a list of any hashable values.
        known_ids: Ids of the rows of scores, a list in the order of the rows, each id once.
        scores: Shape (len(known_ids), n_items).
        popularity: One number an item, shape (n_items,).

    Returns:
        Scores, one row for each of user_ids in their order, shape (len(user_ids), n_items).
    """
    ### BEGIN SOLUTION
    row_of = {known: row for row, known in enumerate(known_ids)}
    rows = [scores[row_of[user]] if user in row_of else popularity for user in user_ids]
    return np.array(rows).reshape(len(user_ids), len(popularity))
    ### END SOLUTION


# %% id=check-fallback
check(fallback_for_new_users)

# %% [markdown] id=about-pipeline
# ## 4. The whole program
#
# ★★★ · 35 minutes · *You learn* in which order the steps of a recommender follow each other, and
# why. Lesson section 6.
#
# `events` is what a shop collects: a list of tuples (user id, item id, rating, timestamp), in no
# particular order. `make_model` is a function that fits some model; you call it, and need not know
# which model it is.
#
# 1. **Clean.** Drop every event whose rating is missing (`None` or nan) or outside 0.5 … 5 stars.
#    Of several events of the same user with the same item keep the one with the latest timestamp;
#    if timestamps are equal, the one that stands later in the list.
# 2. **Hold out.** Take away the last event (by timestamp, then by place in the list) of each user
#    who has two or more. The others are the training events.
# 3. **Number.** The training events alone decide which users and items exist. Sorted by id they get
#    the indices 0, 1, 2, … (all user ids are of one kind, and all item ids, so that they can be
#    sorted).
# 4. **Fit.** `make_model(users, items, ratings, n_users, n_items)` gets three NumPy arrays with a
#    place for each training event, in any order: indices of users, indices of items (whole
#    numbers), ratings (floats). It returns scores, shape (n_users, n_items).
# 5. **Evaluate.** A held-out item is *found* if it is among the $k$ best of the items that its user
#    has not seen in the training events. An item that no training event holds cannot be found, and
#    counts as missed. The hit rate is the number found divided by the number of held-out events,
#    and nan (`float("nan")`) if nothing was held out.
# 6. **Recommend.** Number again, now from **all** clean events, fit once more, and list for every
#    user the ids of up to $k$ unseen items, best first. Equal scores may come in any order.
#
# `make_model` is called twice and no more. `events` stays as it is.
#
# By hand, with $k = 1$, and with a model that scores an item by the sum of its ratings:
#
# | event | user | item | rating | timestamp | |
# |---|---|---|---|---|---|
# | 0 | ann | alien | 5 | 1 | |
# | 1 | ann | brazil | 4 | 2 | ann's last: held out |
# | 2 | bo | alien | 4 | 1 | replaced by event 3 |
# | 3 | bo | alien | 2 | 3 | bo's last: held out |
# | 4 | bo | casablanca | 5 | 2 | |
# | 5 | cy | brazil | None | 4 | no rating: dropped |
# | 6 | cy | brazil | 3 | 5 | cy's only one: stays |
# | 7 | cy | dune | 9 | 6 | impossible: dropped |
#
# Training events are 0, 4 and 6: users (ann, bo, cy) and items (alien, brazil, casablanca) are
# numbered 0, 1, 2, and everybody's scores are (5, 3, 5). Ann has not seen brazil and casablanca;
# her list is casablanca, so brazil is missed. Bo has not seen alien and brazil; his list is alien:
# found. The hit rate is ½.
#
# All five clean events give the scores (7, 7, 5), and the lists: ann → casablanca, bo → brazil,
# cy → alien.


# %% id=ex-pipeline tags=exercise
def run_pipeline(events, make_model, k):
    """Collect, clean, fit, evaluate and recommend.

    Args:
        events: A list of (user id, item id, rating or None, timestamp); stays unchanged.
        make_model: make_model(users, items, ratings, n_users, n_items) fits a model and returns its
            scores, shape (n_users, n_items).
        k: Length of the lists, at least 1.

    Returns:
        The hit rate of the held-out events (nan if there is none), and a dictionary from each user
        id to the list of up to k recommended item ids, best first.
    """
    ### BEGIN SOLUTION
    latest = {}  # (user, item) → its event; a dictionary keeps the order in which keys come in
    for user, item, rating, timestamp in events:
        valid = rating is not None and 0.5 <= rating <= 5  # no comparison with nan is true
        before = latest.get((user, item))
        if valid and (before is None or timestamp >= before[3]):
            latest.pop((user, item), None)  # so that the new one goes to the end
            latest[user, item] = (user, item, rating, timestamp)

    histories = {}  # user → their events, oldest first
    for event in sorted(latest.values(), key=lambda event: event[3]):  # equals keep their order
        histories.setdefault(event[0], []).append(event)
    held_out = [history[-1] for history in histories.values() if len(history) > 1]
    training = [event for history in histories.values() for event in history[:-1] or history]

    def best_lists(rows):
        user_ids, item_ids = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
        row_of = {user: row for row, user in enumerate(user_ids)}
        column_of = {item: column for column, item in enumerate(item_ids)}
        users = np.array([row_of[row[0]] for row in rows])  # (n_events,)
        items = np.array([column_of[row[1]] for row in rows])  # (n_events,)
        stars = np.array([row[2] for row in rows], dtype=float)  # (n_events,)
        scores = make_model(users, items, stars, len(user_ids), len(item_ids))
        scores = np.array(scores, dtype=float)  # (n_users, n_items), a copy: it is masked below
        scores[users, items] = -np.inf
        lists = {}
        for user, row in row_of.items():
            ranked = np.argsort(-scores[row])[:k]  # the seen items come last
            lists[user] = [item_ids[item] for item in ranked if scores[row, item] > -np.inf]
        return lists

    lists = best_lists(training)
    found = [item in lists[user] for user, item, _, _ in held_out]
    hit_rate = sum(found) / len(found) if found else float("nan")
    return hit_rate, best_lists(list(latest.values()))
    ### END SOLUTION


# %% id=check-pipeline
check(run_pipeline)

# %% [markdown] id=about-together
# ## All four together
#
# Nothing to write here. Once your functions pass, this cell runs them on the running example.
# Until then it says what it waits for.


# %% id=together
def sum_of_ratings(users, items, ratings, n_users, n_items):
    """The model of the example: an item's score is the sum of its ratings, for everybody."""
    sums = np.bincount(items, weights=ratings, minlength=n_items)
    return np.tile(sums, (n_users, 1))


try:
    names = ["user 1", "user 2", "user 3", "user 4"]
    lists = recommend_top_k(scores, seen, k=2)
    newcomer = fold_in_user(item_factors, np.zeros(5), 0.0, np.array([0, 1]), np.array([5, 3]), 1.0)
    rows = fallback_for_new_users(["user 3", "somebody"], names, scores, seen.sum(axis=0))
    table_as_events = [
        (names[user], f"film {item + 1}", ratings[user, item], n)
        for n, (user, item) in enumerate(np.argwhere(seen))
    ]
    hit_rate, by_name = run_pipeline(table_as_events, sum_of_ratings, k=2)
    print("Two films for each user, by index:", *lists, sep="\n  ")
    print("A newcomer with ratings 5 and 3 for films 1 and 2:", np.round(newcomer, 2))
    print("The scores of user 3, and of somebody unknown:", *rows, sep="\n  ")
    print(f"The program finds {hit_rate:.0%} of the held-out films, and recommends:")
    for user, films in by_name.items():
        print(f"  {user}: {', '.join(films)}")
except NotImplementedError:
    print("This cell comes to life when all four functions are written.")

# %% [markdown] id=about-yours
# ## Ten films for you
#
# Now real people: the ratings of MovieLens, with the 20-core of lessons 00 and 06, and one user
# more. The films below are those of the two lessons. Put in what you put in there, with your stars
# and with titles as MovieLens writes them. A title that is not found is reported and left out.

# %% id=your-ratings
my_ratings = {
    "Toy Story (1995)": 4,
    "Matrix, The (1999)": 5,
    "Star Wars: Episode IV - A New Hope (1977)": 5,
    "Blade Runner (1982)": 4.5,
    "Titanic (1997)": 1.5,
}


# %% id=your-events
def movielens_events():
    """The ratings of people and films with at least 20, as events, with the films' titles."""
    films = k_core(load_movielens(), min_user_ratings=20, min_item_ratings=20)
    titles = [films.item_vocabulary.label_of(item) for item in range(films.n_items)]
    rows = zip(films.users, films.items, films.ratings, films.timestamps, strict=True)
    return [
        (f"user {user}", titles[item], float(rating), int(timestamp))
        for user, item, rating, timestamp in rows
    ]


events = movielens_events()
known_titles = {title for _, title, _, _ in events}
latest = max(timestamp for _, _, _, timestamp in events)
mine = [(title, stars) for title, stars in my_ratings.items() if title in known_titles]
not_found = [title for title in my_ratings if title not in known_titles]
print(f"{len(events):,} ratings of {len(known_titles):,} films. Not among them: {not_found or '–'}")

# %% [markdown] id=about-folded
# **As a newcomer.** A model by ALS is fitted to everybody but you. Your `fold_in_user` then
# predicts every film for you, and your `recommend_top_k` makes the list. Look at the time, and
# compare it with that of the fit.

# %% id=your-films-folded
try:
    recommend_top_k(scores, seen, k=1)  # are both written?
    fold_in_user(item_factors, np.zeros(5), 0.0, np.array([0]), np.array([5.0]), l2=1.0)
    frame = pd.DataFrame(events, columns=["user", "title", "rating", "timestamp"])
    films = Interactions.from_frame(frame, "user", "title", "rating", "timestamp")
    start = time.perf_counter()
    model = AlternatingLeastSquares(np.random.default_rng(6)).fit(films)
    fit_ms = 1000 * (time.perf_counter() - start)

    start = time.perf_counter()
    my_items = films.item_vocabulary.indices_of(title for title, _ in mine)
    my_stars = np.array([stars for _, stars in mine], dtype=float)
    l2 = model.l2 * max(len(mine), 1) ** model.l2_exponent  # as the model does for everybody
    predictions = fold_in_user(
        model.item_factors, model.item_biases, model.mean, my_items, my_stars, l2
    )
    predictions = np.asarray(predictions)[None, :]  # (1, n_items)
    mine_seen = np.isin(np.arange(films.n_items), my_items)[None, :]  # (1, n_items)
    ten = np.asarray(recommend_top_k(predictions, mine_seen, k=10))[0]
    fold_in_ms = 1000 * (time.perf_counter() - start)

    print(f"The fit took {fit_ms:.0f} ms, your list {fold_in_ms:.1f} ms.")
    for place, item in enumerate(ten, start=1):
        print(f"  {place:2d}. {predictions[0, item]:.1f}  {films.item_vocabulary.label_of(item)}")
except NotImplementedError:
    print("This cell comes to life when recommend_top_k and fold_in_user are written.")

# %% [markdown] id=about-films
# **As a user like all others.** Your events are put behind those of the others, as a user called
# `"you"`, and the whole program runs, with three models: the sum of ratings, the same for
# everybody; EASE, a linear model of each film by all others, which looks at *what* somebody rated;
# and EASE with stars, where a film that got fewer than 3 speaks *against* those that go with it, as
# in lessons 00 and 06.
#
# (A program that searches a list of all events for each event needs minutes here. If yours does,
# stop it, and use a dictionary or a set where it searches.)


# %% id=your-films
def ease(users, items, ratings, n_users, n_items):
    """A linear model of each film by all others; what was rated counts, the stars do not."""
    ones = np.ones(len(users), dtype=np.float32)
    chosen = sparse.csr_array((ones, (users, items)), shape=(n_users, n_items))
    return chosen @ ease_weights(chosen, l2=200.0)  # (n_users, n_items)


def ease_with_stars(users, items, ratings, n_users, n_items):
    """The same weights, but a film speaks with its stars above 3."""
    ones = np.ones(len(users), dtype=np.float32)
    chosen = sparse.csr_array((ones, (users, items)), shape=(n_users, n_items))
    stars = np.asarray(ratings - 3, dtype=np.float32)
    liked = sparse.csr_array((stars, (users, items)), shape=(n_users, n_items))
    return liked @ ease_weights(chosen, l2=200.0)  # (n_users, n_items)


models = {"sum of ratings": sum_of_ratings, "EASE": ease, "EASE with stars": ease_with_stars}
my_events = [("you", title, stars, latest + n) for n, (title, stars) in enumerate(mine, start=1)]
try:
    for name, make_model in models.items():
        hit_rate, lists = run_pipeline(events + my_events, make_model, k=10)
        print(f"{name}: {hit_rate:.1%} of the users' last films are on their lists. Yours:")
        for place, title in enumerate(lists.get("you", []), start=1):
            print(f"  {place:2d}. {title}")
except NotImplementedError:
    print("This cell comes to life when run_pipeline is written.")

# %% [markdown] id=what-you-see
# Four lists, all made by your own code, and three of them with a number beside them. The sum
# recommends to you what it recommends to all. On these ratings EASE finds more last films by
# *what* people rated than by *how*: what somebody watches next and what they will like are two
# questions, and the hit rate asks the first. The list by ALS answers the second, and leans towards
# films that everybody admires. And with the films and stars of lesson 00, the last list is the one
# that you got there before you knew how (or nearly: here your own ratings are in the fit).
#
# Which list would you rather have? Change a few of your stars and see which one follows you.
