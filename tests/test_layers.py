"""What may import and call what, read from the source; and one look at a real process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UI = ("streamlit", "plotly")

MOST_MODULES = 14
"""The most modules in a folder, beside its face and its `__main__`."""

# The folders and modules that may load torch; every other module of core is torch-free, a new one too.
WITH_TORCH = (
    "core.derivatives",
    "core.diagnosis.__main__",
    "core.diagnosis.measuring",
    "core.loss.sizes",
    "core.diagnosis.waves",
    "core.engines",
    "core.expressions.torch_functions",
    "core.loss",
    "core.network",
    "core.optimisers",
    "core.running.display",
    "core.running.film",
    "core.running.filming",
    "core.running.process",
    "core.running.recorder",
    "core.running.runner",
    "core.running.worker",
    "core.training",
    "core.why_pytorch.anatomy",
    "core.why_pytorch.engine_rates",
    "core.why_pytorch.frameworks.programs",
    "core.why_pytorch.frameworks.scaling",
    "core.why_pytorch.tensors",
)
MAY_CALL_GRAD = (
    "core.why_pytorch.anatomy",
    "core.derivatives.reverse",
    "core.loss.jacobian",
    "core.derivatives.jets",
    "core.network.per_sample",
    "core.why_pytorch.frameworks",
)

# What runs code that it is given, or gives it to something that does.
UNSAFE_MODULES = ("pickle", "cloudpickle", "dill", "marshal", "shelve", "sympy", "numexpr", "asteval", "code", "codeop")
UNSAFE_BUILTINS = ("eval", "exec", "__import__")
UNSAFE_ARGUMENTS = {("allow_pickle", True), ("weights_only", False)}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for layer in ("core", "dashboard", "pages") for path in sorted((ROOT / layer).rglob("*.py"))}


def of(*layers: str) -> list[str]:
    return [name for name in MODULES if name.split(".")[0] in layers]


def within(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def nodes(root: ast.AST, *, at_load: bool) -> Iterator[ast.AST]:
    """All nodes below `root`; `at_load`: only those that are carried out when the module is imported."""
    for node in ast.iter_child_nodes(root):
        deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if at_load and (deferred or for_types):
            continue
        yield node
        yield from nodes(node, at_load=at_load)


@cache
def imports(module: str, *, at_load: bool = False) -> frozenset[str]:
    """The modules that `module` names in its imports, and the packages these lie in."""
    found: set[str] = set()
    for node in nodes(tree(module), at_load=at_load):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES}
    return frozenset(".".join(name.split(".")[: end + 1]) for name in found for end in range(name.count(".") + 1))


def absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".") if MODULES[module].stem == "__init__" else module.split(".")[:-1]
    parts = package[: len(package) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


@cache
def way_to_torch(module: str) -> list[str]:
    """The shortest chain of imports by which loading `module` loads torch; empty where it does not."""
    ways = {module: [module]}
    for way in (found := [[module]]):
        for name in sorted(imports(way[-1], at_load=True)):
            if name == "torch" or name.startswith("safetensors.torch"):
                return [*way, name]
            if name in MODULES and name not in ways:
                ways[name] = [*way, name]
                found.append(ways[name])
    return []


def folder_of(module: str) -> str:
    """The folder that a module lies in; a face lies in the folder whose face it is."""
    return module if MODULES[module].stem == "__init__" else module.rpartition(".")[0]


def uses(modules: Iterable[str], place: Callable[[str], str]) -> dict[str, set[str]]:
    """What each place (a folder, or a module itself) imports of the others, wherever in its modules that stands."""
    found: dict[str, set[str]] = {place(module): set() for module in modules}
    for module in modules:
        found[place(module)] |= {place(name) for name in named(module)} & found.keys() - {place(module)}
    return found


@cache
def named(module: str) -> frozenset[str]:
    """The modules of ours whose names, or names in them, a module imports; not the packages that these lie in."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node)
            found |= {name if (name := f"{base}.{alias.name}") in MODULES else base for alias in node.names}
    return frozenset(found & MODULES.keys())


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The places that reach one another, each with all that it shares circles with."""
    reach = {start: closure(graph, start) for start in graph}
    return [both for start in graph if start == min(both := {end for end in reach[start] if start in reach[end]}, default=None)]


def closure(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """All that can be reached from `start` by one step or more."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        ahead += (new := graph[ahead.pop()] - found)
        found |= new
    return found


@pytest.mark.parametrize("layer", ["core", "dashboard"])
def test_a_folder_stands_above_those_that_it_uses(layer: str) -> None:
    """Core's own files, beside its folders, are used by all of these and start some."""
    inside = [name for name in of(layer) if folder_of(name) != layer]
    assert circles(uses(inside, folder_of)) == []


@pytest.mark.parametrize("layer", ["core", "dashboard"])
def test_no_modules_import_each_other(layer: str) -> None:
    assert circles(uses(of(layer), lambda module: module)) == []


def test_a_circle_is_found_however_long_it_is() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("module", MODULES)
def test_no_import_is_kept_for_type_checkers(module: str) -> None:
    """An import for type checkers alone would hide a circle."""
    assert "TYPE_CHECKING" not in {node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)}


def test_folders_are_small() -> None:
    sizes = Counter(folder_of(name) for name in of("core", "dashboard") if MODULES[name].stem not in ("__init__", "__main__"))
    programs = "core.why_pytorch.frameworks.programs"  # one for each framework
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES and folder != programs} == {}
    assert len([entry for entry in (ROOT / "core").iterdir() if entry.name != "__pycache__"]) <= 24


@pytest.mark.parametrize("module", of("core"))
def test_the_mathematics_imports_nothing_of_the_pages(module: str) -> None:
    assert not [name for name in imports(module) if name.split(".")[0] in (*UI, "dashboard", "pages")]


@pytest.mark.parametrize("module", of("dashboard", "pages"))
def test_the_pages_never_load_torch(module: str) -> None:
    assert "torch" not in imports(module)
    assert [way_to_torch(name) for name in imports(module) & MODULES.keys() if way_to_torch(name)] == []


@pytest.mark.parametrize("layer", ["core", "dashboard", "pages"])
def test_nothing_needs_the_package_that_is_installed(layer: str) -> None:
    assert [name for name in of(layer) if "tangente" in imports(name)] == []


@pytest.mark.parametrize("module", of("dashboard"))
def test_what_the_pages_share_knows_no_page(module: str) -> None:
    assert not [name for name in imports(module) if name.split(".")[0] == "pages"]


@pytest.mark.parametrize("module", [name for name in of("core") if not within(name, WITH_TORCH)])
def test_torch_free_modules_load_no_torch(module: str) -> None:
    assert "torch" not in imports(module)
    assert way_to_torch(module) == []


def test_the_list_of_modules_with_torch_is_true() -> None:
    assert [name for name in WITH_TORCH if name not in MODULES] == []
    assert [name for name in WITH_TORCH if not any(way_to_torch(module) for module in MODULES if within(module, (name,)))] == []


@pytest.mark.parametrize("module", [name for name in MODULES if not within(name, MAY_CALL_GRAD)])
def test_autograd_grad_has_its_places(module: str) -> None:
    uses = [
        ast.unparse(node)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr == "grad" and ast.unparse(node.value).split(".")[-1] == "autograd"
    ]
    assert uses == []
    assert "torch.autograd" not in imports(module)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_runs_text_or_unpickles(module: str) -> None:
    assert not imports(module) & set(UNSAFE_MODULES)
    calls = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    assert [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in UNSAFE_BUILTINS] == []
    given = {(word.arg, word.value.value) for call in calls for word in call.keywords if isinstance(word.value, ast.Constant)}
    assert not given & UNSAFE_ARGUMENTS
    loads = [call for call in calls if ast.unparse(call.func) == "torch.load"]
    assert all(any(word.arg == "weights_only" for word in call.keywords) for call in loads)


def test_a_process_with_all_that_the_pages_use_holds_no_torch() -> None:
    free = [name for name in of("core") if not within(name, WITH_TORCH) and not name.endswith("__main__")]
    shared = [name for name in of("dashboard") if not name.endswith(("__main__", ".main", ".app"))]
    code = f"""
import importlib, sys
for name in {[*free, *shared]}:
    importlib.import_module(name)
sys.exit("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
