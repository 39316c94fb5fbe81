"""What may import and call what, read from the source; and one look at a real process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UI = ("streamlit", "plotly")

# The modules that may load torch; every other module of core is torch-free, a new one too.
WITH_TORCH = (
    "core.why_pytorch.anatomy",
    "core.loss.points",
    "core.experiment.checkpoint",
    "core.network.columns",
    "core.engines.native_step",
    "core.derivatives.reverse",
    "core.training.devices",
    "core.diagnosis.__main__",
    "core.diagnosis.measuring",
    "core.diagnosis.sizes",
    "core.diagnosis.waves",
    "core.why_pytorch.engine_rates",
    "core.derivatives.table",
    "core.running.display",
    "core.why_pytorch.frameworks.programs",
    "core.why_pytorch.frameworks.scaling",
    "core.loss.jacobian",
    "core.engines.cuda_graphs",
    "core.engines.residual_groups",
    "core.derivatives.jets",
    "core.engines.network_values",
    "core.loss.losses",
    "core.engines.autograd_step",
    "core.network",
    "core.engines.objective",
    "core.optimisers",
    "core.engines.blocks",
    "core.running.process",
    "core.derivatives.leibniz",
    "core.running.recorder",
    "core.running.runner",
    "core.loss.sampling",
    "core.engines.jets_step",
    "core.network.per_sample",
    "core.why_pytorch.tensors",
    "core.expressions.torch_functions",
    "core.expressions.torch_special",
    "core.training.training",
    "core.network.parameters",
    "core.loss.weighting",
    "core.loss.weights",
    "core.running.worker",
    "core.loss.held_out",
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


@pytest.mark.parametrize("module", of("core"))
def test_the_mathematics_imports_nothing_of_the_pages(module: str) -> None:
    assert not [name for name in imports(module) if name.split(".")[0] in (*UI, "dashboard", "pages")]


@pytest.mark.parametrize("module", of("dashboard", "pages"))
def test_the_pages_never_load_torch(module: str) -> None:
    assert "torch" not in imports(module)
    assert [way_to_torch(name) for name in imports(module) & MODULES.keys() if way_to_torch(name)] == []


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
