"""The pins of an autograder: every package that is needed on Linux, and no other."""

from pathlib import Path

import pytest

from recsys_course.classroom.grading.exports.requirements import extras, requirements
from recsys_course.classroom.syllabus import load_syllabus

LOCK = """\
# resolved
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via recsys-course (pyproject.toml)
beta==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:ba
beta==2.1 ; python_full_version >= '3.12' \\
    --hash=sha256:bb
    # via alpha
Delta_Tool==4.0 \\
    --hash=sha256:da
unwanted==9.0 \\
    --hash=sha256:ff
"""


def install(folder: Path, name: str, version: str, *lines: str) -> None:
    record = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    record.mkdir()
    head = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
    (record / "METADATA").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packages stand before the installed ones."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install(
        tmp_path,
        "recsys-course",
        "0.1.0",
        "Provides-Extra: grading",
        "Provides-Extra: test",
        "Requires-Dist: alpha>=1",
        'Requires-Dist: gamma; sys_platform == "win32"',
        'Requires-Dist: delta-tool[fast]; extra == "grading"',
        'Requires-Dist: unwanted; extra == "test"',
    )
    install(tmp_path, "alpha", "1.0", 'Requires-Dist: beta; python_version >= "3.12"')
    # needs the package that needs it: the search must end
    install(tmp_path, "beta", "2.0", "Requires-Dist: alpha")
    install(tmp_path, "delta-tool", "4.0", 'Requires-Dist: epsilon; extra == "fast"')
    install(tmp_path, "epsilon", "5.0", 'Requires-Dist: delta-tool[fast]; extra == "more"')
    install(tmp_path, "unwanted", "9.0")


def test_a_lock_gives_its_pins_for_every_python_and_its_hashes(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK, encoding="utf-8")
    assert requirements([], lock) == (
        "alpha==1.0 \\\n"
        "    --hash=sha256:aa \\\n"
        "    --hash=sha256:ab\n"
        "beta==2.0 ; python_full_version < '3.12' \\\n"
        "    --hash=sha256:ba\n"
        "beta==2.1 ; python_full_version >= '3.12' \\\n"
        "    --hash=sha256:bb\n"
    )


def test_a_package_that_the_lock_misses_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK, encoding="utf-8")
    with pytest.raises(LookupError, match=r"lock\.txt does not pin epsilon; run: python bootstrap"):
        requirements(["grading"], lock)


def test_without_a_lock_the_installed_versions_are_pinned(tmp_path: Path) -> None:
    assert requirements(["grading"], tmp_path / "none.txt") == (
        "alpha==1.0\nbeta==2.0\ndelta-tool==4.0\nepsilon==5.0\n"
    )


def test_a_part_that_the_installed_course_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="has no part tensorflow; it is older than its source"):
        requirements(["grading", "tensorflow"], tmp_path / "none.txt")


def test_tensorflow_is_installed_only_where_the_exercise_uses_it() -> None:
    wanted = {lesson.slug: extras(lesson) for lesson in load_syllabus().lessons}
    assert wanted.pop("training_loop") == ["grading", "tensorflow"]
    assert set(map(tuple, wanted.values())) == {("grading",)}
