"""What the documentation names exists, what exists is named, and every docstring can be read by itself."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from core.experiment.making import experiment_from_toml, experiment_of
from core.problem.reading.reading import library, load
from tests import test_layers as layers

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
MODULES = [path for folder in ("core", "dashboard", "pages", "tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
LEANING = {
    *("That", "Those", "Of", "By", "Such", "Its", "Their", "It", "They", "Them", "These", "This", "Another", "Other"),
    *("And", "So", "Also", "Only", "Once", "Then", "Too", "Not", "Likewise", "Both", "More", "Less", "Some", "Nothing"),
    *("As", "In", "On", "From", "To", "For", "With", "Without", "At", "Under", "Over", "Between", "Around", "Along", "After", "Before"),
    *("Up", "Until", "Into", "Inside", "Since", "When", "Whatever"),
}
"""First words of a docstring that leans on the name or the docstring above it."""


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def shell_lines() -> list[list[str]]:
    return [shlex.split(line) for block in fenced("sh") for line in block.splitlines()]


@cache
def help_of(module: str, *command: str) -> str:
    asked = [sys.executable, "-m", module, *command, "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout


def commands() -> list[str]:
    return re.findall(r"^ {4}([a-z][a-z-]*)\b", help_of("core"), re.MULTILINE)


OTHERS = {"--help", "--spec", "--from", "--slow"}
"""Options that every command has, or another program."""


def options(module: str, *command: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]*", help_of(module, *command))) - OTHERS


def all_options() -> set[str]:
    return options("dashboard").union(*(options("core", command) for command in commands()))


def test_the_readme_names_every_command() -> None:
    assert commands()
    assert [command for command in commands() if f"`{command}" not in README] == []


def test_the_readme_names_every_option() -> None:
    assert [option for option in sorted(all_options()) if not re.search(rf"`{option}[ `]", README)] == []


def test_every_option_in_the_readme_exists() -> None:
    assert set(re.findall(r"--[a-z][a-z-]*", README)) - OTHERS <= all_options()


@pytest.mark.parametrize("line", [line for line in shell_lines() if line[1:3] == ["-m", "core"]], ids=" ".join)
def test_every_command_line_of_the_readme_can_be_read(line: list[str]) -> None:
    command, flags = line[3], [word for word in line if word.startswith("--")]
    assert command in commands() and set(flags) <= options("core", command)
    if command == "solve" and not line[4].endswith(".toml"):
        settings = {word[2:].replace("-", "_"): line[place + 1] for place, word in enumerate(line) if word.startswith("--")}
        settings.pop("json", None)
        experiment_of(load(line[4]), settings=settings)


def test_the_two_commands_stand_alone() -> None:
    assert ["python3", "-m", "dashboard"] in shell_lines() and ["python3", "-m", "tests"] in shell_lines()


def test_every_experiment_file_of_the_readme_is_one() -> None:
    assert fenced("toml")
    for text in fenced("toml"):
        experiment = experiment_from_toml(text)
        assert experiment.bound.equations
        assert tomllib.loads(text).keys() >= {"problem", "network", "training"}


def test_the_readme_names_every_problem_by_a_word_of_its_name() -> None:
    words = {word.lower().replace("ö", "o") for word in re.findall(r"\w+", README)}
    assert [name for name in library() if not {part for part in name.split("-") if len(part) > 2} & words] == []


def test_the_figures_of_the_library_list_every_problem_in_all_three_tables() -> None:
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    assert [name for name in library() if text.count(f"| `{name}` |") != 3] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    document = ROOT / name
    targets = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith("http")]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_exist(name: str) -> None:
    named = re.findall(r"`((?:core|dashboard|pages|tests|benchmarks|docs)/[\w./-]*)`", (ROOT / name).read_text(encoding="utf-8"))
    named = [path for path in named if f"New file `{path}`" not in (ROOT / name).read_text(encoding="utf-8")]
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []


def test_files_that_the_code_names_exist() -> None:
    folders = [ROOT / name for name in ("core", "dashboard", "pages", "tangente", "tests", "benchmarks")]
    sources = [path for folder in folders for kind in ("*.py", "*.js") for path in folder.rglob(kind) if path != Path(__file__)]
    named = [
        (source.relative_to(ROOT).as_posix(), path)
        for source in sources
        for path in re.findall(r"(?<![\w/.])((?:core|dashboard)/[\w/]+\.(?:py|js|css|toml))", source.read_text(encoding="utf-8"))
    ]
    made = {"core/problem/library/relaxation.toml"}  # by following CONTRIBUTING.md
    assert len(named) > 50 and [(source, path) for source, path in named if path not in made and not (ROOT / path).exists()] == []


def test_the_architecture_names_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    files = [path.relative_to(ROOT) for layer in ("core", "dashboard") for path in (ROOT / layer).rglob("*.py")]
    named = [file.parent.as_posix() + "/" if len(file.parts) > 2 else file.as_posix() for file in files if file.name != "__init__.py"]
    assert sorted({place for place in named if f"`{place}`" not in text}) == []


def rows(layer: str) -> dict[str, int]:
    """The number of the row in which the architecture names each folder of a layer, and each file beside the folders."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split(f"## The folders of {layer}\n")[1].split("\n## ")[0]
    places = [re.findall(rf"`({layer}/[\w/.]*)`", line.split("|")[1]) for line in table.splitlines() if line.startswith("| `")]
    return {place.removesuffix("/").removesuffix(".py").replace("/", "."): number for number, found in enumerate(places) for place in found}


@pytest.mark.parametrize("layer", ["core", "dashboard"])
def test_the_architecture_names_folders_from_bottom_to_top(layer: str) -> None:
    order = rows(layer)

    def row(module: str) -> int:
        return order[module] if module in order else order[layers.folder_of(module)]

    used = [
        (module, name)
        for module in layers.of(layer)
        if module != layer
        for name in layers.named(module) - {layer}
        if name in layers.of(layer)
    ]
    assert len(used) > 50
    assert [(module, name) for module, name in used if row(module) < row(name)] == []


def docstrings(source: str) -> list[str]:
    """Every text that stands alone in a module, a class or a function: docstrings, also those of constants and fields."""
    bodies = [node.body for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    lines = [line.value for body in bodies for line in body if isinstance(line, ast.Expr)]
    return [line.value.strip() for line in lines if isinstance(line, ast.Constant) and isinstance(line.value, str)]


def leans(docstring: str) -> bool:
    return re.match(r"\w*", docstring).group() in LEANING or re.match(r"(The|A|An) same\b", docstring) is not None  # type: ignore[union-attr]


def test_every_docstring_can_be_read_by_itself() -> None:
    found = [(path.relative_to(ROOT).as_posix(), text) for path in MODULES for text in docstrings(path.read_text(encoding="utf-8"))]
    assert len(found) > 1000
    assert [(place, text) for place, text in found if leans(text)] == []


def test_a_docstring_that_leans_on_another_is_found() -> None:
    source = 'A = 1\n"""Of a step."""\n\n\ndef f():\n    """The same for two."""\n\n\nclass B:\n    """A step."""\n'
    assert [text for text in docstrings(source) if leans(text)] == ["Of a step.", "The same for two."]
