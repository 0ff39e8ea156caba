"""The book's scripts import each other as modules, as `python book/build.py` finds them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))
