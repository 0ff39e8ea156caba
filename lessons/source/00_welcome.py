# %% [markdown] id=title
# # 00 · Welcome: ten films for you
#
# After this lesson you can
#
# - say what a recommender does, and name the families it can belong to;
# - walk through the whole pipeline, from collected ratings to a list for one person;
# - get ten films for yourself from five ratings of your own, and see the list move when you change
#   your mind;
# - tell a good recommender from a bad one by counting, and say how good the best possible one is.
#
# You need some Python and a first acquaintance with NumPy arrays. The only mathematics is the mean.
# You do not need to understand yet *how* the model works: that is what the other lessons are for.
#
# *Plan on 40 minutes to work through it. Run from top to bottom it takes about 10 seconds on two
# cores and 280 MB of memory.*

# %% [markdown] id=how-notebooks
# **How a notebook works.** This page is made of cells. A cell holds text, like this one, or Python.
#
# - To run a cell, click it and press **Shift + Enter**. Its result appears below it, and the next
#   cell is selected.
# - Run the cells **in order**, from the top. A cell knows only what ran before it. If you see
#   `NameError`, a cell above has not been run yet.
# - Nothing can break. If you have lost your way, choose *Kernel → Restart Kernel and Run All Cells*
#   from the menu: the page begins again, and what you wrote stays.
#
# Try it: the next cell loads what the lesson needs. It prints nothing.

# %% id=setup
import difflib
import re

import matplotlib.pyplot as plt
import numpy as np

from recsys_course.classroom import check, compare_guess, quiz
from recsys_course.data.cleaning import k_core
from recsys_course.data.datasets import load_movielens
from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.evaluation.ranking import evaluate_ranking
from recsys_course.formulas.chance import expected_precision_at_k
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.plots import BLUE, GREEN, GREY, ORANGE, PINK, course_style, long_tail

course_style()

# %% [markdown] id=s1
# ## 1. What a recommender does
#
# A shop has a million things, a video site more films than you could watch in three lives, and a
# screen has room for ten. Somebody has to choose the ten. A **recommender** is a program that does
# it, for each person separately, from what is known about what people liked so far.
#
# It answers one of two questions:
#
# - **How much would you like this one?** The answer is a rating, such as 4.5 stars.
# - **Which ten should be on your screen?** The answer is a list, best first.
#
# They sound alike. Who answers the first question well need not be good at the second, and a later
# lesson shows it. Today you make a list.

# %% [markdown] id=predict-text
# **Predict before you run.** Before most results you write down a guess: replace `None` by a
# number, run the cell, then run the next one. A wrong guess is worth more than no guess, because
# you will remember why it was wrong. If you leave `None`, everything runs all the same.
#
# Let us practise. This lesson uses 100,004 ratings that people gave to 9,066 films. Take the most
# popular *tenth* of the films: how many of all ratings are theirs, in per cent?

# %% id=guess-tail tags=predict
guess_head_share = None  # your number of per cent, such as 25

# %% id=answer-tail
movielens = load_movielens()
ratings_per_film = np.sort(np.bincount(movielens.items))[::-1]  # (n_items,), most popular first
head = ratings_per_film[:907]  # a tenth of 9,066 films
head_share = 100 * head.sum() / ratings_per_film.sum()
compare_guess(guess_head_share, head_share, "per cent")

assert len(movielens) == 100_004
assert len(ratings_per_film) == 9_066
assert round(head_share) == 60

# %% [markdown] id=assert-text
# **Cells with `assert`** check the numbers of the text. `assert` stays silent when what follows is
# true, and stops the notebook when it is not. So if a cell below an explanation is silent, the
# explanation is right, on your machine too.
#
# Here is that answer as a picture.

# %% id=long-tail
long_tail(movielens)
plt.show()

rated_once = int((ratings_per_film == 1).sum())
print(f"{rated_once:,} of the {len(ratings_per_film):,} films have a single rating.")

assert rated_once == 3_063

# %% [markdown] id=long-tail-alt
# *Figure: the films stand from the most to the least popular, and the height is the number of
# ratings. A steep peak at the left, the most popular tenth, holds 60 % of the area. Then a long,
# flat tail runs to the right, where a third of all films have one rating each.*
#
# That shape is called the **long tail**, and you will meet it wherever people choose. It makes this
# field interesting. At the left a recommender has plenty to learn from, but you know those films
# already. At the right are the discoveries, and hardly anybody to learn from.

# %% [markdown] id=s2
# ## 2. A table with gaps
#
# Small first. Four people rated some of five films, from 1 to 5 stars. A dot means *not rated*.
#
# |    | film 1 | film 2 | film 3 | film 4 | film 5 |
# |----|---|---|---|---|---|
# | **user 1** | 5 | 3 | · | 1 | · |
# | **user 2** | 4 | · | · | 1 | 1 |
# | **user 3** | 1 | 1 | · | 5 | 5 |
# | **user 4** | · | 2 | 5 | 5 | · |
#
# This table goes with you through the first lessons. Real ones look the same, only larger and
# emptier. To recommend is to say something about the dots.
#
# An array has no gaps, so *something* must stand there. Two habits are common: a **0**, which no
# real rating can be here, or **nan**, "not a number", which a program puts where a file has an
# empty place. Learn to see both.

# %% id=table
nan = np.nan
with_zeros = np.array(
    [
        [5, 3, 0, 1, 0],
        [4, 0, 0, 1, 1],
        [1, 1, 0, 5, 5],
        [0, 2, 5, 5, 0],
    ],
    dtype=float,
)  # (n_users, n_items), stars; a 0 only fills the place
with_nans = np.where(with_zeros == 0, nan, with_zeros)  # the same table, the other habit
print(with_nans)

# %% [markdown] id=predict-mean
# **Predict.** The simplest thing you can know about a person is how many stars they usually give,
# their **mean rating**. What is the mean rating of user 1? A pencil is enough: look at the first
# row of the table.

# %% id=guess-mean tags=predict
guess_mean = None  # stars

# %% id=answer-mean
compare_guess(guess_mean, (5 + 3 + 1) / 3)

print("the mean of the row with zeros:", with_zeros[0].mean(), "stars")
print("the mean of the row with nans: ", with_nans[0].mean(), "stars")

assert (5 + 3 + 1) / 3 == 3
assert with_zeros[0].mean() == 1.8
assert np.isnan(with_nans[0].mean())

# %% [markdown] id=mean-read
# User 1 rated **three** films and gave 9 stars in all: the mean is 3.
#
# NumPy's own `mean` says 1.8 for the one row, as if user 1 hated two films that they have never
# seen. For the other row it says `nan`, because whatever you add to "not a number" is not a number.
# The first is worse: it *looks* like an answer.
#
# In the language of mathematics, with $\Omega_i$ for the films that user $i$ rated and $n_i$ for
# how many these are:
#
# $$\bar r_i = \frac{1}{n_i}\sum_{j\in\Omega_i} r_{ij}$$
#
# Read it aloud: *add up the ratings that exist, divide by how many exist.* Every formula of this
# course comes with the slowest and plainest program that does what it says. Here it is:


# %% id=slow-mean
def slow_mean(row):
    """Add up the ratings that exist, and divide by how many exist."""
    total, count = 0.0, 0
    for stars in row:
        if stars > 0:  # False for 0, and for nan too: no comparison with nan is ever true
            total += stars
            count += 1
    return total / count


print("from the table with zeros:", *[slow_mean(row) for row in with_zeros], "stars")
print("from the table with nans: ", *[slow_mean(row) for row in with_nans], "stars")

assert [slow_mean(row) for row in with_zeros] == [3, 2, 3, 4]
assert [slow_mean(row) for row in with_nans] == [3, 2, 3, 4]

# %% [markdown] id=library-mean-text
# **The library version.** Then comes the version that you would use, and a check that the two agree
# on random tables that nobody chose. For means with gaps NumPy has `np.nanmean`. It leaves out nan,
# and nan only: zeros it counts.

# %% id=check-mean
rng = np.random.default_rng(1)
for _ in range(50):
    row = rng.integers(1, 11, size=8) / 2  # half stars, from 0.5 to 5
    row[rng.random(8) < 0.4] = nan
    row[0] = 3.5  # at least one rating
    assert np.isclose(np.nanmean(row), slow_mean(row))

assert np.nanmean(with_zeros[0]) == 1.8  # not 3: the zeros are no nans

# %% [markdown] id=check-text
# **`check(...)`** belongs to the exercises. There you write a function yourself, and `check` tries
# it out on tables that you have not seen. It never shows you the solution. It says which property
# is missing, and, when it recognises the idea behind a wrong answer, what to look at.
#
# See what that is like. This answer is wrong *on purpose*:


# %% id=check-demonstration
def mean_rating(ratings):
    return np.nanmean(ratings)


card = check(mean_rating)
card

# %% [markdown] id=check-read
# It found the zeros. In the [exercise](../exercises/00_welcome.ipynb) you will write a better one.
# There is also `hint(mean_rating)`, for when you are stuck: it asks a question first, then points
# at a place in the lesson, then gives you a plan.

# %% id=check-demonstration-assert
assert not card  # a card counts as true when every property holds

# %% [markdown] id=s3
# ## 3. Three ways to fill a gap
#
# What would user 1 give to film 3? Nobody knows; but there are ways to form an opinion.

# %% [markdown] id=predict-gap
# **Predict.** Look at the table of section 2 again. User 1 likes film 1 and not film 4. Only user 4
# has rated film 3. How many stars would *you* write into the gap of user 1 and film 3?

# %% id=guess-gap tags=predict
guess_gap = None  # stars

# %% [markdown] id=content-based
# **Content-based: look at the films.** Suppose somebody has described them: films 1 and 2 are
# comedies, films 3, 4 and 5 are thrillers. User 1 has given 4 stars to comedies on average, and 1
# star to the only thriller they rated. So: about 1 star. This needs a description of every film,
# and one person's ratings.
#
# **Collaborative: look at the people.** Forget what the films are. Use only who rated what, of
# *everybody*. This is the idea that made recommenders famous: strangers work together for you, and
# do not even know it. There are two kinds:
#
# - **Memory-based**: keep all ratings, and look up who resembles you. Films 2 and 4 were rated by
#   both user 1 and user 4. Set each rating against its giver's mean: user 1 was at 0 and at −2,
#   user 4 at −2 and at +1. Where one is above, the other is not: they disagree. Now user 4 gave
#   film 3 one star *above* their mean, so user 1 should be one star *below* theirs.
# - **Model-based**: sum everybody up in a few numbers, and keep only those. For instance two
#   numbers a person and two a film, so that their products, added, give the stars.

# %% id=fill-the-gap
comedies, thriller = (5 + 3) / 2, 1.0
content_based = thriller

deviations_1 = np.array([3, 1]) - 3  # user 1 on films 2 and 4, against their mean of 3
deviations_4 = np.array([2, 5]) - 4  # user 4 on the same films, against their mean of 4
agreement = np.sign(deviations_1 @ deviations_4)  # −1: they disagree
memory_based = 3 + agreement * (5 - 4)

user_1, film_3 = np.array([1, 0.5]), np.array([1, 2])  # numbers as lesson 03 starts from
model_based = user_1 @ film_3

print(f"content-based {content_based:g}, ", end="")
print(f"memory-based {memory_based:g}, model-based {model_based:g} stars")
compare_guess(guess_gap, memory_based, "stars by the memory-based road")

assert comedies == 4
assert deviations_1.tolist() == [0, -2]
assert deviations_4.tolist() == [-2, 1]
assert agreement == -1
assert memory_based == 2
assert model_based == 2

# %% [markdown] id=fill-the-gap-read
# 1, 2 and 2 stars: three roads, and all of them advise against film 3. None is *the* truth. From
# one neighbour, or from two numbers that nobody has trained yet, you should not believe much. How
# to get neighbours and numbers that deserve trust is what you are about to learn:
#
# - [01 · Interactions](01_interactions.ipynb): ratings as they come, with duplicates and impossible
#   stars; the long tail; how to hide some ratings without fooling yourself.
# - [02 · Similarity](02_similarity.ipynb): what "people like you" means in a formula. This is the
#   memory-based road.
# - [03 · The loss](03_mf_loss.ipynb): where the few numbers of the model-based road come from.
# - [04 · The training loop](04_training_loop.ipynb): the same with TensorFlow on a large table, and
#   the repair of a broken program, bug by bug.
# - [05 · Evaluation](05_evaluation.ipynb): is it good? What to count, and which counts mislead.
# - [06 · Recommending](06_recommending.ipynb): from scores to lists, for new people and new things;
#   the whole program, written by you.
#
# Families mix, and then a system is called **hybrid**. Note one thing that is often told wrongly:
# model-based is not a third family beside content-based and collaborative. It is one of the two
# kinds of collaborative.

# %% [markdown] id=s4
# ## 4. The whole pipeline in one minute
#
# Every recommender goes through the same six stations:
#
# **collect → preprocess → split → train → evaluate → recommend**
#
# One cell each. You need not follow every line; watch what goes in and what comes out.

# %% [markdown] id=collect
# **Collect.** The ratings come from [MovieLens](https://grouplens.org/datasets/movielens/), a film
# site of the University of Minnesota. They come with the course; nothing is downloaded. You have
# loaded them above.

# %% id=collect-run
years = movielens.timestamps.astype("datetime64[s]").astype("datetime64[Y]")
print(movielens)
print("rated from", years.min(), "to", years.max(), end=": ")
print(f"{movielens.ratings.mean():.2f} stars on average")

assert (movielens.n_users, movielens.n_items) == (671, 9_066)
assert movielens.ratings.min() == 0.5
assert movielens.ratings.max() == 5

# %% [markdown] id=preprocess
# **Preprocess.** Nobody can learn much from a film with one rating. Keep the films that have at
# least 20 ratings, and the people who gave at least 20 of them. What is kept of the tail, and who
# loses by it, is a decision, not a law: lesson 01.

# %% id=preprocess-run
films = k_core(movielens, min_user_ratings=20, min_item_ratings=20)
print(films)

assert (films.n_users, films.n_items, len(films)) == (625, 1_283, 68_017)

# %% [markdown] id=split
# **Split.** Hide a fifth of the ratings. The model never sees them, so later they can judge it. A
# model judged by what it was shown proves nothing: a parrot would pass. Here chance decides what is
# hidden, which is a little too kind; lesson 01 shows why, and what is stricter.

# %% id=split-run
split_rng, random_rng, tie_rng = np.random.default_rng(7).spawn(3)
split = random_split(films, split_rng, test_fraction=0.2)
hidden_each = len(split.test) / films.n_users
print(f"{len(split.train):,} ratings to learn from, {len(split.test):,} hidden: ", end="")
print(f"{hidden_each:.0f} films of each person, on average")

assert len(split.test) == 13_603
assert 21 < hidden_each < 22.5

# %% [markdown] id=train
# **Train.** Three recommenders. Two of them are there to be beaten:
#
# - **random** shuffles the films for everybody;
# - **popularity** shows everybody the films that most people rated;
# - **EASE** is a real model. For now it is a box: it looks at which films are rated by the same
#   people, and learns for each pair how strongly one speaks for the other. It has no idea what a
#   film is about. You will open the box in Part II.

# %% id=train-run
models = {
    "random": RandomScores(random_rng).fit(split.train),
    "popularity": Popularity().fit(split.train),
    "EASE": EASE().fit(split.train),
}

# %% [markdown] id=evaluate
# **Evaluate.** Let each recommender make a list of ten films for a person, out of those that the
# person did not rate in the training part. Then uncover the hidden ratings and count the **hits**:
# how many of the ten are among the films that this person really went to see and rate? With $L_i$
# for the ten films of the list and $H_i$ for the hidden films of person $i$:
#
# $$h_i = |L_i \cap H_i|$$
#
# The bars mean "how many are in". Ten would be perfect. The result is the mean of $h_i$ over all
# people. A film counts as a hit when the person watched and rated it, with however few stars: this
# measure asks *what will they choose*, not *how much will they like it*.


# %% id=slow-hits
def slow_hits(ranked, hidden):
    """Count the hidden films in one person's list."""
    count = 0
    for film in ranked:
        if film in hidden:
            count += 1
    return count


people = np.unique(split.test.users)  # everybody with a hidden rating
hidden_films = [set(split.test.items[split.test.users == person].tolist()) for person in people]
lists = {name: model.recommend(people, k=10, rng=tie_rng) for name, model in models.items()}

# %% [markdown] id=predict-hits
# **Predict.** There are 1,283 films, and a person has about 22 hidden ones. How many hits will the
# list of EASE have, on average?

# %% id=guess-hits tags=predict
guess_hits = None  # hits among ten

# %% id=answer-hits
hits_of_each = {
    name: [slow_hits(*both) for both in zip(ranked.tolist(), hidden_films, strict=True)]
    for name, ranked in lists.items()
}
hits = {name: np.mean(counts) for name, counts in hits_of_each.items()}
print({name: round(float(value), 2) for name, value in hits.items()})
compare_guess(guess_hits, hits["EASE"], "hits among ten")

assert hits["random"] < 0.4
assert 1.4 < hits["popularity"] < 1.9
assert 2.8 < hits["EASE"] < 3.5

# %% [markdown] id=library-hits-text
# **The library version** divides by ten and calls the result *precision at 10*. And it knows what a
# list without any knowledge can expect, in a closed form: **chance**.

# %% id=check-hits
library = {
    name: 10 * np.nanmean(evaluate_ranking(model, split, 10, tie_rng).metrics["precision"])
    for name, model in models.items()
}
n_candidates = films.n_items - np.bincount(split.train.users, minlength=films.n_users)
n_hidden = np.bincount(split.test.users, minlength=films.n_users)
tested = n_hidden > 0
chance = 10 * expected_precision_at_k(n_candidates[tested], n_hidden[tested], 10).mean()
print(f"by chance {chance:.2f} hits among ten")

assert np.isclose(library["EASE"], hits["EASE"])
assert abs(library["popularity"] - hits["popularity"]) < 0.05  # equals stand in another order
assert abs(hits["random"] - chance) < 0.08

# %% id=hits-figure
ratio = hits["EASE"] / hits["popularity"]
plt.figure()
bars = plt.bar(hits.keys(), hits.values(), color=[GREY, PINK, BLUE], width=0.6)
plt.bar_label(bars, fmt="%.2f", padding=3)
plt.axhline(chance, color="black", linestyle=":", linewidth=1)
plt.text(0.5, chance + 0.06, "chance", ha="center")
plt.title(f"EASE hits {ratio:.1f} times as often as popularity")
plt.xlabel("recommender")
plt.ylabel("hidden films among the ten (mean)")
plt.ylim(0, 3.8)
plt.show()

assert 1.7 < ratio < 2.2

# %% [markdown] id=hits-alt
# *Figure: three bars, the mean number of hits among ten for random, popularity and EASE. Random
# stands close to the dotted line that marks chance, about 0.2; popularity reaches about 1.6, EASE
# about 3.*
#
# Two things to take with you. **Popularity is no fool**: it hits about eight times as often as
# chance, and to beat it is harder than it looks. Compare with it, always. And a **miss is not a
# mistake**: a film that you did not rate may be one you would have loved. Lesson 05 comes back to
# this.

# %% id=popularity-against-chance
assert 6 < hits["popularity"] / chance < 10

# %% [markdown] id=recommend
# **Recommend.** Here is one of the people, the one in the middle: half of all people have at least
# as many hits. A tick marks a hit.

# %% id=recommend-run
titles = [films.item_vocabulary.label_of(film) for film in range(films.n_items)]
middle = int(np.argsort(hits_of_each["EASE"], kind="stable")[len(people) // 2])

rows = split.train.users == people[middle]
best_liked = split.train.items[rows][np.argsort(-split.train.ratings[rows], kind="stable")][:5]
print("Five of the films they liked best:", *[titles[film] for film in best_liked], sep="\n   ")
for name in ("popularity", "EASE"):
    print(f"\nTen films by {name}:")
    for film in lists[name][middle].tolist():
        print(" ✓" if film in hidden_films[middle] else "  ", titles[film])

assert hits_of_each["EASE"][middle] == np.median(hits_of_each["EASE"])

# %% [markdown] id=s5
# ## 5. Your own ten films
#
# Now you. Rate five films, from 0.5 to 5 stars. Keep some of these, or write others; more than five
# are welcome. Spelling matters little: if a title is not found, you get some that come close.
#
# *The films end in 2016, and only those with 20 ratings or more are left: most films that you know,
# but not the rare ones.*

# %% id=my-stars tags=predict
my_stars = {
    "Toy Story (1995)": 4,
    "Matrix, The (1999)": 5,
    "Star Wars: Episode IV - A New Hope (1977)": 5,
    "Blade Runner (1982)": 4.5,
    "Titanic (1997)": 1.5,
}


# %% [markdown] id=find-text
# The next cell finds your films among the 1,283. Looking for one? Write `find("star wars")` in a
# new cell (the **+** above the notebook makes one).


# %% id=find
popularity = np.bincount(films.items, minlength=films.n_items)  # (n_items,) ratings of each film


def letters(text):
    """Letters and digits alone, with "Matrix, The" turned round."""
    text = re.sub(r"^(.*), (the|a|an)( \(\d+\))?$", r"\2 \1\3", text.casefold().strip())
    return re.sub(r"\W", "", text)


film_of = {}  # by title, with the year and without it
for film in np.argsort(popularity).tolist():  # of two films with one title the better known stays
    spelling = letters(titles[film])
    film_of[spelling] = film_of[spelling[:-4]] = film


def find(text, n=5):
    """The best-known titles that hold a text, or else those that are spelt alike."""
    found = [film for film in np.argsort(-popularity) if letters(text) in letters(titles[film])]
    if not found:
        close = difflib.get_close_matches(letters(text), film_of, n, cutoff=0.65)
        found = dict.fromkeys(film_of[spelling] for spelling in close)
    return [titles[film] for film in found][:n]


def known_films(stars):
    """Stars by number of the film, and a word about each title that was not found."""
    rated = {}
    for title, value in stars.items():
        film = film_of.get(letters(title))
        if film is None:
            close = find(title) or ["(nothing comes close)"]
            print(f"“{title}” is not among the films. Perhaps:", *close, sep="\n   ")
        elif not (isinstance(value, int | float) and 0.5 <= value <= 5):
            print(f"{value!r} stars for “{title}”? Give a number from 0.5 to 5.")
        else:
            rated[film] = float(value)
    return rated


assert find("STAR WARS")[0] == "Star Wars: Episode IV - A New Hope (1977)"
assert find("Matrx")[0] == titles[film_of[letters("the matrix")]] == "Matrix, The (1999)"
assert titles[film_of[letters("Psycho (1960)")]] == "Psycho (1960)"
my_films = known_films(my_stars)
print(f"{len(my_films)} of your {len(my_stars)} films are known.")

# %% [markdown] id=my-list-text
# And the list. EASE is trained once more, now on *all* ratings, as nothing has to be hidden any
# more. For one film that you rated, `fold_in` gives what it says about every other film. A film
# with 5 stars speaks with the weight $5 - 3 = +2$ *for* its relatives, one with 1 star with $-2$
# *against* them, and 3 stars say nothing.
#
# You were in nobody's data until a second ago, and need not be: what is known about *films* is
# enough. Such a step is called **folding in**, and you will write one in lesson 06.

# %% id=my-list
ease = EASE().fit(films)


def ten_films(rated):
    """The ten films that somebody's ratings speak for most, best first."""
    scores = 1e-6 * popularity  # decides only where the ratings say next to nothing
    for film, stars in rated.items():
        scores = scores + (stars - 3) * ease.fold_in([film], [stars])
    scores[list(rated)] = -np.inf  # you know those already
    return np.argsort(-scores)[:10].tolist()


my_ten = ten_films(my_films)
most_popular = np.argsort(-popularity, kind="stable")[:10].tolist()

print(f"{'Ten films for you':58}Ten films for everybody")
for mine, common in zip(my_ten, most_popular, strict=True):
    print(f"{titles[mine][:55]:58}{titles[common][:45]}")

assert len(set(my_ten)) == 10
assert not set(my_ten) & set(my_films)  # no film that you rated comes back

# %% [markdown] id=my-list-read
# Do you know some of them? Were you right to like them? The list comes without reasons: the model
# has none that it could tell you in words. (How to explain a list honestly is a later lesson.)
#
# An honest limit: EASE has learned from *who rated what*, not from the stars. Your own stars do
# count, by the weights above; those of the other people do not. Lessons 02 and 03 use both.
#
# **Make it move.** Change your first film: if you liked it, you hate it now, and the other way
# round. The stars are mirrored, so 5 becomes 0.5.

# %% [markdown] id=predict-change
# **Predict.** How many of your ten films will be replaced by others?

# %% id=guess-change tags=predict
guess_replaced = None  # films of the ten

# %% id=answer-change
changed_films = dict(my_films)
for film in list(my_films)[:1]:  # the first, if there is one
    changed_films[film] = 5.5 - my_films[film]
    print(f"{titles[film]}: {changed_films[film]} stars instead of {my_films[film]}")
replaced = [film for film in ten_films(changed_films) if film not in my_ten]
compare_guess(guess_replaced, len(replaced), "films")
print("New in your list:", *[titles[film] for film in replaced], sep="\n   ")

# %% [markdown] id=opposite-text
# And your **opposite**, who gives 5 where you give 0.5, in everything? Run the cell, then go back
# to `my_stars`, change what you like, and run from there again.

# %% id=opposite
opposite_ten = ten_films({film: 5.5 - stars for film, stars in my_films.items()})
print("Ten films for your opposite:", *[titles[film] for film in opposite_ten], sep="\n   ")
print(f"in your list as well: {len(set(opposite_ten) & set(my_ten))}")

# %% [markdown] id=two-strangers-text
# Does it work for tastes unlike yours? Two strangers, and what the program makes of them. This time
# the cell checks that the lists make sense to somebody who knows films.

# %% id=two-strangers
strangers = {
    "loves romances": {
        "Pretty Woman (1990)": 5,
        "Titanic (1997)": 5,
        "Notting Hill (1999)": 5,
        "Matrix, The (1999)": 1,
        "Alien (1979)": 1,
    },
    "loves classics": {
        "Vertigo (1958)": 5,
        "Casablanca (1942)": 5,
        "Psycho (1960)": 4.5,
        "Citizen Kane (1941)": 5,
        "Independence Day (a.k.a. ID4) (1996)": 1,
    },
}
strangers_ten = {
    name: [titles[film] for film in ten_films(known_films(stars))]
    for name, stars in strangers.items()
}
for name, ten in strangers_ten.items():
    print(f"{name}: {'; '.join(ten[:5])}; …")

assert "Sleepless in Seattle (1993)" in strangers_ten["loves romances"]
assert {"Rear Window (1954)", "North by Northwest (1959)"} <= {*strangers_ten["loves classics"]}
assert not set(strangers_ten["loves romances"]) & set(strangers_ten["loves classics"])

# %% [markdown] id=two-strangers-read
# Nobody has told the program what a romance is, or that *Vertigo*, *Psycho*, *Rear Window* and
# *North by Northwest* are all by Hitchcock. It has seen only which films are rated by the same
# people. That is the magic of collaborative filtering, and after Part I it will not be magic any
# more.

# %% [markdown] id=s6
# ## 6. Error museum: a library whose recommendations are below chance
#
# Each lesson has an exhibit: a short broken program of a kind that is really in use. You see its
# symptom, hunt the fault, and write the test that would have caught it.
#
# This one has a good idea. Why show everybody what is *popular*? Show them what is **good**: the
# films with the highest mean rating. It runs on the whole table of 9,066 films.


# %% id=broken-program
class BestAverage(Popularity):
    """Recommend the films with the highest mean rating."""

    def fit(self, interactions):
        super().fit(interactions)  # counts the ratings of each film: self.counts
        totals = np.bincount(interactions.items, interactions.ratings, minlength=self.n_items)
        self.n_ratings = self.counts
        self.counts = totals / np.maximum(self.n_ratings, 1)  # now the means, (n_items,) stars
        return self


whole_rng, shuffle_rng, order_rng = np.random.default_rng(8).spawn(3)
whole = random_split(movielens, whole_rng, test_fraction=0.2)
best_average = BestAverage().fit(whole.train)
print("ten films for the first person:")
best_films = best_average.recommend([0], k=10)[0]
for film in best_films:
    print(f"   {best_average.counts[film]:.1f} stars  {movielens.item_vocabulary.label_of(film)}")

assert (best_average.counts[best_films] == 5).all()

# %% [markdown] id=museum-read
# Five stars, all ten of them. Who could object?
#
# **Predict.** 671 people get ten films each, 6,710 in all. A list drawn by lot would score 23 hits
# among the hidden ratings. How many does this program score?

# %% id=guess-museum tags=predict
guess_museum_hits = None  # hits of all people together


# %% id=answer-museum
def all_hits(model):
    """Hits of all people together, ten films for each."""
    return 10 * np.nansum(evaluate_ranking(model, whole, 10, order_rng).metrics["precision"])


seen = np.bincount(whole.train.users, minlength=whole.train.n_users)
hidden = np.bincount(whole.test.users, minlength=whole.test.n_users)
by_lot = 10 * np.nansum(expected_precision_at_k(whole.train.n_items - seen, hidden, 10))
museum_hits = all_hits(best_average)
popularity_hits = all_hits(Popularity().fit(whole.train))
compare_guess(guess_museum_hits, museum_hits, "hits")
print(f"by lot {by_lot:.0f}, popularity {popularity_hits:.0f}")

assert 22.5 < by_lot < 23.5
assert museum_hits < by_lot / 3
assert popularity_hits > 900

# %% [markdown] id=symptom
# **The symptom.** Worse than drawing lots! Whoever chooses at random at least hits a known film now
# and then. This program has learned something, and turned it against its users.
#
# **The hunt.** You have the list: ten films, five stars each. What else would you like to know
# about them? Write your suspicion down, then run the cell.

# %% id=hunt tags=predict
suspicion = "…"  # a sentence

# %% id=hunt-run
supports = best_average.n_ratings[best_films].astype(int)
print("ratings of the ten films:", supports.tolist())
perfect = best_average.counts == 5
print(f"{perfect.sum()} films have a mean of exactly 5, from {supports.min()} to ", end="")
print(f"{int(best_average.n_ratings[perfect].max())} ratings each")

assert supports.max() <= 3
assert best_average.n_ratings[perfect].max() < 8

# %% id=museum-figure
rated = best_average.n_ratings > 0
counts, means = best_average.n_ratings[rated], best_average.counts[rated]
jitter = shuffle_rng.uniform(-0.35, 0.35, len(counts))  # or thousands of dots hide one another
at_five = int(best_average.n_ratings[perfect].max())
plt.figure()
plt.semilogx(counts + jitter, means, ".", color=BLUE, markersize=3, alpha=0.4)
plt.semilogx(counts[means == 5] + jitter[means == 5], means[means == 5], ".", color=ORANGE)
plt.axhline(whole.train.ratings.mean(), color=GREY, linestyle=":")
plt.text(300, whole.train.ratings.mean() - 0.3, "mean of all", color=GREY, ha="right")
plt.title(f"No film with more than {at_five} ratings has a mean of 5 stars")
plt.xticks([1, 10, 100], ["1", "10", "100"])
plt.xlabel("training ratings of the film (logarithmic)")
plt.ylabel("mean rating of the film (stars)")
plt.show()

# %% [markdown] id=museum-alt
# *Figure: each dot is a film, its number of ratings across and its mean rating up. At the left,
# where films have one or two ratings, the means fill the whole range from 0.5 to 5. To the right
# the cloud narrows like a funnel towards 3 to 4.5 stars. The films with a mean of exactly 5, marked
# in orange, are all at the left edge.*
#
# **The fault.** A mean of one rating is one person's opinion. Sort thousands of films by their
# mean, and the top is where there is least to know: luck comes first. Those films are at the far
# end of the tail, so hardly anybody meets one, and the hits are below chance.

# %% [markdown] id=museum-test-text
# **The test that would have caught it** does not look into the program at all. It asks for what the
# word "recommend" promises: be better than lots.


# %% id=museum-test
def check_better_than_chance(n_hits, by_lot):
    assert n_hits > by_lot, f"{n_hits:.0f} hits, where lots would have {by_lot:.0f}"


check_better_than_chance(popularity_hits, by_lot)
try:
    check_better_than_chance(museum_hits, by_lot)
    caught = False
except AssertionError as problem:
    caught = True
    print("caught:", problem)

assert caught

# %% [markdown] id=repair
# **The repair.** Do not trust a mean before it has earned it: pull it towards the mean of all
# ratings, the more the fewer ratings stand behind it. The model `Biases` of the library does that:
# with `item_damping=20` each film is treated as if it had 20 more ratings that say "average".
# [Lesson 03](03_mf_loss.ipynb) explains how.

# %% id=repair-run
damped_hits = all_hits(Biases(item_damping=20).fit(whole.train))
print(f"hits: by lot {by_lot:.0f}, highest mean {museum_hits:.0f}, damped mean {damped_hits:.0f}, ")
print(f"popularity {popularity_hits:.0f}")

check_better_than_chance(damped_hits, by_lot)
assert damped_hits > 5 * by_lot
assert popularity_hits > damped_hits

# %% [markdown] id=repair-read
# Far above chance, and far below popularity. "What is good" and "what will you watch next" are
# different questions, as section 1 warned.

# %% [markdown] id=s7
# ## 7. How far from the best?
#
# EASE had about three hits among ten. Is that good? Ten would be perfect, but nobody can know by
# what accident a person came across a film last week. What is the best that *any* program could do?
#
# On real data nobody knows. So this course has a second kind of data: a **made world**. 1500 made
# people choose among 600 made films, by a rule that we wrote: taste, quality, popularity, and a lot
# of chance. An **oracle** that knows the rule, and lacks only the dice, is the best possible
# recommender there. No model can beat it, except by luck.

# %% [markdown] id=predict-oracle
# **Predict.** How many of the oracle's ten films are hits?

# %% id=guess-oracle tags=predict
guess_oracle = None  # hits among ten

# %% id=world
world_rng, world_split_rng, world_random_rng, world_tie_rng = np.random.default_rng(9).spawn(4)
world = make_world(world_rng)
world_split = random_split(world.interactions, world_split_rng, test_fraction=0.2)
world_models = {
    "random": RandomScores(world_random_rng),
    "popularity": Popularity(),
    "EASE": EASE(),
    "oracle": Oracle(world.choice_logits, "implicit"),
}
world_hits = {}
for name, model in world_models.items():
    scores = evaluate_ranking(model.fit(world_split.train), world_split, 10, world_tie_rng)
    world_hits[name] = 10 * np.nanmean(scores.metrics["precision"])
compare_guess(guess_oracle, world_hits["oracle"], "hits among ten")

assert world.true_ratings.shape == (1500, 600)
assert world_hits["random"] < 0.5 < world_hits["popularity"]
assert world_hits["popularity"] < world_hits["EASE"] < world_hits["oracle"]
assert 4.5 < world_hits["oracle"] < 5.5

# %% id=world-figure
reached = world_hits["EASE"] / world_hits["oracle"]
plt.figure()
bars = plt.bar(world_hits.keys(), world_hits.values(), color=[GREY, PINK, BLUE, GREEN], width=0.6)
plt.bar_label(bars, fmt="%.2f", padding=3)
plt.axhline(10, color="black", linestyle=":", linewidth=1)
plt.text(3.4, 9.5, "all ten", ha="right")
plt.title(f"Even the best possible list misses half; EASE reaches {reached:.0%} of it")
plt.xlabel("recommender")
plt.ylabel("hidden films among the ten (mean)")
plt.ylim(0, 10.6)
plt.show()

assert 0.65 < reached < 0.85

# %% [markdown] id=world-alt
# *Figure: four bars, the mean number of hits among ten in the made world, rising from random over
# popularity and EASE to the oracle. The oracle stands at about 5, halfway to the dotted line at
# 10.*
#
# So in this world 5 is what perfect looks like, and EASE, which saw nothing but choices, gets three
# quarters of the way. Remember it when you read that a system is "only 50 % accurate": *of what was
# possible?*

# %% [markdown] id=s8
# ## 8. What can go wrong
#
# Seven beliefs that you may have brought along, or met elsewhere, each with the symptom by which
# you recognise it:
#
# - **An empty cell counts as a rating of 0.** Every mean is too low, the lower the fewer films were
#   rated: busy people look generous, others grumpy.
# - **nan takes care of itself.** One nan in a row, and the mean of the row is nan.
# - **A sum is as good as a mean.** People who rate much are always "above average".
# - **The highest mean is the best film.** The top of the list has one rating each.
# - **No baseline.** "3 hits among ten" says nothing until you know what chance and popularity
#   have.
# - **Judged by what it was shown.** Let EASE list films that the person has rated already, and
#   count those as hits: nearly nine of ten, and hardly one that is worth anything.
# - **Everybody gets the same list.** Compare the lists of two people. If they do not differ, it is
#   popularity, whatever its name.
#
# The next cell shows some of the symptoms.

# %% id=symptoms
print(
    "user 4 with zeros counted:", with_zeros[3].mean(), "stars instead of", slow_mean(with_zeros[3])
)
assert with_zeros[3].mean() == 2.4  # of somebody whose mean is 4
assert slow_mean(with_zeros[3]) == 4

assert np.isnan(np.array([5.0, 4.0, nan]).mean())

busy, happy = np.array([1.0] * 20), np.array([5.0, 5.0])
assert busy.sum() > happy.sum()  # the sum prefers who rates much, not who likes much
assert busy.mean() < happy.mean()


def distinct_lists(name):
    """How many different lists the people got."""
    return len({tuple(sorted(ranked)) for ranked in lists[name].tolist()})


shown = [set(split.train.items[split.train.users == person].tolist()) for person in people]
parrot = models["EASE"].recommend(people, k=10, exclude_seen=False).tolist()
hits_shown = np.mean([slow_hits(*both) for both in zip(parrot, shown, strict=True)])
hits_hidden = np.mean([slow_hits(*both) for both in zip(parrot, hidden_films, strict=True)])
print(f"a parrot: {hits_shown:.1f} hits among what it was shown, {hits_hidden:.1f} hidden ones")
assert 8.3 < hits_shown < 9.3
assert hits_hidden < 0.6

unmasked = models["popularity"].recommend(people, k=10, exclude_seen=False)
print(
    f"popularity gives {len({tuple(one) for one in unmasked.tolist()})} list to everybody;", end=" "
)
print(f"EASE {distinct_lists('EASE')} different ones to {len(people)} people")

assert len({tuple(sorted(one)) for one in unmasked.tolist()}) == 1
assert distinct_lists("EASE") > 600

# %% [markdown] id=quiz-text
# ## 9. Quiz
#
# Four questions to find out what has stayed. One answer is right in each; the others are worth
# reading, too. Write your letters in order, such as `"bacd"`, and run the cell.
#
# <!-- quiz -->

# %% id=quiz
quiz("welcome", "")

# %% [markdown] id=exercise
# ## 10. Your turn
#
# Open [the exercise](../exercises/00_welcome.ipynb): one function, a few lines, and `check(...)`
# answers at once. It shows you how all exercises of this course work. Plan on a quarter of an hour.
#
# You can now
#
# - name the families of recommenders, and put "model-based" where it belongs;
# - tell the story of the six stations, from *collect* to *recommend*;
# - count hits, and hold them against chance, popularity and the best possible;
# - recommend ten films to anybody who tells you five.
#
# The next lesson, [01 · Interactions](01_interactions.ipynb), goes back to the first station: what
# ratings look like before anybody has cleaned them.

# %% [markdown] id=reading
# ## 11. Further reading
#
# - F. M. Harper, J. A. Konstan: *The MovieLens Datasets: History and Context.* ACM TiiS 5(4), 2015.
#   [doi:10.1145/2827872](https://doi.org/10.1145/2827872). Where your ten films come from, told by
#   the people who collected the ratings.
# - P. Resnick, N. Iacovou, M. Suchak, P. Bergstrom, J. Riedl: *GroupLens: An Open Architecture for
#   Collaborative Filtering of Netnews.* CSCW 1994.
#   [doi:10.1145/192844.192905](https://doi.org/10.1145/192844.192905). One of the first; the
#   memory-based road of section 3.
# - H. Steck: *Embarrassingly Shallow Autoencoders for Sparse Data.* WWW 2019.
#   [arXiv:1905.03375](https://arxiv.org/abs/1905.03375). The model in the box: EASE.
# - P. Cremonesi, Y. Koren, R. Turrin: *Performance of Recommender Algorithms on Top-N
#   Recommendation Tasks.* RecSys 2010.
#   [doi:10.1145/1864708.1864721](https://doi.org/10.1145/1864708.1864721). Why popularity is hard
#   to beat, and why good ratings do not make good lists.
