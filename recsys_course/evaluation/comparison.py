"""Results of several models in one table, and the protocol that lets them stand there together."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from recsys_course.evaluation.significance import Estimate
from recsys_course.models.recommender import Recommender

__all__ = ["Comparison", "Protocol", "Row"]


@dataclass(frozen=True)
class Protocol:
    """Everything that two figures must share before they may stand in one table.

    Args:
        train: Hash of the training rows.
        test: Hash of the test rows.
        split: How the cut was made.
        k: Length of the ranked lists.
        seed: Entropy of the generator that broke ties and drew the intervals.
        candidates: Which items were ranked.
        relevant: Which items counted as found.
        ratings: How predicted ratings were treated.
    """

    train: str
    test: str
    split: str
    k: int
    seed: str
    candidates: str = "all items but those in the user's training rows"
    relevant: str = "every held-out item"
    ratings: str = "clipped to the range of the training ratings"

    def __str__(self) -> str:
        """The protocol in one paragraph."""
        return (
            f"Protocol: {self.split}; train {self.train}, test {self.test}; ranked: "
            f"{self.candidates}; relevant: {self.relevant}; k = {self.k}; ratings "
            f"{self.ratings}; ties and intervals by seed {self.seed}. Intervals: 95 %, from "
            "resampled users."
        )


@dataclass(frozen=True, eq=False)
class Row:
    """One model's results.

    Args:
        model: The fitted model.
        metrics: RMSE and MAE in stars (explicit feedback only), NDCG, recall and hit rate at k.
        fit_seconds: Wall time of ``fit``.
    """

    model: Recommender
    metrics: Mapping[str, Estimate]
    fit_seconds: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Results of several models under one protocol.

    Args:
        rows: By the model's name.
        protocol: What they share.
    """

    rows: Mapping[str, Row]
    protocol: Protocol

    def join(self, other: Comparison) -> Comparison:
        """Put the rows of another comparison into one table with these.

        Args:
            other: A comparison under the same protocol.

        Returns:
            Both together; a name that stands in both keeps its row from here.

        Raises:
            ValueError: If the protocols differ: the figures could not be compared.
        """
        for field in dataclasses.fields(Protocol):
            mine, theirs = getattr(self.protocol, field.name), getattr(other.protocol, field.name)
            if mine != theirs:
                raise ValueError(
                    f"these results cannot stand in one table: {field.name} is {mine!r} here and "
                    f"{theirs!r} there; run compare() for all models on one split"
                )
        return Comparison({**other.rows, **self.rows}, self.protocol)

    @property
    def columns(self) -> list[str]:
        """Names of the metrics, in the order of the table."""
        k = self.protocol.k
        return ["RMSE", "MAE", f"NDCG@{k}", f"recall@{k}", f"hit rate@{k}"]

    def to_frame(self) -> pd.DataFrame:
        """The figures without their intervals.

        Returns:
            One row a model; nan where a metric does not apply.
        """
        records = {
            name: {
                **{
                    column: row.metrics[column].value if column in row.metrics else np.nan
                    for column in self.columns
                },
                "fit s": row.fit_seconds,
            }
            for name, row in self.rows.items()
        }
        return pd.DataFrame.from_dict(records, orient="index")

    def to_json(self) -> str:
        """Figures, intervals and protocol.

        Returns:
            A JSON object with ``protocol`` and ``models``.
        """
        models = {
            name: {
                "feedback": row.model.feedback,
                "fit_seconds": round(row.fit_seconds, 3),
                "metrics": {key: dataclasses.asdict(value) for key, value in row.metrics.items()},
            }
            for name, row in self.rows.items()
        }
        return json.dumps(
            {"protocol": dataclasses.asdict(self.protocol), "models": models}, indent=1
        )

    def to_table(self) -> Table:
        """The table for a terminal.

        Returns:
            What `rich.print` shows.
        """
        table = Table(
            caption=Text(str(self.protocol)),
            caption_justify="left",
            box=box.SIMPLE,
            show_edge=False,
            padding=(0, 0, 0, 1),
        )
        table.add_column("model", no_wrap=True)
        for column in [*self.columns, "fit s"]:
            table.add_column(column.replace(" ", "\n"), justify="right", overflow="fold")
        for name, row in self.rows.items():
            figures = [_two_lines(row.metrics.get(column)) for column in self.columns]
            # A comma is where a long name may break: the figures have two lines anyway.
            table.add_row(Text(name.replace(", ", ",\n")), *figures, f"{row.fit_seconds:.1f}")
        return table

    def __str__(self) -> str:
        """The table as plain text."""
        console = Console(width=100, color_system=None, force_terminal=False)
        with console.capture() as captured:
            console.print(self.to_table())
        return captured.get()

    def _repr_html_(self) -> str:
        lines = [
            [
                name,
                *(str(row.metrics.get(column, "–")) for column in self.columns),
                f"{row.fit_seconds:.1f}",
            ]
            for name, row in self.rows.items()
        ]
        head = "".join(
            f"<th scope='col'>{html.escape(cell)}</th>"
            for cell in ["model", *self.columns, "fit s"]
        )
        body = "".join(
            f"<tr><th scope='row'>{html.escape(line[0])}</th>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in line[1:])
            + "</tr>"
            for line in lines
        )
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p><small>{html.escape(str(self.protocol))}</small></p>"
        )


def _two_lines(estimate: Estimate | None) -> str:
    """A figure above its interval, narrow enough for a terminal of 80 columns."""
    if estimate is None:
        return "–"
    low, high = (f"{end:.3f}".removeprefix("0") for end in (estimate.low, estimate.high))
    return f"{estimate.value:.3f}\n[dim]{low}–{high}[/dim]"
