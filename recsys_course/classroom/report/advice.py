"""What the figures of a comparison say, in sentences, and what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from recsys_course.classroom.report.findings import Finding
from recsys_course.classroom.report.judging import Judgement, Verdict, verdict
from recsys_course.classroom.report.looking import Look
from recsys_course.evaluation.comparison import Comparison

__all__ = ["Step", "steps", "verdict_sentences"]


@dataclass(frozen=True)
class Step:
    """Something to try.

    Args:
        text: What and why; code stands between backticks.
        lesson: The slug of the lesson about it; empty without one.
    """

    text: str
    lesson: str = ""


def verdict_sentences(
    comparison: Comparison, metrics: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Who leads, whether clearly, and what chance would give.

    Args:
        comparison: The models' results.
        metrics: A ranking metric and, where there are errors, "RMSE".

    Returns:
        The sentences; and the models whose lists are worth looking at: popularity, the leaders and
        the runner-up, each once, at most three.
    """
    ranking, *errors = (verdict(comparison, metric) for metric in metrics)
    chance = comparison.protocol.chance
    said = [
        _leads(ranking, comparison),
        _beside(ranking, comparison, "popularity"),
        f"A random order of the items would have an {ranking.metric} of {chance:.4f}: "
        f"{_times(ranking.value, chance)}",
    ]
    for one in errors:
        said += [_leads(one, comparison), _beside(one, comparison, "biases")]
    leaders = [ranking.leader, *(one.leader for one in errors), *ranking.others[:1]]
    return said, list(dict.fromkeys(["popularity", *leaders]))[:3]


def _times(value: float, chance: float) -> str:
    ratio = value / chance if chance > 0 else float("inf")
    return (
        f"the leader has {ratio:.0f} times as much."
        if ratio >= 1.5
        else "the leader has hardly more."
    )


def _leads(one: Verdict, comparison: Comparison) -> str:
    """Who leads, and ahead of whom for sure."""
    n_others = len(one.others)
    lead = f"By {one.metric}, “{one.leader}” leads with {one.value:.3f}"
    if not one.unclear:
        return f"{lead}, clearly ahead of all {n_others} others on the same users."
    close = ", ".join(
        f"“{name}” ({comparison.rows[name].metrics[one.metric].value:.3f})" for name in one.unclear
    )
    n_clear = n_others - len(one.unclear)
    if not n_clear:
        return f"{lead}, but is not clearly ahead of any other: with other users it may not lead."
    return (
        f"{lead}. On the same users it is clearly ahead of {n_clear} of the {n_others} others, but "
        f"not of {close}."
    )


def _beside(one: Verdict, comparison: Comparison, plain: str) -> str:
    """The leader beside the baseline that needs no model."""
    known = {
        "popularity": "the same list of popular items for everybody",
        "biases": "means of users and items alone, without taste",
    }[plain]
    value = comparison.rows[plain].metrics[one.metric].value
    if one.leader == plain:
        return (
            f"That is {known}: no model learned more from these ratings than what is popular."
            if plain == "popularity"
            else f"That is {known}: no model found a taste in these ratings."
        )
    verb = "is not clearly worse" if plain in one.unclear else "is clearly worse"
    return f"The yardstick, “{plain}” ({known}), has {value:.3f}; it {verb}."


def steps(
    look: Look, findings: Sequence[Finding], judgement: Judgement | None, name: str
) -> list[Step]:
    """What to try next.

    Args:
        look: What became of the rows of a file.
        findings: What is odd in it.
        judgement: How the models compare; None where they were not fitted.
        name: Name of the file.

    Returns:
        A few steps, the most urgent first.
    """
    return [*_with_the_file(look, findings, name), *_with_the_models(judgement)]


def _with_the_file(look: Look, findings: Sequence[Finding], name: str) -> list[Step]:
    tried = []
    if any(one.harm == 3 for one in findings):
        tried.append(
            Step(
                "Mend what can change every result, in the file or where it comes from, and run "
                f"`recsys-course report {shlex.quote(name)}` again.",
                "interactions",
            )
        )
    if look.ratings is not None and look.ratings.timestamps is not None:
        tried.append(
            Step(
                "The test rows were drawn by chance, so models saw what came later. Cut by time "
                "with `temporal_split`: the figures will be lower, and closer to what a visitor "
                "of tomorrow would see.",
                "interactions",
            )
        )
    return tried


def _with_the_models(judgement: Judgement | None) -> list[Step]:
    if judgement is None:
        said = "See how models are judged at all, on a table that is large enough."
        return [Step(said, "evaluation")]
    ranking, *errors = judgement.metrics
    tried = []
    if verdict(judgement.comparison, ranking).unclear:
        tried.append(
            Step(
                "The first models are close. More users make intervals narrower; the lesson shows "
                "how much, and what a difference on the same users is worth.",
                "evaluation",
            )
        )
    if errors:
        tried.append(
            Step(
                "A small error is no good list: compare the order of the models by RMSE with their "
                f"order by {ranking}.",
                "mf_loss",
            )
        )
    return [
        *tried,
        Step(
            "The models ran with their defaults. Choose their settings on validation rows inside "
            "the training part.",
            "training_loop",
        ),
        Step(
            "Make a recommender of the leading model, with an answer for newcomers.",
            "recommending",
        ),
    ]
