"""Figures: what is drawn is what was given, and every title says a number that the data have."""

import math
import re
import subprocess
import sys
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.evaluation.compare import Comparison, compare
from recsys_course.models.baselines import Oracle
from recsys_course.models.neighborhood import ItemNeighbors
from recsys_course.plots import (
    comparison_intervals,
    describe,
    embedding_map,
    long_tail,
    loss_curves,
    neighborhood,
)


@dataclass(frozen=True)
class Record:
    """As a training loop writes it; what else it holds does not matter."""

    epoch: int
    loss: float
    validation: float | None = None
    seconds: float = 0.1


def records(losses, validations=None) -> list[Record]:
    measured = validations or [None] * len(losses)
    return [Record(n, *pair) for n, pair in enumerate(zip(losses, measured, strict=True), 1)]


@pytest.fixture
def ax():
    """Axes without a window and without pyplot."""
    return Figure(figsize=(7.5, 4.4), layout="constrained").subplots()


def title(ax) -> str:
    return " ".join(ax.get_title(loc="left").split())


def table_of(counts) -> Interactions:
    """As many ratings of each item as asked for, each by another user."""
    items = np.repeat(np.arange(len(counts)), counts)
    users = np.concatenate([np.arange(count) for count in counts])
    return Interactions(
        users,
        items,
        np.ones(len(items)),
        None,
        Vocabulary(range(99)),
        Vocabulary(range(len(counts))),
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    world_rng, split_rng = np.random.default_rng(0).spawn(2)
    world = make_world(world_rng, n_users=80, n_items=60)
    split = random_split(world.interactions, split_rng)
    models = {
        "the truth": Oracle(world.true_ratings, "explicit"),
        "item neighbours, choices": ItemNeighbors("implicit"),
        "item neighbours, ratings": ItemNeighbors("explicit"),
    }
    return compare(models, split, np.random.default_rng(1))


# ---- the long tail ----


def test_the_long_tail_draws_every_count_in_order(ax):
    counts = [
        3,
        1,
        50,
        2,
        9,
        4,
        0,
        8,
        7,
        5,
        6,
        5,
        4,
        2,
        1,
        1,
        1,
        1,
        12,
        28,
    ]  # 20 items, 150 ratings
    assert long_tail(table_of(counts), ax) is ax
    head, tail = (patch.get_data() for patch in ax.patches)
    np.testing.assert_array_equal(np.r_[head.values, tail.values], sorted(counts, reverse=True))
    np.testing.assert_array_equal(head.values, [50, 28])  # a tenth of 20 items
    np.testing.assert_array_equal(np.r_[head.edges, tail.edges[1:]], np.arange(21) + 0.5)
    assert title(ax) == "The most popular 10 % of the items have 52 % of the ratings"  # 78 / 150
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == [
        "the 2 most popular items: 52 % of the ratings",
        "the 18 other items: 48 % of the ratings",
    ]
    assert "most popular item has 50 ratings" in describe(ax)
    assert "in the middle 4, the least popular 0." in describe(ax)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([4, 4, 4, 4, 4], "The most popular 20 % of the items have 20 % of the ratings"),
        ([9] + [0] * 9, "The most popular 10 % of the items have 100 % of the ratings"),
        # 999 of 1000: not all
        ([90] * 11 + [9] + [1] + [0] * 107, "10 % of the items have 99.9 % of the ratings"),
        ([7], "The most popular 100 % of the items have 100 % of the ratings"),
    ],
)
def test_the_title_states_the_shares_that_are_drawn(ax, counts, said):
    long_tail(table_of(counts), ax)
    assert said in title(ax)


def test_the_share_of_movielens_is_that_of_its_counts(ax):
    table = make_world(np.random.default_rng(2), n_users=90, n_items=200).interactions
    counts = sorted(table.to_csr().astype(bool).sum(axis=0).tolist(), reverse=True)
    share = 100 * sum(counts[:20]) / sum(counts)
    long_tail(table, ax)
    assert title(ax).endswith(f"10 % of the items have {share:.0f} % of the ratings")


# ---- losses ----


def lines(ax) -> dict[str, tuple[list[float], list[float]]]:
    return {
        str(line.get_label()): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines
    }


def test_one_run_draws_losses_and_validation(ax):
    history = records([4.0, 2.0, 1.5, 1.2], [3.0, 2.5, 2.4, 2.6])
    assert loss_curves(history, ax, unit="stars²") is ax
    assert lines(ax) == {
        "training": ([1, 2, 3, 4], [4.0, 2.0, 1.5, 1.2]),
        "validation": ([1, 2, 3, 4], [3.0, 2.5, 2.4, 2.6]),
    }
    assert title(ax) == (
        "Validation is lowest in epoch 3 of 4: 2.4; after that only the training loss falls"
    )
    assert ax.get_ylabel() == "mean loss per example (stars²)"
    assert ax.get_yscale() == "linear"
    assert "from 4 to 1.2 in epoch 4" in describe(ax)


@pytest.mark.parametrize(
    ("losses", "validations", "said"),
    [
        ([4, 2.25], None, "The loss falls from 4 to 2.25 in 2 epochs"),
        ([4, 5], None, "The loss does not fall: from 4 to 5 in 2 epochs"),
        ([4, 4], None, "The loss does not fall: from 4 to 4 in 2 epochs"),
        ([4, 2, 1], [3, 2, 1.5], "Validation is lowest in the last epoch, 3: 1.5"),
        ([4, 2, 3], [3, 1, 2], "Validation is lowest in epoch 2 of 3: 1"),
        ([4, 2, 1], [3, 1, 1], "Validation is lowest in epoch 2 of 3: 1; after"),
        ([4, 2, 1], [math.nan, 2, 1.5], "Validation is lowest in the last epoch, 3: 1.5"),
    ],
)
def test_the_title_of_one_run_is_what_happened(ax, losses, validations, said):
    loss_curves(records(losses, validations), ax)
    assert title(ax).startswith(said)
    assert ("after that" in title(ax)) == ("after" in said)


def test_several_runs_have_a_line_each_and_the_best_is_named(ax):
    runs = {
        "published": records([9, 8, 7]),
        "repaired": records([5, 0.25]),
        "half repaired": records([6, 4, 0.5]),
    }
    loss_curves(runs, ax)
    assert lines(ax) == {
        "published": ([1, 2, 3], [9, 8, 7]),
        "repaired": ([1, 2], [5, 0.25]),
        "half repaired": ([1, 2, 3], [6, 4, 0.5]),
    }
    assert title(ax) == (
        "“repaired” has the lowest loss at the end: 0.25, ahead of “half repaired” with 0.5"
    )
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(runs)
    marks = {(line.get_color(), line.get_marker()) for line in ax.lines}
    assert len(marks) == 3
    assert len({mark for _, mark in marks}) == 3  # tell them apart without colours


def test_runs_with_validation_are_judged_by_it(ax):
    runs = {"long": records([5, 1], [4, 3]), "short": records([5, 2], [2.5, 3.5])}
    loss_curves(runs, ax)
    assert title(ax) == "“short” has the lowest validation: 2.5, ahead of “long” with 3"
    assert lines(ax)["short, validation"] == ([1, 2], [2.5, 3.5])
    dashed = {line.get_label() for line in ax.lines if line.get_linestyle() == "--"}
    assert dashed == {"long, validation", "short, validation"}


def test_runs_are_judged_by_losses_where_one_has_no_validation(ax):
    loss_curves({"measured": records([5, 3], [1, 1]), "other": records([5, 2])}, ax)
    assert title(ax).startswith("“other” has the lowest loss at the end: 2, ahead of “measured”")


def test_a_run_that_fails_is_never_the_best(ax):
    loss_curves({"broken": records([5, math.nan]), "sound": records([5, 4])}, ax)
    assert title(ax).startswith("“sound” has the lowest loss at the end: 4")


def test_epochs_without_validation_are_left_out_of_its_line(ax):
    loss_curves([Record(1, 3.0), Record(2, 2.0, 2.5), Record(3, 1.0)], ax)
    assert lines(ax)["validation"] == ([2], [2.5])


def test_losses_far_apart_have_a_logarithmic_axis_that_can_be_read(ax):
    loss_curves({"broken": records([20, 300]), "sound": records([5, 0.06])}, ax)
    assert ax.get_yscale() == "log"
    ax.figure.draw_without_rendering()
    shown = [text.get_text() for text in ax.get_yticklabels() if text.get_text()]
    assert {"0.1", "1", "10", "100"} <= set(shown)
    assert not any("$" in one for one in shown)  # 10 to the power of 2 is no everyday number
    other = Figure().subplots()
    assert loss_curves(records([51, 1.0]), other).get_yscale() == "log"  # just above 50 to 1


@pytest.mark.parametrize("losses", [[50, 1.0], [51, 0.0], [51, -1.0]])
def test_other_losses_have_a_linear_axis(ax, losses):
    loss_curves(records(losses), ax)
    assert ax.get_yscale() == "linear"


def test_what_has_no_epoch_is_refused(ax):
    with pytest.raises(ValueError, match=r"^the history has no epoch; train first$"):
        loss_curves([], ax)
    with pytest.raises(ValueError, match="the history 'second' has no epoch"):
        loss_curves({"first": records([1]), "second": []}, ax)
    with pytest.raises(ValueError, match="no history to draw"):
        loss_curves({}, ax)


# ---- a comparison ----


def drawn(ax) -> dict[str, tuple[float, float, float]]:
    """Value, low and high of each row, by the tick label beside it."""
    names = [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]
    found = {}
    for place, name in enumerate(names):
        here = [line for line in ax.lines if set(line.get_ydata()) == {place}]
        (low, high), (value,) = sorted((list(line.get_xdata()) for line in here), key=len)[::-1]
        found[name] = (value, low, high)
    return found


@pytest.mark.parametrize("metric", ["NDCG@10", "RMSE", "reciprocal rank@10"])
def test_every_model_has_its_interval_best_on_top(ax, comparison, metric):
    assert comparison_intervals(comparison, metric, ax) is ax
    rows = {
        name: row.metrics[metric] for name, row in comparison.rows.items() if metric in row.metrics
    }
    found = drawn(ax)
    assert found == {name: (one.value, one.low, one.high) for name, one in rows.items()}
    values = [value for value, _, _ in found.values()]
    assert values == sorted(values, reverse=metric != "RMSE")
    bottom, top = ax.get_ylim()
    assert top < 0 < len(rows) - 1 < bottom  # the first is on top
    labels = [text.get_text() for text in ax.texts]
    assert labels == [f"{value:.3f}" for value in values]
    assert ax.get_xlabel().startswith(metric)
    assert ("lower is better" in ax.get_xlabel()) == (metric == "RMSE")
    best = next(iter(found))
    assert title(ax).startswith(f"Best {metric}: “{best}” with {values[0]:.3f}, ")
    for name, one in rows.items():
        assert f"{name} {one}" in describe(ax)


def test_the_title_says_how_far_the_first_is_ahead_on_the_same_users(ax, comparison):
    comparison_intervals(comparison, "RMSE", ax)
    second = min(
        (name for name in comparison.rows if name != "the truth"),
        key=lambda name: (
            comparison.rows[name].figure("RMSE") or math.inf  # not every model has one
        ),
    )
    lead = comparison.paired("the truth", second, "RMSE").difference
    assert lead.high < 0  # fewer errors, and clearly
    assert title(ax) == (
        f"Best RMSE: “the truth” with {comparison.rows['the truth'].figure('RMSE'):.3f}, ahead of "
        f"“{second}” by {-lead.high:.3f} to {-lead.low:.3f} on the same users"
    )


def test_the_title_claims_no_lead_that_is_not_clear(ax, comparison):
    rows = {name: comparison.rows[name] for name in ("popularity", "biases")}
    twins = {"one": rows["popularity"], "other": rows["popularity"], "biases": rows["biases"]}
    comparison_intervals(Comparison(twins, comparison.protocol), "NDCG@10", ax)
    assert title(ax).endswith("but not clearly ahead of “other” on the same users")


def test_one_model_alone_leads_nobody(ax, comparison):
    alone = Comparison({"biases": comparison.rows["biases"]}, comparison.protocol)
    comparison_intervals(alone, "RMSE", ax)
    value = comparison.rows["biases"].metrics["RMSE"].value
    assert title(ax) == f"Best RMSE: “biases” with {value:.3f}"


def test_the_chance_level_is_drawn_where_it_is_known(ax, comparison):
    comparison_intervals(comparison, "NDCG@10", ax)
    chance = comparison.protocol.chance
    assert any(list(line.get_xdata()) == [chance, chance] for line in ax.lines)
    assert ax.get_legend().get_texts()[0].get_text() == f"a random order: {chance:.4f}"
    other = Figure().subplots()
    assert comparison_intervals(comparison, "recall@10", other).get_legend() is None


def test_a_metric_that_nobody_has_is_refused(ax, comparison):
    with pytest.raises(
        ValueError, match=r"no model has the metric 'AUC'; choose from .*NDCG@10.*RMSE"
    ):
        comparison_intervals(comparison, "AUC", ax)


# ---- what every figure keeps ----


def long_names(table: Interactions) -> Interactions:
    """The same ratings, of items with names as long as those of films."""
    words = [
        "The",
        "Confessions",
        "of",
        "an",
        "Extraordinarily",
        "Long-winded",
        "and",
        "$5",
        "Gentleman,",
        "or",
        "Two",
    ]
    names = [f"{words[: 12 + 6 * (n % 10)]} {n} (1984)" for n in range(table.n_items)]
    films = Vocabulary(range(table.n_items), names)
    return Interactions(table.users, table.items, table.ratings, None, table.user_vocabulary, films)


FILMS = long_names(make_world(np.random.default_rng(3), n_users=90, n_items=120).interactions)
VECTORS = np.random.default_rng(4).normal(size=(120, 5)) * [2, 1.5, 1, 1, 1]
GENRES = [("Drama", "Comedy", "", "Science fiction", "War", "Western")[n % 6] for n in range(120)]


def figures(comparison: Comparison) -> dict:
    return {
        "tail": lambda ax=None: long_tail(table_of([90, 30, 8, 5, 3, 2, 1, 1, 1, 1, 1, 1]), ax),
        "run": lambda ax=None: loss_curves(records([4, 2, 1], [3, 2, 2.5]), ax),
        "runs": lambda ax=None: loss_curves(
            {"the loop as it was published": records([900, 8]), "repaired": records([3, 1])}, ax
        ),
        "intervals": lambda ax=None: comparison_intervals(comparison, "NDCG@10", ax),
        "map": lambda ax=None: embedding_map(VECTORS, FILMS, GENRES, [7], unit="√stars", ax=ax),
        "neighbours": lambda ax=None: neighborhood(0, FILMS, shrinkage=20, ax=ax),
    }


KINDS = ["tail", "run", "runs", "intervals", "map", "neighbours"]


@pytest.fixture
def new_figure(comparison):
    """Draws into a figure that pyplot makes, without a screen; closes it afterwards."""
    backend = mpl.get_backend()
    plt.switch_backend("Agg")
    yield lambda kind: figures(comparison)[kind]()
    plt.close("all")
    plt.switch_backend(backend)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_and_no_text_lies_on_another(new_figure, kind):
    ax = new_figure(kind)
    figure = ax.figure
    figure.canvas.draw()
    texts = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    legend = ax.get_legend()
    inside = legend.findobj(Text) if legend else []
    boxes = {one: one.get_window_extent() for one in texts}
    width, height = figure.canvas.get_width_height()
    for one, box in boxes.items():
        if one in ax.get_xticklabels() + ax.get_yticklabels() and not _on_axis(ax, one):
            continue
        assert box.x0 >= 0, one
        assert box.y0 >= 0, one
        assert box.x1 <= width, one
        assert box.y1 <= height, one
        others = [other for other in boxes if other is not one and other not in inside]
        for other in others if one not in inside else []:
            assert not box.overlaps(boxes[other]), (one, other)


def _on_axis(ax, label) -> bool:
    """Whether a tick label belongs to a tick within the limits: the others are not drawn."""
    axis = ax.xaxis if label in ax.get_xticklabels() else ax.yaxis
    low, high = sorted(axis.get_view_interval())
    place = label.get_position()[0 if axis is ax.xaxis else 1]
    return low <= place <= high


@pytest.mark.parametrize("kind", KINDS)
def test_text_has_ten_points_at_least_and_the_colour_of_the_style(new_figure, kind):
    for style in ("default", "dark_background"):
        with mpl.style.context(style):
            ax = new_figure(kind)
            ax.figure.canvas.draw()
            for one in ax.figure.findobj(Text):
                if one.get_text().strip():
                    assert one.get_fontsize() >= 10, one
                    assert to_rgb(one.get_color()) == to_rgb(mpl.rcParams["text.color"])
            assert to_rgb(ax.get_facecolor()) == to_rgb(mpl.rcParams["axes.facecolor"])


def luminance(color) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in to_rgb(color)
    ]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_of_the_palette_and_stand_out_on_white_and_black(comparison, kind, ax):
    okabe_ito = {"#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"}
    known = {to_rgb(color) for color in okabe_ito | {"#808080"}}
    figures(comparison)[kind](ax)
    used = [line.get_color() for line in ax.lines] + [one.get_facecolor() for one in ax.patches]
    for collection in ax.collections:
        used += [*collection.get_facecolor(), *collection.get_edgecolor()]
    used = [to_rgb(color) for color in used]
    assert used
    for color in set(used) - {to_rgb(mpl.rcParams["text.color"])}:
        assert color in known
        light = luminance(color)
        assert 1.05 / (light + 0.05) > 2  # orange on white has 2.2: marks and styles help it
        assert (light + 0.05) / 0.05 > 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_described_in_words(comparison, kind, ax):
    figures(comparison)[kind](ax)
    said = describe(ax)
    assert said.startswith(title(ax))
    for part in (ax.get_xlabel(), ax.get_ylabel()):
        assert part
        assert part in said
    assert re.search(r"\d", said)
    assert "\n" not in said


def test_other_axes_are_not_described(ax):
    ax.plot([1, 2])
    with pytest.raises(ValueError, match="nothing is known about these Axes"):
        describe(ax)


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_of_the_user_stay_as_they_are(new_figure, kind):
    with mpl.rc_context({"font.size": 13, "axes.spines.right": True, "lines.linewidth": 9}):
        before = dict(mpl.rcParams)
        new_figure(kind)
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", KINDS)
def test_given_axes_are_drawn_into_and_no_figure_is_made(comparison, ax, kind):
    before = plt.get_fignums()
    assert figures(comparison)[kind](ax) is ax
    assert plt.get_fignums() == before


def test_new_figures_are_new(new_figure):
    assert new_figure("run").figure is not new_figure("run").figure


def test_without_matplotlib_there_is_one_clear_sentence():
    code = "import sys; sys.modules['matplotlib'] = None; import recsys_course.plots"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    last = finished.stderr.strip().splitlines()[-1]
    assert last == (
        "ModuleNotFoundError: recsys_course.plots needs Matplotlib, and the module 'matplotlib' is "
        'not installed; run: pip install "recsys-course[lab]"'
    )
