"""The pages of the site, before it is built: complete, and each command and block can be what it says."""

import html
import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import gradnet_cli
from docs.building import api, gallery, includes, pages, settings
from docs.building.fences import Fence, fences, split
from experiments.paper.studies import find_studies
from gradnet_cli.cli.arguments import VERBS, read
from gradnet_cli.settings.catalog import read_catalog
from gradnet_cli.settings.composition import Composed, Composer
from gradnet_cli.settings.words import served
from tests.test_project import TARGETS, package

PAGES = pages.sources()
TAKEN_IN = {
    page: includes.expand(markdown, page=page)[0] for page, markdown in PAGES.items() if "{{ " in markdown
}
CONFIGURATION = (pages.SOURCES.parent / "mkdocs.yml").read_text(encoding="utf-8")
INDEX = f"{gallery.FOLDER}/index.md"
WRITTEN = sorted(page for page in PAGES if "```" in PAGES[page])


def navigation(entries: str | list | dict) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
        return
    for entry in entries.values() if isinstance(entries, dict) else entries:
        yield from navigation(entry)


def test_the_navigation_has_every_page() -> None:
    listed = set(navigation(yaml.safe_load(CONFIGURATION)["nav"]))
    assert {f"{gallery.FOLDER}/", f"{settings.FOLDER}/"} <= listed
    made = [page for entry in (*gallery.navigation(), *settings.navigation()) for page in entry.values()]
    assert len(made) == len(set(made))
    assert {page for page in listed if page.endswith(".md")} | set(made) == {*PAGES, INDEX}


def test_there_is_a_page_a_study_and_a_group() -> None:
    assert {f"gallery/{study.name}.md" for study in find_studies(full=False)} <= PAGES.keys()
    assert {path.stem for path in gallery.SHOWN.glob("*.md")} <= {
        study.name for study in find_studies(full=False)
    }
    for name, group in read_catalog().groups.items():
        page = PAGES[f"{settings.FOLDER}/{name}.md"]
        for choice in group.choices.values():
            assert f"## {choice.name} {{ #{choice.name} }}" in page
            for setting in choice.public_settings:
                assert f"<code>{setting.key}</code>" in page
    for setting in read_catalog().root:
        assert f"<code>{setting.key}</code>" in PAGES[f"{settings.FOLDER}/index.md"]


def test_each_other_word_of_a_choice_has_a_line() -> None:
    for group in read_catalog().groups.values():
        page = html.unescape(PAGES[f"{settings.FOLDER}/{group.name}.md"]).splitlines()
        statements = [f"- {each}" for choice in group.choices.values() for each in served(choice).values()]
        assert [line for line in page if line.startswith("- ")] == statements
        assert not [line for line in page if "Also: " in line]
    objectives = html.unescape(PAGES[f"{settings.FOLDER}/objective.md"])
    assert "\n- kirchhoff_index = score\n" in objectives


def test_verdicts_are_those_of_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = next(study for study in find_studies(full=False) if study.name == "grid")
    page = f"{gallery.FOLDER}/grid.md"
    assert gallery.UNCHECKED in gallery.pages()[page] or (gallery.REPORT / "index.md").exists()
    figures = tmp_path / "report" / "figures"
    figures.mkdir(parents=True)
    (figures / "grid_0_grid.png").write_bytes(b"a picture")
    claims = "| claim | verdict |\n|---|---|\n| a parabola | holds |\n\n![Grids](figures/grid_0_grid.png)\n"
    report = f"# The paper, reproduced\n\n## {study.title}\n\n{claims}\n## Another\n\nits own claims\n"
    (tmp_path / "report" / "index.md").write_text(report, encoding="utf-8")
    monkeypatch.setattr(gallery, "REPORT", tmp_path / "report")
    shown = gallery.pages()[page]
    assert claims in shown
    assert "its own claims" not in shown
    copied = gallery.copy_figures(tmp_path / "copy")
    assert {path: source.read_bytes() for path, source in copied.items()} == {
        f"{gallery.FOLDER}/figures/grid_0_grid.png": b"a picture"
    }


def test_every_public_name_is_described() -> None:
    told = re.findall(r"^::: (\S+)$", PAGES[api.PAGE], re.MULTILINE)
    assert sorted(name.rpartition(".")[2] for name in told) == sorted(gradnet_cli.__all__)


@pytest.mark.parametrize("page", WRITTEN)
def test_commands_compose_and_code_compiles(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for fence in fences(PAGES[page]):
        assert fence.language in {"bash", "console", "csv", "python", "text", "yaml"}, fence
        if fence.file:
            Path(fence.file).parent.mkdir(parents=True, exist_ok=True)
            Path(fence.file).write_text(fence.text, encoding="utf-8")
        if fence.language == "python":
            compile(fence.text, page, "exec")
        if fence.language == "bash":
            assert fence.commands or "shell" in fence.marks, fence
            for line in fence.commands:
                check(shlex.split(line, comments=True))


def test_commands_of_files_compose() -> None:
    check_all(TAKEN_IN["reference/networks.md"])


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(page for page in TAKEN_IN if page.startswith("gallery/")))
def test_commands_of_studies_compose(page: str) -> None:
    check_all(TAKEN_IN[page])


def check_all(markdown: str) -> None:
    for fence in fences(markdown):
        for line in fence.commands if fence.language == "bash" else ():
            check(shlex.split(line, comments=True))


def check(words: list[str]) -> None:
    """Compose what a command asks for, as far as its settings go."""
    asked = read(list(itertools.takewhile(lambda word: word not in {"||", ">"}, words)))
    if asked.verb is not None:
        assert asked.verb in VERBS
        return
    with Composer(asked.line) as composer:
        if asked.line.multirun:
            Composed.check(next(composer.runs()))
        else:
            composer.run(asked.line.overrides)


def test_other_commands_are_there() -> None:
    lines = [
        line
        for markdown in PAGES.values()
        for fence in fences(markdown)
        if "shell" in fence.marks
        for line in fence.text.splitlines()
    ]
    extras = package()["optional-dependencies"]
    assert any(line.startswith("make install") for line in lines)
    for text in (*lines, *PAGES.values()):
        assert set(re.findall(r"\bmake ([a-z-]+)(?=`|  )", text)) <= TARGETS
        assert set(re.findall(r"gradnet-run\[(\w+)\]", text)) <= extras.keys()


@pytest.mark.parametrize("page", sorted(TAKEN_IN))
def test_what_is_taken_in_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^):#\s]+\.md)", TAKEN_IN[page]):
        path = (Path("site") / page).parent.joinpath(target)
        places = [part for part in path.parts if part != ".."]
        assert any("/".join(places[-n:]) in {*PAGES, INDEX} for n in (1, 2, 3)), target


def test_every_place_of_a_file_is_a_page() -> None:
    for path, page in includes.PAGES.items():
        assert (includes.PROJECT / path.partition("#")[0]).exists()
        assert page in {*PAGES, INDEX}
        name, _, anchor = path.partition("#")
        if anchor:
            assert includes.section((includes.PROJECT / name).read_text(encoding="utf-8"), anchor)


def test_nothing_comes_from_the_network() -> None:
    sources = [path for path in pages.SOURCES.rglob("*") if path.suffix in {".css", ".js"}]
    assert len(sources) >= 2
    for path in sources:
        assert "http" not in path.read_text(encoding="utf-8")
    read_in = yaml.safe_load(CONFIGURATION)
    assert read_in["theme"]["font"] is False
    assert read_in["strict"] is True
    (polyfill,) = read_in["extra"]["polyfills"]
    assert "iframe-worker" in polyfill
    assert (pages.SOURCES / polyfill).is_file()


def test_blocks_and_text_are_told_apart() -> None:
    code = 'x = """\n# no heading\n"""\n'
    command = "    ```bash\n    gradnet-run \\\n      rows=3\n    ```\n"
    text = f"One\n\n```python show file=a.py\n{code}```\nTwo\n{command}"
    first, fence, second, inner, last = split(text)
    assert (first, second, last) == ("One\n\n", "Two\n", "")
    assert isinstance(fence, Fence)
    assert isinstance(inner, Fence)
    assert (fence.language, fence.file, fence.marks) == ("python", "a.py", {"show"})
    assert fence.plain() == f'```python title="a.py"\n{code}```\n'
    assert [shlex.split(line) for line in inner.commands] == [["gradnet-run", "rows=3"]]
    assert inner.plain() == command


@pytest.mark.parametrize(
    ("text", "told"), [("```python shwo\n1\n```\n", "shwo"), ("```python\n1\n", "does not end")]
)
def test_blocks_that_cannot_be_read_are_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fences(text)


def test_files_that_the_readme_shows_are_the_same_here() -> None:
    readme = (includes.PROJECT / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"file `([\w./]+)`:\n\n```\w+\n(.*?)```", readme, re.DOTALL))
    shown = {
        fence.file: fence.text for markdown in PAGES.values() for fence in fences(markdown) if fence.file
    }
    common = told.keys() & shown.keys()
    assert len(common) >= 7
    for name in common - {"my_objectives.py"}:
        assert shown[name] == told[name], name
    _, the_class = told["my_objectives.py"].split("\n\n\n")
    assert the_class in shown["my_objectives.py"]  # here it also draws


def test_tables() -> None:
    text = "A.\n\n| one | b |\n|---|---|\n| 1 | 2 |\n\n| exit status | c |\n|---|---|\n| 0 | 3 |\n"
    assert includes.table(text, "exit-status") == "| exit status | c |\n|---|---|\n| 0 | 3 |\n"
    with pytest.raises(ValueError, match="no table #two"):
        includes.table(text, "two")


def test_sections() -> None:
    text = "# T\n\nIn.\n\n## First one\n\n```text\n## no\n```\n\n### Sub\n\nA.\n\n## Second\n\nB.\n"
    assert includes.section(text, "first-one") == "\n```text\n## no\n```\n\n### Sub\n\nA.\n\n"
    assert includes.section(text, "second") == "\nB.\n"
    assert (includes.title(text), includes.body(text).startswith("\nIn.")) == ("T", True)
    with pytest.raises(ValueError, match="no section #third"):
        includes.section(text, "third")
