import json
import subprocess

from gradnet_cli.runs.manifest import package_version, source_commit, write_manifest
from gradnet_cli.settings.command_line import CommandLine

KEYS = {"command", "seed", "device", "threads", "dtype", "commit", "packages", "python", "platform"}


def test_the_manifest_holds_what_is_needed_to_repeat_a_run(tmp_path):
    line = CommandLine(program="/somewhere/bin/gradnet-run", overrides=("mask=grid", "name=two words"))
    write_manifest(tmp_path, seed=3, device="cpu", threads=2, dtype="float64", command=line.text)
    content = json.loads((tmp_path / "manifest.json").read_text())
    assert set(content) == KEYS
    assert content["command"] == "gradnet-run mask=grid 'name=two words'"
    assert (content["seed"], content["device"], content["threads"]) == (3, "cpu", 2)
    assert content["packages"]["numpy"] == package_version("numpy")


def test_an_unknown_package_has_no_version():
    assert package_version("no-such-package-anywhere") is None


def test_the_program_goes_by_its_name():
    assert CommandLine(program="/usr/bin/gradnet-run").text == "gradnet-run"


def git(directory, *arguments):
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", directory, *identity, *arguments], check=True, capture_output=True)


def test_the_commit_is_that_of_the_source_and_says_when_it_was_modified(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    assert source_commit(package) is None
    git(tmp_path, "init")
    assert source_commit(package) is None, "not tracked: the package was installed below another repository"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    clean = source_commit(package)
    assert len(clean["hash"]) >= 40
    assert clean["modified"] is False
    (package / "__init__.py").write_text("changed = True\n")
    assert source_commit(package) == clean | {"modified": True}


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert source_commit(tmp_path) is None
