"""Puts the notebooks into the wheel, so that `recsys-course lab` needs no clone."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "recsys_course/classroom/course"


class CustomBuildHook(BuildHookInterface):
    """Names what the wheel carries beside the package: what was built from a text, and no more."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the notebooks; an editable installation finds them where they are."""
        root = Path(self.root)
        if version == "editable" or not (root / "lessons" / "source").is_dir():
            return
        stems = [path.stem for path in sorted((root / "solutions" / "source").glob("*.py"))]
        folders = ("lessons", "exercises", "solutions")
        names = [f"{folder}/{stem}.ipynb" for folder in folders for stem in stems]
        pages = (
            "lessons/README.md",
            "lessons/glossary.md",
            "lessons/map.svg",
            "exercises/README.md",
        )
        names += [name for name in (*pages, "DATA-LICENSES.md") if (root / name).is_file()]
        for name in names:
            build_data["force_include"][str(root / name)] = f"{INSIDE}/{name}"
