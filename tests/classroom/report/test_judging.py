"""The comparison on somebody's ratings: under the usual protocol, or not at all."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from recsys_course.classroom.report import judging
from recsys_course.classroom.report.advice import steps, verdict_sentences
from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.evaluation.compare import compare
from recsys_course.models.baselines import Oracle
from recsys_course.models.neighborhood import ItemNeighbors

METRICS = ("NDCG@5", "RMSE")


@pytest.fixture(scope="module")
def judgement(table):
    with pytest.MonkeyPatch.context() as patch:
        models = {
            "item neighbours, choices": ItemNeighbors("implicit"),
            "item neighbours, ratings": ItemNeighbors("explicit"),
        }
        patch.setattr(judging, "all_models", lambda split, rng: (models, ["without EASE"]))
        return judging.judge(table, 5, 0)


def test_the_figures_are_those_of_compare(table, judgement):
    """The same split, seeds and protocol as `recsys-course compare` has."""
    split_seed, _, judge_seed = np.random.SeedSequence(0).spawn(3)
    split = random_split(table, np.random.default_rng(split_seed))
    models = {"item neighbours, choices": ItemNeighbors("implicit")}
    expected = compare(models, split, np.random.default_rng(judge_seed), 5)
    assert judgement.comparison.protocol == expected.protocol
    name = "item neighbours, choices"
    assert judgement.comparison.rows[name].metrics == expected.rows[name].metrics
    assert judgement.sampled == ""
    assert judgement.notes == ["without EASE"]


def cells(n_users, n_items, n):
    """A table of n rows, along the diagonals, so that nobody and nothing is left out for long."""
    row, user = np.divmod(np.arange(n), n_users)
    return Interactions(
        user, (row + user) % n_items, np.ones(n), None,
        Vocabulary(range(n_users)), Vocabulary(range(n_items)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("n_users", "n_items", "n", "k", "said"),
    [
        (20, 20, 300, 10, ""),
        (20, 20, 299, 10, "There are 299 ratings where at least 300 are wanted."),
        (19, 20, 320, 10, "There are 19 users where at least 20 are wanted."),
        (30, 19, 400, 10, "There are 19 items where at least 20 are wanted."),
        (30, 20, 600, 15, "There are 20 items where at least 30 are wanted."),
        (1, 3, 3, 10, "There are 3 ratings where at least 300 are wanted, and 1 user where at "
         "least 20 are wanted, and 3 items where at least 20 are wanted."),
    ],
)  # fmt: skip
def test_what_is_too_little(n_users, n_items, n, k, said):
    table = cells(n_users, n_items, n)
    assert judging.too_little(table, k) == said


def test_many_users_are_sampled_whole_and_it_is_said(monkeypatch):
    monkeypatch.setattr(judging, "_MOST_USERS", 30)
    table = cells(100, 8, 700)
    part, said = judging._sample(table, np.random.default_rng(0))
    assert part.n_users == 30
    assert said.startswith(
        "To stay within minutes, the models saw 30 of the 100 users, drawn by chance, with all "
        "their 210 ratings of 8 items."
    )
    drawn = np.array(part.user_vocabulary.ids)
    assert len(part) == np.isin(table.users, drawn).sum()


def test_many_ratings_are_sampled_too(monkeypatch):
    monkeypatch.setattr(judging, "_MOST_RATINGS", 100)
    part, said = judging._sample(cells(100, 8, 700), np.random.default_rng(0))
    assert (part.n_users, len(part)) == (14, 98)  # 7 each
    assert "14 of the 100 users" in said


def test_another_seed_samples_other_users(monkeypatch):
    monkeypatch.setattr(judging, "_MOST_USERS", 30)
    first, second = (
        judging._sample(cells(100, 8, 700), np.random.default_rng(seed))[0] for seed in (0, 1)
    )
    assert set(first.user_vocabulary.ids) != set(second.user_vocabulary.ids)


def test_a_model_that_knows_leads_clearly(table):
    split = random_split(table, np.random.default_rng(0))
    truth = split.test.to_csr().toarray()
    oracle = {"oracle": Oracle(truth, "implicit")}
    comparison = compare(oracle, split, np.random.default_rng(1), 5)
    verdict = judging.verdict(comparison, "NDCG@5")
    assert (verdict.leader, verdict.unclear) == ("oracle", ())
    assert verdict.others[-1] in {"random", "biases"}
    said, models = verdict_sentences(comparison, METRICS)
    assert (
        said[0]
        == "By NDCG@5, “oracle” leads with 1.000, clearly ahead of all 3 others on the same users."
    )
    assert said[1].endswith("it is clearly worse.")
    assert models == ["popularity", "oracle", "biases"]


def test_two_of_the_same_are_not_told_apart(table):
    split = random_split(table, np.random.default_rng(0))
    truth = split.test.to_csr().toarray()
    twins = {"one": Oracle(truth, "implicit"), "other": Oracle(truth, "implicit")}
    comparison = compare(twins, split, np.random.default_rng(1), 5)
    assert judging.verdict(comparison, "NDCG@5").unclear == ("other",)
    said = verdict_sentences(comparison, METRICS)[0][0]
    assert said.endswith("clearly ahead of 3 of the 4 others, but not of “other” (1.000).")


@pytest.mark.parametrize(("metric", "leader", "sign"), [("NDCG@5", "c", 1), ("RMSE", "a", -1)])
def test_clearly_means_an_interval_without_zero(metric, leader, sign):
    """Errors lead where they are low, and their lead is negative."""
    rows = {
        name: SimpleNamespace(metrics={metric: SimpleNamespace(value=value)})
        for name, value in {"a": 0.1, "b": 0.2, "c": 0.3}.items()
    }
    intervals = {"a": (0.1, 0.4), "b": (-0.1, 0.3), "c": (0.1, 0.4)}  # of the leader's lead

    def paired(first, second, which):
        assert (first, which) == (leader, metric)
        low, high = sorted(sign * end for end in intervals[second])
        return SimpleNamespace(difference=SimpleNamespace(value=sign * 0.1, low=low, high=high))

    verdict = judging.verdict(SimpleNamespace(rows=rows, paired=paired), metric)
    assert (verdict.leader, verdict.unclear) == (leader, ("b",))
    assert verdict.others == (("b", "a") if leader == "c" else ("b", "c"))


def test_chance_alone_leads_nowhere(table):
    """Where popularity is best the page must not sell a model."""
    split = random_split(table, np.random.default_rng(0))
    comparison = compare({}, split, np.random.default_rng(1), 5)
    said = verdict_sentences(comparison, METRICS)[0]
    leader = judging.verdict(comparison, "NDCG@5").leader
    assert leader == "popularity"
    assert said[1] == (
        "That is the same list of popular items for everybody: no model learned more from these "
        "ratings than what is popular."
    )
    assert said[-1] == (
        "That is means of users and items alone, without taste: no model found a taste in these "
        "ratings."
    )


def test_where_all_ratings_are_equal_errors_decide_nothing(judgement, table, quick_models):
    """A model that always says 1 would lead with an RMSE of 0."""
    assert judgement.metrics == METRICS
    choices = judging.judge(dataclasses.replace(table, ratings=np.ones(len(table))), 5, 0)
    assert choices.metrics == ("NDCG@5",)
    said = verdict_sentences(choices.comparison, choices.metrics)[0]
    assert len(said) == 3
    assert "RMSE" not in " ".join(said)


def test_three_users_from_busy_to_quiet(judgement, table):
    names = ["popularity", "item neighbours, choices"]
    busy, ordinary, quiet = judging.lists_of(judgement, names, 5)
    assert (busy.kind, ordinary.kind, quiet.kind) == ("busy", "ordinary", "quiet")
    assert busy.n_train > ordinary.n_train > quiet.n_train
    train, test = judgement.split.train, judgement.split.test
    for one in (busy, ordinary, quiet):
        user = train.user_vocabulary.ids.index(int(one.who) if one.who.isdigit() else one.who)
        seen = {str(n) for n in train.items[train.users == user]}
        held_out = {str(n) for n in test.items[test.users == user]}
        assert (one.n_train, one.n_test) == (len(seen), len(held_out))
        for ranked in one.lists.values():
            shown = [label for label, _ in ranked]
            assert len(shown) == 5
            assert not {table.item_vocabulary.label_of(int(n)) for n in seen} & set(shown)
            hits = {table.item_vocabulary.label_of(int(n)) for n in held_out} & set(shown)
            assert hits == {label for label, hit in ranked if hit}
        stars = [float(rating) for _, rating in one.history]
        assert stars == sorted(stars, reverse=True)


def test_steps_follow_from_what_was_found(look, judgement, table):
    clean = look("user,item,rating\n1,2,3\n2,2,4\n")
    timed = dataclasses.replace(clean, ratings=table)
    worst = SimpleNamespace(harm=3)

    def lessons(*arguments):
        return [one.lesson for one in steps(*arguments, "my file.csv")]

    assert lessons(clean, [], None) == ["evaluation"]
    assert lessons(clean, [worst], None) == ["interactions", "evaluation"]
    assert (
        "`recsys-course report 'my file.csv'`" in steps(clean, [worst], None, "my file.csv")[0].text
    )
    assert lessons(timed, [], None) == ["interactions", "evaluation"]
    assert lessons(clean, [], judgement)[-3:] == ["mf_loss", "training_loop", "recommending"]
