"""Hold a learner's guess beside what came out."""

from __future__ import annotations

from typing import Any

from recsys_course.classroom.notices import say

__all__ = ["compare_guess"]


def compare_guess(guess: Any, answer: Any, unit: str = "stars") -> None:
    """Print your guess, the number that came out, and how far apart they are.

    Args:
        guess: Your number, or None if you have not guessed yet.
        answer: The number that came out.
        unit: What it counts.

    Raises:
        TypeError: If the guess is neither a number nor None.

    >>> compare_guess(2, 2.5)
    You guessed 2, it is 2.5 stars: off by 0.5.
    >>> compare_guess(None, 3)
    It is 3 stars. You have not guessed yet: next time, write a number first.
    """
    answer = float(answer)
    if guess is None:
        said = (
            f"It is {answer:.4g} {unit}. You have not guessed yet: next time, write a number first."
        )
    else:
        try:
            number = float(guess)
        except (TypeError, ValueError):
            raise TypeError(f"your guess is {guess!r}; write a number, such as 2.5") from None
        said = (
            f"You guessed {number:.4g}, it is {answer:.4g} {unit}: "
            f"off by {abs(number - answer):.4g}."
        )
    say(said)
