"""Results of several models in one table, under one protocol."""

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

from recsys_course.evaluation.protocol import Protocol
from recsys_course.evaluation.significance import Estimate, PairedDifference, paired_difference
from recsys_course.formulas.losses import Floats
from recsys_course.models.recommender import Recommender

__all__ = ["Comparison", "Row"]


@dataclass(frozen=True, eq=False)
class Row:
    """One model's results.

    Args:
        model: The fitted model.
        metrics: RMSE and MAE in stars (explicit feedback only), and the ranking metrics at k.
        per_user: What the metrics are made of, one value a user, shape (n_users,), read-only; nan
            without test rows. "RMSE" holds mean squared errors, in stars².
        lists: What all users' lists together are like: coverage@k, Gini@k and novelty@k.
        n_ratings: Test rows of each user, by which RMSE and MAE weigh them.
        fit_seconds: Wall time of ``fit``.
    """

    model: Recommender
    metrics: Mapping[str, Estimate]
    per_user: Mapping[str, Floats]
    lists: Mapping[str, float]
    n_ratings: Floats
    fit_seconds: float

    def figure(self, column: str) -> float | None:
        """The figure that the table has in a column.

        Args:
            column: Name of a metric or of a property of the lists.

        Returns:
            The figure without its interval; None where it does not apply.
        """
        return self.metrics[column].value if column in self.metrics else self.lists.get(column)


@dataclass(frozen=True, eq=False, repr=False)
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
        return ["RMSE", "MAE", f"NDCG@{k}", f"recall@{k}", f"hit rate@{k}", f"coverage@{k}"]

    def paired(self, first: str, second: str, metric: str) -> PairedDifference:
        """Whether two models differ, judged by the same users.

        Args:
            first: Name of a row.
            second: Name of another.
            metric: Name of a metric that both have, such as "NDCG@10".

        Returns:
            First minus second: the difference of the two figures in the table, its interval and its
            tests; users and signs are drawn by the protocol's seed.

        Raises:
            ValueError: If there is no such row, or one has no such metric.
        """
        for name in (first, second):
            if name not in self.rows:
                raise ValueError(f"no row is named {name!r}; the rows are {', '.join(self.rows)}")
            if metric not in self.rows[name].per_user:
                known = ", ".join(self.rows[name].per_user)
                raise ValueError(f"{name!r} has no {metric!r} of each user; it has {known}")
        one, other = (self.rows[name] for name in (first, second))
        return paired_difference(
            one.per_user[metric],
            other.per_user[metric],
            np.random.default_rng([*self.protocol.seed.encode()]),
            one.n_ratings if metric in ("RMSE", "MAE") else None,
            root=metric == "RMSE",
        )

    def to_frame(self) -> pd.DataFrame:
        """The figures without their intervals.

        Returns:
            One row a model; nan where a metric does not apply.
        """
        records = {
            name: {
                **{column: row.figure(column) for column in self.columns},
                "fit s": row.fit_seconds,
            }
            for name, row in self.rows.items()
        }
        return pd.DataFrame.from_dict(records, orient="index").astype(float)

    def to_json(self) -> str:
        """Figures, intervals and protocol.

        Returns:
            A JSON object with ``protocol`` and ``models``; of each model, ``metrics`` are those of
            the table, ``more_metrics`` the others, and ``lists`` describes the lists as a whole.
        """
        models = {
            name: {
                "feedback": row.model.feedback,
                "fit_seconds": round(row.fit_seconds, 3),
                **{
                    part: {
                        key: dataclasses.asdict(value)
                        for key, value in row.metrics.items()
                        if (key in self.columns) is shown
                    }
                    for part, shown in (("metrics", True), ("more_metrics", False))
                },
                "lists": dict(row.lists),
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
            padding=0,
        )
        table.add_column("model", no_wrap=True)
        for column in [*self.columns, "fit s"]:
            # Broken and cut so that the figures decide the width.
            head = column.replace("@", "\n@").replace("fit ", "fit\n").replace("coverage", "cov.")
            table.add_column(head, justify="right", overflow="fold")
        for name, row in self.rows.items():
            figures = [_cell(row, column, two_lines=True) for column in self.columns]
            # A comma is where a long name may break: the figures have two lines anyway.
            seconds = f"{row.fit_seconds:.{int(row.fit_seconds < 9.95)}f}"
            table.add_row(Text(name.replace(", ", ",\n")), *figures, seconds)
        return table

    def __str__(self) -> str:
        """The table as plain text."""
        console = Console(width=100, color_system=None, force_terminal=False)
        with console.capture() as captured:
            console.print(self.to_table())
        return captured.get()

    def __repr__(self) -> str:
        """The same table: the rows hold whole models, whose own forms fill pages."""
        return str(self)

    def _repr_html_(self) -> str:
        lines = [
            [
                name,
                *(_cell(row, column) for column in self.columns),
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


def _cell(row: Row, column: str, two_lines: bool = False) -> str:
    """A figure and its interval; two lines of it are narrow enough for a terminal of 80 columns."""
    value, interval = row.figure(column), row.metrics.get(column)
    if value is None:
        return "–"
    if interval is None:
        return f"{value:.3f}"
    if not two_lines:
        return str(interval)
    low, high = (f"{end:.3f}".removeprefix("0") for end in (interval.low, interval.high))
    return f"{value:.3f}\n[dim]{low}–{high}[/dim]"
