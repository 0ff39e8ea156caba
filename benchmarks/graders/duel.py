"""Let every grader grade the hostile submissions, and say what each of them reached."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from graders.attacks import ATTACKER, ATTACKS, Attack, hand_tests
from graders.ours import Ours, points_of
from graders.peers import Nbgrader, Otter
from graders.submissions import Submission, class_of, wrong_everywhere

__all__ = ["Verdict", "duel"]

_SLUG = "mf_loss"
_CLASSMATE = "classmate"  # by the alphabet graded before the attacker
_LIMIT = {"nbgrader": 150.0, "otter": 60.0}  # nbgrader gives up on a cell after 30 s, otter never


@dataclass(frozen=True)
class Verdict:
    """What a grader made of a hostile submission.

    Args:
        points: Of five; None where there is no result.
        outcome: How the grader calls it; empty where it has no words.
        reached: What the submission says it got at.
        classmate: Points of an honest submission beside it; None where there was none.
    """

    points: int | None
    outcome: str = ""
    reached: tuple[str, ...] = ()
    classmate: int | None = None

    def __str__(self) -> str:
        """The verdict in a cell of a table."""
        words = "no result" if self.points is None else f"{self.points} of 5"
        if self.outcome not in {"", "graded"}:
            words += f", {self.outcome}"
        return words + "".join(f"; {one}" for one in self.reached)


def duel(
    folder: Path, nbgrader: Path | None, otter: Path | None, seed: int
) -> Iterator[tuple[Attack, dict[str, Verdict]]]:
    """Grade each hostile submission with every grader, each in a folder that is then removed.

    Args:
        folder: A scratch folder.
        nbgrader: The Python of an environment with nbgrader, if there is one.
        otter: The same with otter-grader.
        seed: Of our checks.

    Yields:
        Each attack, and the verdict of each grader.
    """
    for number, attack in enumerate(ATTACKS):
        verdicts = {}
        for name, python in (("nbgrader", nbgrader), ("otter", otter), ("ours", Path())):
            if python is None:
                continue
            place = folder / f"attack{number}-{name}"
            place.mkdir()
            with _Server() as server:
                verdict = _VERDICTS[name](python, place, attack, server.port, seed)
            shutil.rmtree(place, ignore_errors=True)
            verdicts[name] = verdict
        yield attack, verdicts


def _nbgrader(python: Path, folder: Path, attack: Attack, port: int, _seed: int) -> Verdict:
    limits = {"hostile": True, "limit": _LIMIT["nbgrader"]}
    grader = Nbgrader(python, folder / "course", _SLUG, hand_tests(attack.test), limits)
    classmate = Submission(_CLASSMATE, wrong_everywhere(), 0)
    grader.prepare([attack.submission(evidence=str(folder / "reached"), port=port), classmate])
    points = grader.grade().points
    reached = list(_reached(folder))
    if points[_CLASSMATE]:
        reached.append(f"a classmate with wrong answers has {points[_CLASSMATE]}")
    return Verdict(points[ATTACKER], "", tuple(reached), points[_CLASSMATE])


def _otter(python: Path, folder: Path, attack: Attack, port: int, _seed: int) -> Verdict:
    limits = {"hostile": True, "limit": _LIMIT["otter"]}
    grader = Otter(python, folder / "course", _SLUG, hand_tests(attack.test), limits)
    grader.prepare([attack.submission(evidence=str(folder / "reached"), port=port)])
    points = grader.grade([ATTACKER]).points
    return Verdict(points[ATTACKER], "", _reached(folder))


def _ours(_python: Path, folder: Path, attack: Attack, port: int, seed: int) -> Verdict:
    grader = Ours(folder / "course", _SLUG, seed)
    classmate = Submission(_CLASSMATE, class_of(1, seed)[0].answers, 5)
    grader.prepare([attack.submission(evidence=str(folder / "reached"), port=port), classmate])
    grader.run(1).checked("recsys-course grade")
    results: dict[str, Any] = {one["student"]: one for one in grader.results()}
    printed = results[ATTACKER]["output"].splitlines()
    said = {one.removeprefix("REACHED ") for one in printed if one.startswith("REACHED ")}
    reached = [*_reached(folder), *sorted(said - set(_reached(folder)))]
    honest = points_of(results[_CLASSMATE])
    if honest != 5:
        reached.append(f"a classmate with right answers has {honest}")
    outcome = results[ATTACKER]["outcome"]
    return Verdict(points_of(results[ATTACKER]), outcome, tuple(reached), honest)


_VERDICTS = {"nbgrader": _nbgrader, "otter": _otter, "ours": _ours}


def _reached(folder: Path) -> tuple[str, ...]:
    """What the submission wrote into the file outside; each once."""
    with contextlib.suppress(FileNotFoundError):
        return tuple(dict.fromkeys((folder / "reached").read_text(encoding="utf-8").splitlines()))
    return ()


@dataclass
class _Server:
    """A server on this machine that tells everybody the solution."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def __post_init__(self) -> None:
        self.port = self.listener.getsockname()[1]
        self._solution = "\n\n".join(class_of(1, 0)[0].answers.values()).encode()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:  # closed
                return
            with link, contextlib.suppress(OSError):
                link.sendall(self._solution)

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join()
