"""The set-up behind `python3 -m dashboard` and `python3 -m tests`: real environments, made by real pip from a package made here."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from dashboard import environment

Command = Callable[..., subprocess.CompletedProcess[str]]

DEMO = """
import sys
from dashboard import environment

environment.enter("demo", ("requirements.txt",))
import tiny

print("ran", tiny.VERSION, sys.argv[1:], sys.prefix == str(environment.FOLDER))
"""


def wheel(folder: Path, version: str) -> None:
    """A package named tiny, such as pip installs."""
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real set-up module, one requirement and a command that needs it."""
    for package in ("dashboard", "demo"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    shutil.copy(environment.__file__, tmp_path / "dashboard")
    (tmp_path / "demo" / "__main__.py").write_text(DEMO)
    (tmp_path / "requirements.txt").write_text("# one package\ntiny==1.0\n")
    wheel(tmp_path / "wheels", "1.0")
    return tmp_path


@pytest.fixture
def demo(project: Path) -> Command:
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project / "wheels"), "PIP_CONFIG_FILE": os.devnull}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [getattr(sys, "_base_executable", sys.executable), "-m", "demo", *arguments],
            cwd=project,
            env={**clean, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return command


def test_the_first_start_sets_up_and_the_next_ones_only_run(project: Path, demo: Command) -> None:
    first = demo("--an", "option", "with space")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "ran 1.0 ['--an', 'option', 'with space'] True"
    assert str(project / ".venv") in first.stdout and "Installed in " in first.stdout
    assert len(first.stdout.splitlines()) <= 6, first.stdout  # a few lines, all else is kept
    assert "Successfully installed tiny-1.0" in (project / ".venv" / "install.log").read_text()
    assert demo().stdout == "ran 1.0 [] True\n"


def test_what_is_half_done_is_completed(project: Path, demo: Command) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    done = demo()
    assert done.stdout.splitlines()[-1] == "ran 1.0 [] True", done.stderr

    wheel(project / "wheels", "1.1")
    (project / "requirements.txt").write_text("tiny==1.1\n")
    assert demo().stdout.splitlines()[-1] == "ran 1.1 [] True"

    (project / "requirements.txt").write_text("tiny==2.0\n")
    failed = demo()
    assert failed.returncode == 1
    assert "No matching distribution found for tiny==2.0" in failed.stderr and "goes on from where it stopped" in failed.stderr


def test_an_environment_whose_python_has_gone_is_made_anew(project: Path, demo: Command) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(project / "gone")
    assert demo().stdout.splitlines()[-1] == "ran 1.0 [] True"


def test_a_build_of_a_version_counts_as_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr("importlib.metadata.version", {"torch": "2.13.0+cpu", "numpy": "2.4.6"}.__getitem__)
    (tmp_path / "pins.txt").write_text("# a remark\n\ntorch==2.13.0\nnumpy==2.4.6  # why\n")
    assert environment.unmet(("pins.txt",)) == []
    (tmp_path / "pins.txt").write_text("torch==2.13\nnumpy==2.4.6.1\n")
    assert environment.unmet(("pins.txt",)) == ["torch==2.13", "numpy==2.4.6.1"]


def test_this_process_has_what_the_tests_need() -> None:
    assert environment.unmet(environment.TESTS) == []


PROGRAMS = environment.ROOT / "core" / "why_pytorch" / "frameworks" / "programs"


def test_what_is_imported_is_pinned_and_what_is_pinned_is_imported() -> None:
    sources = [path for layer in ("core", "dashboard", "pages") for path in (environment.ROOT / layer).rglob("*.py")]
    providers = packages_distributions()
    imported = {canonical(providers[root][0]) for root in imports([path for path in sources if PROGRAMS not in path.parents])}
    assert pins("requirements.txt") == imported


def test_every_framework_is_pinned_that_pip_installs() -> None:
    installed = {framework.install for framework in FRAMEWORKS.values() if framework.install}
    assert pins("core/why_pytorch/frameworks/requirements.txt") == installed | {"torch"}  # which Keras runs on
    packages = {framework.package for framework in FRAMEWORKS.values()}
    assert imports(PROGRAMS.glob("*.py")) <= packages | {"numpy"}


def imports(sources: Iterable[Path]) -> set[str]:
    """The packages that files import, without Python's own and the project's."""
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"core", "dashboard", "pages"}


def pins(file: str) -> set[str]:
    return {canonical(pin) for pin in re.findall(r"^([\w.-]+)==", (environment.ROOT / file).read_text(), re.MULTILINE)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def bare(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without an environment, on a machine without another Python."""
    monkeypatch.setattr(environment, "FOLDER", project / ".venv")
    monkeypatch.setattr(environment, "ROOT", project)
    monkeypatch.setattr(environment, "_others", lambda: iter(()))
    return project


TROUBLES = [
    ((3, 10), "linux", "x86_64", "needs Python 3.11 or newer"),
    ((3, 15), "linux", "x86_64", "not built for Python 3.15 yet"),
    ((3, 12), "darwin", "x86_64", "Macs with Intel processors"),
    ((3, 12), "win32", "ARM64", "Windows on ARM"),
]


@pytest.mark.parametrize(("version", "system", "machine", "sentence"), TROUBLES)
def test_a_python_that_will_not_do_is_told_so(
    bare: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], system: str, machine: str, sentence: str
) -> None:
    assert sentence in environment._trouble(version, system, machine)
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(SystemExit, match=f"{sentence}.*No other Python") as ended:
        environment.enter("demo", ("requirements.txt",))
    assert len(str(ended.value).splitlines()) == 1 and not (bare / ".venv").exists()


@pytest.mark.parametrize("system", [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")])
@pytest.mark.parametrize("minor", [11, 14])
def test_a_python_that_will_do_is_taken(system: tuple[str, str], minor: int) -> None:
    assert environment._trouble((3, minor), *system) == ""


def test_another_python_is_taken_where_this_one_will_not_do(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real ones: this as another, and a file that does not start."""
    real = (getattr(sys, "_base_executable", sys.executable), sys.version_info)
    replaced: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "_others", lambda: iter([str(bare / "no-python"), real[0]]))
    monkeypatch.setattr(environment, "replace", lambda *command: replaced.append(command))
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    environment.enter("demo", ("requirements.txt",))
    assert f"Taking {real[0]} instead" in capsys.readouterr().out
    assert replaced[0][0] == str(bare / ".venv" / "bin" / "python") and environment._works(Path(replaced[0][0]))


def test_pytorch_for_processors_is_taken_where_no_gpu_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setattr(environment, "_PROCESSORS", index)
        monkeypatch.setattr(environment, "_own_index", lambda: False)
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr("shutil.which", lambda name: None)
        assert environment._builds() == ["--extra-index-url", index]
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "nvidia-smi" else None)
        assert environment._builds() == []
        monkeypatch.setattr("shutil.which", lambda name: None)
        monkeypatch.setattr(environment, "_own_index", lambda: True)
        assert environment._builds() == []
        monkeypatch.setattr(environment, "_own_index", lambda: False)
        server.shutdown()
    assert environment._builds() == []  # nobody answers any more


def test_whoever_has_an_index_of_their_own_keeps_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # which pip reads instead of all others
    assert not environment._own_index()
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://packages.example/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert environment._own_index()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://packages.example/simple")
    assert environment._own_index()


def test_large_downloads_and_errors_are_told(bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(environment, "_LOG", bare / "log")
    said = [
        "Collecting torch==2.13.0",
        "  Downloading https://files.example/torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (180.5 MB)",
        "  Downloading scipy-1.17.1-cp311-cp311-manylinux_2_27_x86_64.whl (35.1 MB)",
        "  Downloading tomli_w-1.2.0-py3-none-any.whl (6.7 kB)",
        "  Downloading small-1.2.0-py3-none-any.whl (6.7 MB)",
        "Installing collected packages: a, b, c",
        "ERROR: No space left on device",
    ]
    command = [sys.executable, "-c", f"import sys; print({chr(10).join(said)!r}); sys.exit(1)"]
    assert environment._installed(command) == ["No space left on device"]
    told = capsys.readouterr().out.splitlines()
    assert told == ["  downloading torch-2.13.0%2Bcpu (180.5 MB)", "  downloading scipy-1.17.1 (35.1 MB)", "  unpacking 3 packages"]
    assert (bare / "log").read_text().count("\n") == len(said)
    assert environment._installed([sys.executable, "-c", ""]) is None


@pytest.mark.parametrize("file", ["dashboard/environment.py", "dashboard/__main__.py", "tests/__main__.py"])
def test_the_commands_can_be_read_by_old_pythons(file: str) -> None:
    source = (environment.ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_python_without_ensurepip_is_told_the_remedy(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="Install: "):
        environment.enter("demo", ("requirements.txt",))
    assert not (bare / ".venv").exists()


def dashboard(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dashboard", "--no-browser", *arguments]


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(dashboard(*arguments), cwd=environment.ROOT, capture_output=True, text=True, timeout=60, check=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_taken_port_is_named_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = ended("--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr and "python3 -m dashboard --port " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "from 1 to 65535"),
        (["--port", "-1"], "from 1 to 65535"),
        (["--port", "many"], "from 1 to 65535"),
        (["--workers", "0"], "from 1 to 256"),
        (["--workers", "some"], "from 1 to 256"),
        (["--host", "203.0.113.9"], "Nothing can be served at 203.0.113.9"),
        (["--colour", "red"], "unrecognized arguments"),
    ],
)
def test_an_impossible_option_ends_with_a_message(arguments: list[str], message: str) -> None:
    done = ended(*arguments)
    assert done.returncode in (1, 2) and message in done.stderr and "Traceback" not in done.stderr


@pytest.mark.processes
@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_the_app_is_served_from_another_folder_until_control_c(tmp_path: Path) -> None:
    port = free_port()
    settings = {**os.environ, "PYTHONPATH": str(environment.ROOT)}
    command = dashboard("--port", str(port), "--workers", "1", "--store", f"sqlite:///{tmp_path / 'runs.db'}")
    server = subprocess.Popen(
        command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{port}"
        said = []
        while not said or not said[-1].startswith("Tangente is at"):
            said.append(server.stdout.readline())
            assert said[-1], "".join(said)
        assert address in said[-1] and "Up to 1 run trains at once" in said[-1]
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
        time.sleep(1)
        os.killpg(server.pid, signal.SIGINT)  # a terminal's Ctrl-C reaches the workers too
        rest = server.communicate(timeout=20)[0]
        assert "Traceback" not in rest and "Aborted" not in rest and server.returncode == 0
    finally:
        if server.poll() is None:
            server.kill()
    assert (tmp_path / "runs.db").exists()
