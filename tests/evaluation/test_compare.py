"""The table: its three baselines, its protocol, what it refuses, and how it is shown."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from recsys_course.data.splitting import Split, k_fold, random_split
from recsys_course.data.world import make_world
from recsys_course.evaluation.compare import Comparison, Protocol, compare
from recsys_course.evaluation.ranking import evaluate_ranking
from recsys_course.evaluation.rating import evaluate_ratings
from recsys_course.evaluation.significance import Estimate, paired_difference
from recsys_course.formulas.metrics import mae, rmse
from recsys_course.models.baselines import Biases, Oracle, Popularity
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.neighborhood import ItemNeighbors

BASELINES = ["random", "popularity", "biases"]
NAMES = ["neighbours", "ALS, ratings", "ALS, choices"]


@pytest.fixture(scope="module")
def split() -> Split:
    world_rng, split_rng = np.random.default_rng(0).spawn(2)
    return random_split(make_world(world_rng, n_users=50, n_items=60).interactions, split_rng)


def models(names=NAMES):
    made = {
        "neighbours": lambda: ItemNeighbors("implicit"),
        "ALS, ratings": lambda: AlternatingLeastSquares(np.random.default_rng(1), embedding_dim=3),
        "ALS, choices": lambda: AlternatingLeastSquares(
            np.random.default_rng(2), "implicit", embedding_dim=3
        ),
    }
    return {name: made[name]() for name in names}


def compared(split, names=NAMES, seed=7, k=10, **renamed) -> Comparison:
    return compare(models(names) | renamed, split, np.random.default_rng(seed), k)


@pytest.fixture(scope="module")
def comparison(split) -> Comparison:
    return compared(split)


def figures(comparison: Comparison) -> dict[str, dict[str, Estimate]]:
    return {name: dict(row.metrics) for name, row in comparison.rows.items()}


def test_the_baselines_are_always_there(split, comparison):
    assert list(comparison.rows) == BASELINES + NAMES
    assert list(compared(split, names=[]).rows) == BASELINES


@pytest.mark.parametrize("name", BASELINES)
def test_the_name_of_a_baseline_is_taken(split, name):
    with pytest.raises(ValueError, match=rf"'{name}' is always in the table.*another name"):
        compared(split, **{name: Popularity()})


def test_the_figures_are_those_of_the_evaluations(split, comparison):
    row = comparison.rows["ALS, ratings"]
    fitted = models()["ALS, ratings"].fit(split.train)
    low, high = split.train.ratings.min(), split.train.ratings.max()
    clipped = np.clip(fitted.predict(split.test.users, split.test.items), low, high)
    assert row.metrics["RMSE"].value == pytest.approx(rmse(split.test.ratings, clipped))
    assert row.metrics["MAE"].value == pytest.approx(mae(split.test.ratings, clipped))
    scores = evaluate_ranking(fitted, split, 10, np.random.default_rng(0))  # it has no ties
    assert set(row.metrics) == {"RMSE", "MAE"} | {f"{name}@10" for name in scores.metrics}
    for name, values in scores.metrics.items():
        assert row.metrics[f"{name}@10"].value == pytest.approx(np.nanmean(values))
        np.testing.assert_array_equal(row.per_user[f"{name}@10"], values)
    described = {"coverage": scores.coverage, "Gini": scores.gini, "novelty": scores.novelty}
    assert row.lists == {f"{name}@10": value for name, value in described.items()}
    errors = evaluate_ratings(row.model, split)
    assert row.metrics["RMSE"].value == pytest.approx(errors.rmse(np.random.default_rng(0)).value)
    for metrics in figures(comparison).values():
        for estimate in metrics.values():
            assert estimate.low <= estimate.value <= estimate.high
            assert estimate.n_users == len(set(split.test.users.tolist()))


def test_rating_metrics_only_where_scores_are_ratings(comparison):
    with_ratings = [name for name, row in figures(comparison).items() if "RMSE" in row]
    assert with_ratings == ["biases", "ALS, ratings"]


def test_users_without_a_test_row_are_not_counted(split):
    kept = split.test.subset(split.test.users >= 10)
    row = compared(Split(split.train, kept, "fewer"), names=[]).rows["biases"]
    assert {one.n_users for one in row.metrics.values()} == {len(set(kept.users.tolist()))}


def test_the_order_of_the_models_changes_no_figure(split, comparison):
    assert figures(compared(split, names=NAMES[::-1])) == figures(comparison)


def test_the_company_of_a_model_changes_no_figure(split, comparison):
    alone = figures(compared(split, names=["ALS, choices"]))
    assert alone == {name: figures(comparison)[name] for name in [*BASELINES, "ALS, choices"]}


def test_the_same_seed_gives_the_same_figures(split, comparison):
    assert figures(compared(split)) == figures(comparison)
    other = figures(compared(split, seed=8))
    assert other["random"]["NDCG@10"].value != figures(comparison)["random"]["NDCG@10"].value
    assert other["biases"]["RMSE"].value == figures(comparison)["biases"]["RMSE"].value


def test_the_oracle_is_beaten_by_nobody():
    world_rng, split_rng = np.random.default_rng(1).spawn(2)
    world = make_world(world_rng, n_users=200, n_items=150)
    split = random_split(world.interactions, split_rng)
    truth = {
        "truth": Oracle(world.true_ratings, "explicit"),
        "choices": Oracle(world.choice_logits, "implicit"),
    }
    rows = figures(compared(split, **truth))
    assert min(rows, key=lambda name: rows[name].get("RMSE", Estimate(9, 9, 9, 0)).value) == "truth"
    assert max(rows, key=lambda name: rows[name]["NDCG@10"].value) == "choices"
    assert rows["truth"]["RMSE"].low < world.noise_sd < rows["truth"]["RMSE"].high


# ---- what the table says of chance, of lists and of pairs ----


def test_the_chance_level_stands_with_the_protocol(split, comparison):
    n_seen, n_relevant = (
        np.bincount(part.users, minlength=50) for part in (split.train, split.test)
    )
    gains = 1 / np.log2(np.arange(2, 12))
    some = n_relevant > 0
    ideal = np.cumsum(gains)[np.minimum(n_relevant[some], 10) - 1]
    chance = np.mean(n_relevant[some] / (60 - n_seen[some]) * gains.sum() / ideal)
    assert comparison.protocol.chance == pytest.approx(chance)
    assert f"NDCG@10 of a random order: {chance:.4f}" in str(comparison.protocol)
    values = comparison.rows["random"].per_user["NDCG@10"]
    error = np.nanstd(values) / np.sqrt(np.count_nonzero(some))
    assert np.nanmean(values) == pytest.approx(chance, abs=4 * error)


def test_coverage_is_the_share_of_items_in_somebodys_list(split, comparison):
    for name in ("ALS, ratings", "neighbours", "popularity"):
        row = comparison.rows[name]
        listed = row.model.recommend(sorted(set(split.test.users.tolist())), 10)
        assert row.lists["coverage@10"] == len(set(listed.ravel().tolist())) / 60
        assert comparison.to_frame().loc[name, "coverage@10"] == row.lists["coverage@10"]
    # what everybody has seen apart, popularity shows the same to all
    assert comparison.rows["popularity"].lists["coverage@10"] < 0.6
    assert comparison.rows["random"].lists["coverage@10"] > 0.9


@pytest.mark.parametrize("metric", ["NDCG@10", "recall@10", "average precision@10"])
def test_a_pair_is_compared_on_the_same_users(comparison, metric):
    one, other = "ALS, choices", "popularity"
    paired = comparison.paired(one, other, metric)
    values = [comparison.rows[name].per_user[metric] for name in (one, other)]
    expected = paired_difference(*values, np.random.default_rng(0))
    assert (paired.t, paired.t_p) == (expected.t, expected.t_p)
    figure = [comparison.rows[name].metrics[metric].value for name in (one, other)]
    assert paired.difference.value == pytest.approx(figure[0] - figure[1])
    assert paired == comparison.paired(one, other, metric)  # by the protocol's seed


@pytest.mark.parametrize("metric", ["RMSE", "MAE"])
def test_a_pair_of_rating_models_differs_by_what_the_table_shows(comparison, metric):
    one, other = "ALS, ratings", "biases"
    paired = comparison.paired(one, other, metric)
    figures = [comparison.rows[name].metrics[metric].value for name in (one, other)]
    assert paired.difference.value == pytest.approx(figures[0] - figures[1])
    assert paired.difference.low < paired.difference.value < paired.difference.high
    turned = comparison.paired(other, one, metric)
    assert turned.difference.low == pytest.approx(-paired.difference.high)


def test_what_cannot_be_paired_is_said(comparison):
    with pytest.raises(ValueError, match=r"no row is named 'ALS'; the rows are random, pop"):
        comparison.paired("random", "ALS", "NDCG@10")
    with pytest.raises(ValueError, match=r"'popularity' has no 'RMSE' of each user; it has prec"):
        comparison.paired("biases", "popularity", "RMSE")
    with pytest.raises(ValueError, match=r"no 'coverage@10'"):
        comparison.paired("biases", "popularity", "coverage@10")


def test_values_of_users_cannot_be_changed_by_accident(comparison):
    row = comparison.rows["biases"]
    assert set(row.per_user) == set(row.metrics)
    for values in (*row.per_user.values(), row.n_ratings):
        assert values.shape == (50,)
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0


# ---- one table, one protocol ----


def test_equal_protocols_stand_in_one_table(split, comparison):
    first, second = compared(split, names=NAMES[:1]), compared(split, names=NAMES[1:])
    both = first.join(second)
    assert figures(both) == figures(comparison)
    assert both.protocol == comparison.protocol
    assert both.rows["random"] is first.rows["random"]  # where a name stands twice


def other_cut(split: Split) -> Split:
    whole = type(split.train)(
        np.r_[split.train.users, split.test.users],
        np.r_[split.train.items, split.test.items],
        np.r_[split.train.ratings, split.test.ratings],
        None,
        split.train.user_vocabulary,
        split.train.item_vocabulary,
    )
    return k_fold(whole, 5, np.random.default_rng(0))[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda split: compared(other_cut(split), names=[]), "train"),
        (
            lambda split: compared(
                Split(split.train, split.test.subset(np.arange(100)), split.name), names=[]
            ),
            "test",
        ),
        (lambda split: compared(Split(split.train, split.test, "other"), names=[]), "split"),
        (lambda split: compared(split, names=[], k=5), "k"),
        (lambda split: compared(split, names=[], seed=8), "seed"),
    ],
)
def test_another_protocol_is_refused_by_name(split, comparison, change, field):
    for one, other in ((comparison, change(split)), (change(split), comparison)):
        with pytest.raises(ValueError, match=rf"one table: {field} is .* here and .* there; run"):
            one.join(other)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Protocol)])
def test_no_field_of_the_protocol_is_overlooked(comparison, field):
    changed = dataclasses.replace(comparison.protocol, **{field: "something else"})
    with pytest.raises(ValueError, match=rf"{field} is"):
        comparison.join(Comparison({}, changed))


def test_one_generator_used_twice_is_two_protocols(split):
    rng = np.random.default_rng(7)
    first, second = (compare({}, split, rng) for _ in range(2))
    with pytest.raises(ValueError, match="seed is"):
        first.join(second)


def test_the_protocol_names_what_the_figures_depend_on(split, comparison):
    protocol = comparison.protocol
    assert protocol.train == split.train.fingerprint() != protocol.test
    assert protocol.test == split.test.fingerprint()
    said = str(protocol)
    for part in (split.name, protocol.train, protocol.test, "k = 10", protocol.seed, "95 %"):
        assert part in said


# ---- how it is shown ----


def test_json_holds_every_figure_and_the_protocol(comparison):
    read = json.loads(comparison.to_json(), parse_constant=pytest.fail)  # no NaN
    assert Protocol(**read["protocol"]) == comparison.protocol
    again = {
        name: {
            metric: Estimate(**entry)
            for metric, entry in (model["metrics"] | model["more_metrics"]).items()
        }
        for name, model in read["models"].items()
    }
    assert again == figures(comparison)
    for name, model in read["models"].items():
        assert set(model["metrics"]) <= set(comparison.columns)  # what the table shows
        assert not set(model["more_metrics"]) & set(comparison.columns)
        assert model["lists"] == comparison.rows[name].lists
    assert read["models"]["ALS, choices"]["feedback"] == "implicit"


def test_the_frame_has_a_row_a_model_and_a_column_a_metric(comparison):
    frame = comparison.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.index) == BASELINES + NAMES
    names = ["RMSE", "MAE", "NDCG@10", "recall@10", "hit rate@10", "coverage@10", "fit s"]
    assert list(frame.columns) == names
    assert all(kind.kind == "f" for kind in frame.dtypes)
    assert frame.loc["biases", "RMSE"] == comparison.rows["biases"].metrics["RMSE"].value
    assert np.isnan(frame.loc["popularity", "RMSE"])
    assert frame.drop(columns=["RMSE", "MAE"]).notna().all(axis=None)


def shown_at(width: int, comparison: Comparison) -> str:
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(comparison.to_table())
    return captured.get()


@pytest.mark.parametrize("width", [80, 100])
def test_the_text_has_every_row_whole_figures_and_the_protocol(comparison, width):
    # with the longest names that `recsys-course compare` has
    renamed = {"neighbours": "item neighbours, choices", "ALS, choices": "TensorFlow MF, choices"}
    rows = {renamed.get(name, name): row for name, row in comparison.rows.items()}
    text = shown_at(width, Comparison(rows, comparison.protocol))
    assert max(map(len, text.splitlines())) <= width
    for name in rows:
        assert all(part in text for part in name.split(", "))
    assert " ".join(str(comparison.protocol).split()) in " ".join(text.split())
    for row in comparison.rows.values():
        assert f"{row.lists['coverage@10']:.3f}" in text
        for estimate in (row.metrics[one] for one in comparison.columns if one in row.metrics):
            assert f"{estimate.value:.3f}" in text
            low, high = (f"{end:.3f}".removeprefix("0") for end in (estimate.low, estimate.high))
            assert re.search(rf"{re.escape(low)}\s?–\s?{re.escape(high)}(?!\d)", text), (low, high)


def test_figures_above_one_are_not_broken_at_80_columns(comparison):
    # as on a scale from 0 to 10, after a fit of a minute
    def raised(estimate):
        return Estimate(estimate.value + 1, estimate.low + 1, estimate.high + 1, 50)

    renamed = {"biases": "item neighbours, ratings"}
    rows = {
        renamed.get(name, name): dataclasses.replace(
            row,
            metrics={
                key: raised(one) if key in ("RMSE", "MAE") else one
                for key, one in row.metrics.items()
            },
            fit_seconds=62.14,
        )
        for name, row in comparison.rows.items()
    }
    text = shown_at(80, Comparison(rows, comparison.protocol))
    for row in rows.values():
        for key in ("RMSE", "MAE"):
            if key in row.metrics:
                one = row.metrics[key]
                assert f"{one.low:.3f}–{one.high:.3f}" in text


def test_str_is_the_table(comparison):
    assert str(comparison) == shown_at(100, comparison)
    assert repr(comparison) == str(comparison)


class Cells(HTMLParser):
    """The tags of a page and the text of its table cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


ODD = ["<b>", "<script>alert(1)</script>", "A & B", "ALS [best]", "[/red]", "a[0]"]


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_shown_as_it_is_in_html(split, name):
    page = Cells()
    page.feed(compared(split, names=[], **{name: Biases()})._repr_html_())
    assert name in page.cells
    assert page.tags == {"table", "thead", "tbody", "tr", "th", "td", "p", "small"}


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_shown_as_it_is_in_text(split, name):
    assert name in " ".join(str(compared(split, names=[], **{name: Biases()})).split())


def test_html_has_every_row_with_intervals_and_the_protocol(comparison):
    shown = comparison._repr_html_()
    page = Cells()
    page.feed(shown)
    for name, row in comparison.rows.items():
        start = page.cells.index(name)
        for place, column in enumerate(comparison.columns, start + 1):
            expected = str(row.metrics[column]) if column in row.metrics else "–"
            if column == "coverage@10":
                expected = f"{row.lists[column]:.3f}"
            assert page.cells[place] == expected
    assert comparison.protocol.train in shown


@pytest.mark.parametrize("progress", [True, False])
def test_progress_is_drawn_on_stderr_and_only_when_asked(split, capsys, monkeypatch, progress):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a terminal
    compare({}, split, np.random.default_rng(0), progress=progress)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ("3 of 3 models in" in captured.err) is progress  # the three baselines
    assert progress or captured.err == ""
