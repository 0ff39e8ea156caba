"""No file of this folder is ever collected: looking for tests or doctests in it would run it."""

from collections.abc import Generator
from typing import Any

import pytest

collect_ignore_glob = ["*"]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, Any, list[Any]]:
    """Nor when it is named on the command line, where the list above is not asked."""
    yield
    return []
