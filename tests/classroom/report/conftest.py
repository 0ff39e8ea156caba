"""Files of ratings, clean and dirty, and models that are quick to fit."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from recsys_course.classroom.report import judging, looking
from recsys_course.data.interactions import Interactions
from recsys_course.data.raw import read_raw
from recsys_course.data.world import make_world
from recsys_course.models.neighborhood import ItemNeighbors

NOW = 1_750_000_000  # a second of 2025


def make_table(n_users: int = 120, n_items: int = 60) -> Interactions:
    """A world in half stars with times."""
    world_rng, time_rng = np.random.default_rng(3).spawn(2)
    table = make_world(world_rng, n_users=n_users, n_items=n_items).interactions
    times = time_rng.integers(10**9, 15 * 10**8, len(table))
    stars = np.clip(np.round(2 * table.ratings) / 2, 0.5, 5)
    return dataclasses.replace(table, ratings=stars, timestamps=times)


@pytest.fixture(scope="session")
def table():
    return make_table()


@pytest.fixture
def write(tmp_path):
    """Write a file and give its path."""

    def write_file(content: str | bytes, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def look(write):
    """Look at a file's content."""

    def look_at(content: str | bytes, **options):
        return looking.look(read_raw(write(content)), NOW, **options)

    return look_at


@pytest.fixture
def quick_models(monkeypatch):
    """One model instead of a dozen."""
    models = lambda split, rng: ({"item neighbours, choices": ItemNeighbors("implicit")}, [])  # noqa: E731
    monkeypatch.setattr(judging, "all_models", models)
