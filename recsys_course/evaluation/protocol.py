"""What two figures must share before they may stand in one table."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Protocol"]


@dataclass(frozen=True)
class Protocol:
    """Everything that two figures must share before they may stand in one table.

    Args:
        train: Hash of the training rows.
        test: Hash of the test rows.
        split: How the cut was made.
        k: Length of the ranked lists.
        seed: Entropy of the generator that broke ties and drew the intervals.
        chance: The NDCG@k that a random order of the candidates is expected to have.
        candidates: Which items were ranked.
        relevant: Which items counted as found.
        ratings: How predicted ratings were treated.
    """

    train: str
    test: str
    split: str
    k: int
    seed: str
    chance: float
    candidates: str = "all items but those in the user's training rows"
    relevant: str = "every held-out item"
    ratings: str = "clipped to the range of the training ratings"

    def __str__(self) -> str:
        """The protocol in one paragraph."""
        return (
            f"Protocol: {self.split}; train {self.train}, test {self.test}; ranked: "
            f"{self.candidates}; relevant: {self.relevant}; k = {self.k}; ratings "
            f"{self.ratings}; ties and intervals by seed {self.seed}. Intervals: 95 %, from "
            f"resampled users. NDCG@{self.k} of a random order: {self.chance:.4f}. Coverage "
            "(cov.): share of all items that stand in somebody's list."
        )
