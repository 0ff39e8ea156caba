"""Items in a picture: where they stand, what the plane hides, who is near by how many people."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.plots import describe, embedding_map, neighborhood
from recsys_course.plots.names import place_names, readable


@pytest.fixture
def ax():
    """Axes without a window and without pyplot."""
    return Figure(figsize=(7.5, 6), layout="constrained").subplots()


def title(ax) -> str:
    return " ".join(ax.get_title(loc="left").split())


def rated(counts, names=None) -> Interactions:
    """As many ratings of each item as asked for."""
    items = np.repeat(np.arange(len(counts)), counts)
    users = np.concatenate([np.arange(count) for count in counts])
    films = Vocabulary(names or [f"film {n}" for n in range(len(counts))])
    return Interactions(users, items, np.ones(len(items)), None, Vocabulary(range(99)), films)


def shown(ax) -> list[str]:
    return [" ".join(text.get_text().split()) for text in ax.texts]


# ---- names ----


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Matrix, The (1999)", "The Matrix (1999)"),
        ("Lion King, The (Roi Lion, Le) (1994)", "The Lion King (1994)"),
        ("Seven (a.k.a. Se7en) (1995)", "Seven (1995)"),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly (1966)"),
        ("(500) Days of Summer (2009)", "(500) Days of Summer (2009)"),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey (1968)"),
        ("1984 (1984)", "1984 (1984)"),
        ("film 31", "film 31"),
        ("A", "A"),
        ("", ""),
    ],
)
def test_a_title_is_said_as_people_say_it(label, said):
    assert readable(label, width=60) == said


def test_a_long_title_is_broken_between_words():
    assert readable("Lord of the Rings: The Two Towers, The (2002)", 22) == (
        "The Lord of the Rings:\nThe Two Towers (2002)"
    )
    assert readable("Rindfleischetikettierungsgesetz (1999)", 9) == (
        "Rindfleischetikettierungsgesetz\n(1999)"
    )


def test_names_lie_on_no_other_and_on_no_named_point_and_inside(ax):
    points = np.random.default_rng(0).normal(size=(200, 2))
    names = [f"the film\nnumber {n}" for n in range(200)]
    ax.scatter(*points.T)
    placed = place_names(ax, points, names, range(200), 40)
    assert 15 < len(placed) <= 40
    assert placed == sorted(placed)  # the most important first
    assert placed[:3] == [0, 1, 2]
    assert [text.get_text() for text in ax.texts] == [names[one] for one in placed]
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    marks = ax.transData.transform(points[placed])
    for n, box in enumerate(boxes):
        assert ax.bbox.x0 <= box.x0 < box.x1 <= ax.bbox.x1
        assert ax.bbox.y0 <= box.y0 < box.y1 <= ax.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[:n])
        assert not any(box.contains(*mark) for mark in marks)
        near = np.hypot(*np.maximum(0, np.maximum(box.min - marks[n], marks[n] - box.max)))
        assert near < 12  # pixels: nobody looks for the point of a name


def test_a_name_without_room_stays_out_and_the_next_has_its_turn(ax):
    ax.set(xlim=(0, 10), ylim=(0, 10))
    points = np.array([[5.0, 5], [5, 5.01], [5, 2], [1, 8]])
    names = ["first", "on the first", "much too long for the picture " * 9, "last"]
    assert place_names(ax, points, names, range(4), 3) == [0, 3]
    assert place_names(ax, points, names, range(4), 0) == []
    assert shown(ax) == ["first", "last"]


def test_a_name_keeps_clear_of_the_crowd(ax):
    ax.set(xlim=(0, 10), ylim=(0, 10))
    crowd = np.random.default_rng(1).uniform([4.9, 3], [8, 7], size=(300, 2))
    place_names(ax, np.vstack([[4.8, 5], crowd]), ["outside"] * 301, [0], 1)
    box = ax.texts[0].get_window_extent()
    assert box.x1 < ax.transData.transform((4.9, 0))[0]


def test_a_name_is_no_formula(ax):
    ax.set(xlim=(0, 10), ylim=(0, 10))
    place_names(ax, np.array([[5.0, 5]]), ["$9.99 and $5"], [0], 1)
    assert not ax.texts[0].get_parse_math()
    ax = Figure(figsize=(7.5, 6), layout="constrained").subplots()
    vectors = [[3, 1, 0], [3, -1, 0], [-3, 1, 0], [-3, -1, 0.0]]
    embedding_map(vectors, rated([4, 1, 1, 1], ["$9.99", "b$", "c", "d"]), ax=ax)
    assert "$9.99" in shown(ax)
    ax.figure.canvas.draw()


# ---- the map ----

CROSS = np.array([[4, 0, 0], [-4, 0, 0], [0, 2, 0], [0, -2.0, 0], [0, 0, 1], [0, 0, -1]])


def points_of(ax) -> np.ndarray:
    return np.asarray(ax.collections[0].get_offsets())


def test_a_map_shows_the_two_longest_axes_of_a_cross(ax):
    assert embedding_map(CROSS + 7, rated([6, 5, 4, 3, 2, 1]), unit="√stars", ax=ax) is ax
    expected = [[4, 0], [-4, 0], [0, 2], [0, -2], [0, 0], [0, 0]]
    np.testing.assert_allclose(points_of(ax), expected, atol=1e-12)
    assert title(ax).startswith("This plane shows 95 % of how the 6 items differ in 3 dimensions; ")
    # Squares: 32 along the first axis, 8 along the second, 2 out of the plane.
    assert ax.get_xlabel() == "first principal axis (√stars; 76 % of the variance)"
    assert ax.get_ylabel() == "second principal axis (√stars; 19 % of the variance)"
    assert ax.get_aspect() == 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_map_agrees_with_another_program(ax, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(60, 6)) * [3, 2, 2, 1, 1, 1] + 5
    other = PCA(2).fit(vectors)
    plane = other.transform(vectors)
    embedding_map(vectors, rated([1] * 60), n_names=5, ax=ax)
    np.testing.assert_allclose(abs(points_of(ax)), abs(plane), atol=1e-9)
    assert (points_of(ax)[abs(plane).argmax(axis=0), [0, 1]] > 0).all()
    near = [
        NearestNeighbors(n_neighbors=11).fit(one).kneighbors(one, return_distance=False)[:, 1:]
        for one in (plane, vectors)
    ]
    shared = np.mean([len(set(a) & set(b)) for a, b in zip(*near, strict=True)])
    share = 100 * other.explained_variance_ratio_.sum()
    assert title(ax) == (
        f"This plane shows {share:.0f} % of how the 60 items differ in 6 dimensions; of an item's "
        f"10 nearest here, {shared:.1f} are among its 10 nearest there"
    )


def test_factors_that_are_turned_give_the_same_map(ax):
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(80, 5)) * [3, 2, 1, 1, 1]
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    table = rated(rng.integers(1, 9, 80).tolist())
    other = Figure(figsize=(7.5, 6), layout="constrained").subplots()
    embedding_map(vectors, table, ax=ax)
    embedding_map(vectors @ turn + 3, table, ax=other)
    np.testing.assert_allclose(points_of(ax), points_of(other), atol=1e-9)
    assert title(ax) == title(other)
    assert shown(ax) == shown(other)


def test_a_map_of_two_dimensions_hides_nothing_and_says_so(ax):
    vectors = np.random.default_rng(4).normal(size=(20, 2))
    embedding_map(vectors, rated([1] * 20), ax=ax)
    assert title(ax) == "This plane shows 100 % of how the 20 items differ in 2 dimensions"


def test_a_point_grows_with_the_ratings_of_its_item(ax):
    embedding_map(CROSS, rated([60, 30, 1, 0, 2, 2]), ax=ax)
    areas = ax.collections[0].get_sizes()
    np.testing.assert_allclose(areas, 5 + 95 * np.array([60, 30, 1, 0, 2, 2]) / 60)


def test_the_most_frequent_groups_have_colours_and_marks(ax):
    words = ["war"] * 5 + ["western"] * 4 + ["comedy"] * 3 + ["drama"] * 2 + ["film noir", ""]
    vectors = np.random.default_rng(5).normal(size=(16, 3))
    embedding_map(vectors, rated([1] * 16), words, ax=ax)
    rest, *groups, _, _ = ax.collections
    assert [one.get_label() for one in groups] == ["war", "western", "comedy", "drama"]
    assert [len(one.get_offsets()) for one in (rest, *groups)] == [2, 5, 4, 3, 2]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["war", "western", "comedy", "drama"]
    assert len({tuple(one.get_facecolor()[0][:3]) for one in (rest, *groups)}) == 5
    assert len({one.get_paths()[0].vertices.tobytes() for one in groups}) == 4


def test_names_go_to_well_known_items_that_lie_apart(ax):
    rng = np.random.default_rng(6)
    vectors = rng.normal(size=(300, 3)) * [2, 2, 1]
    counts = np.where(np.arange(300) < 12, 90, 1)
    embedding_map(vectors, rated(counts.tolist()), n_names=3, ax=ax)
    named = [int(name.split()[1]) for name in shown(ax)]
    assert len(named) == 3
    plane = points_of(ax)
    # The first is the best known; the second lies farthest from it among the 30 best known.
    assert named[0] == 0
    assert named[1] == np.hypot(*(plane[:30] - plane[0]).T).argmax()


def test_marked_items_are_ringed_and_named_however_little_known(ax):
    counts = [90] * 50 + [1] * 50
    vectors = np.random.default_rng(7).normal(size=(100, 4))
    embedding_map(vectors, rated(counts), highlight=[99, 98], n_names=4, ax=ax)
    assert shown(ax)[:2] == ["film 99", "film 98"]
    assert len(ax.texts) == 4
    ring = ax.collections[1]
    np.testing.assert_allclose(ring.get_offsets(), points_of(ax)[[99, 98]])


def test_names_stay_in_the_map_when_it_is_drawn_again():
    ax = Figure(figsize=(7.5, 4), layout="constrained").subplots()
    vectors = np.random.default_rng(0).uniform(-1, 1, size=(100, 3)) * [1, 0.7, 0.1]
    words = ["1990s", "2000 and later", "1980s", "before 1980"] * 25
    embedding_map(vectors, rated([1] * 100), words, ax=ax)
    ax.get_xlim()  # asking for the limits makes Matplotlib find them anew
    ax.figure.canvas.draw()
    assert len(ax.texts) > 10
    for text in ax.texts:
        box = text.get_window_extent()
        assert (box.min >= ax.bbox.min).all()
        assert (box.max <= ax.bbox.max).all()


def test_a_map_is_told_in_words(ax):
    films = ["Alien", "Brazil", "Cars", "Duel", "Elf", "Fargo"]
    embedding_map(CROSS, rated([9, 8, 7, 6, 5, 4], films), n_names=0, ax=ax)
    assert shown(ax) == []
    assert describe(ax).endswith(
        "Of the well-known items, “Brazil” stands farthest to the left and “Alien” to the right, "
        "“Duel” lowest and “Cars” highest. Distance in the plane is not similarity."
    )


@pytest.mark.parametrize(
    ("vectors", "options", "message"),
    [
        (CROSS[:5], {}, r"shape \(5, 3\); .* 6 items"),
        (CROSS[:, :1], {}, r"shape \(6, 1\); .* two dimensions"),
        (CROSS[:, 0], {}, r"shape \(6,\)"),
        (np.where(CROSS == -2, np.nan, CROSS), {}, r"vectors\[3\] is \[ 0. nan  0.\]"),
        (np.ones((6, 3)), {}, "all vectors are equal"),
        (CROSS, {"groups": ["war"] * 5}, "5 groups for 6 items"),
        (CROSS, {"n_names": -1}, "n_names is -1"),
    ],
)
def test_what_cannot_be_mapped_is_refused(ax, vectors, options, message):
    with pytest.raises(ValueError, match=message):
        embedding_map(vectors, rated([1] * 6), **options, ax=ax)
    assert not ax.collections


def test_a_marked_item_must_exist(ax):
    for wrong in (6, -1):
        with pytest.raises(IndexError, match=f"index {wrong} is outside 0 … 5"):
            embedding_map(CROSS, rated([1] * 6), highlight=[wrong], ax=ax)


def test_two_items_are_no_map(ax):
    with pytest.raises(ValueError, match="three items at least"):
        embedding_map([[1, 2], [3, 4]], rated([1, 1]), ax=ax)


# ---- the neighbourhood ----


def table_of(rows, names=None) -> Interactions:
    """Ratings from rows of users; nan where there is none."""
    rows = np.asarray(rows, float)
    users, items = np.nonzero(~np.isnan(rows))
    films = Vocabulary(names or [f"film {n + 1}" for n in range(rows.shape[1])])
    return Interactions(users, items, rows[users, items], None, Vocabulary(range(len(rows))), films)


nan = np.nan
FOUR = [[5, 3, nan, 1, nan], [4, nan, nan, 1, 1], [1, 1, nan, 5, 5], [nan, 2, 5, 5, nan]]


def test_films_1_and_2_of_the_running_example(ax):
    assert neighborhood(0, table_of(FOUR), shrinkage=2, ax=ax) is ax
    hollow, full = (line.get_xdata()[0] for line in ax.lines)
    assert hollow == pytest.approx(0.707107, abs=1e-6)  # as lesson 02 has it
    assert full == pytest.approx(0.353553, abs=1e-6)  # two common raters: half is kept
    assert shown(ax) == ["film 2", "0.35 from 2 common raters"]
    assert title(ax) == "The item nearest to “film 1” rests on 2 common raters"
    assert describe(ax).endswith(" film 2: 0.35 from 2 common raters.")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "before shrinkage",
        "shrunk, β = 2",
    ]


def test_without_shrinkage_there_is_one_mark_and_no_legend(ax):
    neighborhood(3, table_of(FOUR), shrinkage=0, ax=ax)
    (full,) = ax.lines
    np.testing.assert_allclose(full.get_xdata(), [1.0, 1.0])
    assert shown(ax)[:3] == ["film 3", "1.00 from 1 common rater", "film 5"]
    assert title(ax) == "The 2 items nearest to “film 4” rest on 1 to 2 common raters"
    assert ax.get_legend() is None
    assert ax.get_xlabel() == "similarity: adjusted cosine (no unit; 1 at most)"


def slow_neighbors(rows, item, shrinkage):
    """Every other item by loops: similarity, support."""
    found = {}
    means = [np.nanmean(row) for row in rows]
    for other in range(len(rows[0])):
        both = [n for n, row in enumerate(rows) if not np.isnan(row[[item, other]]).any()]
        if other != item and both:
            a, b = (np.array([rows[n][j] - means[n] for n in both]) for j in (item, other))
            length = np.sqrt((a @ a) * (b @ b))
            value = a @ b / length if length > 1e-9 else 0.0
            found[other] = (value * len(both) / (len(both) + shrinkage), len(both))
    return found


@pytest.mark.parametrize("shrinkage", [0, 5])
def test_neighbours_are_those_that_loops_find(ax, shrinkage):
    rng = np.random.default_rng(8)
    rows = np.where(rng.random((30, 12)) < 0.6, rng.integers(1, 6, (30, 12)), np.nan)
    neighborhood(4, table_of(rows), n_neighbors=3, shrinkage=shrinkage, ax=ax)
    found = slow_neighbors(rows, 4, shrinkage)
    best = sorted(found, key=lambda other: -found[other][0])[:3]
    np.testing.assert_allclose(ax.lines[-1].get_xdata(), [found[other][0] for other in best])
    assert shown(ax)[0::2] == [f"film {other + 1}" for other in best]
    assert [int(re.search(r"from (\d+)", one)[1]) for one in shown(ax)[1::2]] == [
        found[other][1] for other in best
    ]
    bottom, top = ax.get_ylim()
    assert top < 0 < 2 < bottom  # the nearest is on top
    n = [found[other][1] for other in best]
    assert title(ax) == (
        f"The 3 items nearest to “film 5” rest on {min(n)} to {max(n)} common raters"
    )


def test_a_rating_that_equals_the_mean_is_support_as_well(ax):
    rows = [[5, 5, 2], [3, 3, 3], [4, 3, 2]]
    neighborhood(0, table_of(rows), shrinkage=0, ax=ax)
    assert shown(ax)[1].endswith("from 3 common raters")


def test_a_name_in_the_title_is_no_formula(ax):
    neighborhood(0, table_of([[5, 5, 1], [4, 4, 2]], ["$9.99 or $5", "b", "c"]), ax=ax)
    (said,) = ax.findobj(lambda one: "$9.99" in getattr(one, "get_text", str)())
    assert not said.get_parse_math()


def test_a_single_rater_is_said_to_be_one(ax):
    neighborhood(0, table_of([[5, 5, 5, 1]]), shrinkage=0, ax=ax)
    assert title(ax) == "The 2 items nearest to “film 1” rest on 1 common rater each"
    assert shown(ax)[1] == "1.00 from 1 common rater"


def test_names_are_whole_and_said_as_people_say_them(ax):
    long = "Night of the Day of the Dawn of the Son of the Bride of the Return of the Terror"
    names = ["Matrix, The (1999)", f"{long} (1991)", "Cars (2006)"]
    neighborhood(0, table_of([[5, 5, 1], [1, 2, 4]], names), shrinkage=1, ax=ax)
    assert shown(ax)[0] == f"{long} (1991)"
    assert "“The Matrix (1999)”" in title(ax)
    assert f"{long} (1991): " in describe(ax)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"item": 5}, ValueError, r"“film 6” has no neighbour.* the 1 ratings"),
        ({"item": 6}, IndexError, "index 6 is outside"),
        ({"item": -1}, IndexError, "index -1 is outside"),
        ({"item": 0, "n_neighbors": 0}, ValueError, "n_neighbors is 0"),
        ({"item": 0, "shrinkage": -1}, ValueError, "shrinkage is -1"),
        ({"item": 0, "shrinkage": nan}, ValueError, "shrinkage is nan"),
    ],
)
def test_what_has_no_neighbourhood_is_refused(ax, options, error, message):
    lonely = [[*row, nan] for row in FOUR] + [[nan, nan, nan, nan, 5, 1]]
    with pytest.raises(error, match=message):
        neighborhood(**options, interactions=table_of(lonely), ax=ax)
    assert not ax.lines


def test_items_that_are_unlike_are_no_neighbours(ax):
    world = make_world(np.random.default_rng(9), n_users=60, n_items=40).interactions
    neighborhood(0, world, n_neighbors=39, shrinkage=10, ax=ax)
    assert 5 < len(ax.lines[-1].get_xdata()) < 39
    assert (ax.lines[-1].get_xdata() > 0).all()
