"""A folder with spaces, quotes, letters of other scripts, and a dash in front of its name."""

import shlex

PARENT = "Mein Kurs ü 日本 #1 50% who? 'q' \"d\" & $HOME [x]"


def test_start_status_check_and_solution_work_there(tmp_path, monkeypatch, run):
    parent = tmp_path / PARENT
    parent.mkdir()
    monkeypatch.chdir(parent)
    told = run("start", "--home=-lead")
    assert f"20 files are new in {parent / '-lead'}\n" in told
    command = told.splitlines()[-1].removeprefix("Open it: ")
    assert shlex.split(command) == ["recsys-course", "lab", "--home", str(parent / "-lead")]
    told = run("check", "welcome", "--home", "./-lead", code=1)
    path = parent / "-lead" / "exercises" / "00_welcome.ipynb"
    assert " ".join(f"{path} (welcome)".split()) in " ".join(told.split())
    assert "0 of 7 lessons done" in run("status", "--home=-lead")
    told = run("solution", "welcome", "--anyway", "--home=-lead")
    assert f"the solution: {parent / '-lead' / 'solutions' / '00_welcome.ipynb'}\n" in told
    assert list(parent.iterdir()) == [parent / "-lead"]  # and nowhere else


def test_inside_it_nothing_need_be_named(tmp_path, monkeypatch, run):
    (tmp_path / PARENT).mkdir()
    monkeypatch.chdir(tmp_path / PARENT)
    told = run("start", "mf_loss")
    assert told.endswith("Open it: recsys-course lab mf_loss\n")
    monkeypatch.chdir(tmp_path / PARENT / "my-course" / "exercises")
    assert "everything is up to date" in run("update")
