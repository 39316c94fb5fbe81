"""The kernel in this machine's own code: compiled once for a precision, proved to work, and kept on disk with the proof."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import logging
import os
import tempfile
import threading
from ctypes import CFUNCTYPE, PYFUNCTYPE, c_int64, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from core.engines.kernel import proving
from core.engines.kernel.layout.codes import LIBRARY
from core.engines.kernel.layout.shape import Shape
from core.errors import RunError

DIGEST = hashlib.sha256().digest_size
PRECISIONS = ("float32", "float64")
log = logging.getLogger(__name__)
_loaded: dict[str, Kernel] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Processor:
    """A processor by the name and the features that LLVM gives it: +avx2,-avx512f,…"""

    name: str
    features: str

    def shape(self, precision: str) -> Shape:
        """The layout of the kernels that suits the processor: its widest vectors, tiles that its registers hold."""
        features, size = self.features.split(","), 4 if precision == "float32" else 8
        if "+avx512f" in features:
            return Shape(precision, lanes=64 // size, rows=4, vectors=4, block=64)
        if "+avx" in features:
            return Shape(precision, lanes=32 // size, rows=4, vectors=2, block=64)
        return Shape(precision, lanes=16 // size, rows=4, vectors=2 if "+sse2" in features else 4, block=64)


class Kernel:
    """The functions of one precision. While one runs, other threads do as well, unless it is a `brief` one.

    To let others run, however briefly, may cost a switch between threads, which is milliseconds if one of them is busy.
    """

    def __init__(self, code: bytes, shape: Shape) -> None:
        from llvmlite import binding  # type: ignore[import-untyped]

        self.shape = shape
        _bind(shape.precision)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _target(host()))  # keeps the code alive
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        arguments = c_void_p, c_void_p, c_void_p, c_int64
        free, brief = CFUNCTYPE(None, *arguments), PYFUNCTYPE(None, *arguments)
        self.evaluate, self.jacobian = (free(self._engine.get_function_address(name)) for name in ("evaluate", "jacobian"))
        self.brief_evaluate, self.adam = (brief(self._engine.get_function_address(name)) for name in ("evaluate", "adam"))


def compiled(precision: str) -> bool:
    """Whether `prepare(precision)` gives the kernel at once; never compiles."""
    return precision in _loaded


def ready(precision: str) -> bool:
    """Whether `prepare(precision)` takes no more than a moment: the kernel is there, or on the disk and proved; never compiles."""
    if compiled(precision):
        return True
    path = _place(precision)
    code = _kept(path)
    return code is not None and _verdict(path, code) == ""


def prepare(precision: str) -> Kernel:
    """The kernel, compiled or read from the disk when it is first asked for; other threads run meanwhile.

    Before its first use on a machine it is proved in a process of its own. Raises `RunError` where it does not work there.
    """
    with _lock:
        if precision not in _loaded:
            _loaded[precision] = Kernel(_sound(precision), host().shape(precision))
        return _loaded[precision]


def sound(precision: str) -> bool:
    """Whether `prepare(precision)` gives a kernel, which it does here; where not, the log says why."""
    try:
        prepare(precision)
    except Exception as error:  # a processor that the compiler does not know, too, is none of a run's trouble
        log.warning("No compiled kernel for %s, so that runs take their steps by jets. %s", precision, error)
        return False
    return True


def load(precision: str, code: bytes) -> None:
    """Have this code used, proved or not."""
    _loaded[precision] = Kernel(code, host().shape(precision))


def _sound(precision: str) -> bytes:
    """The object code, after its proof."""
    path = _place(precision)
    code = _kept(path)
    if code is None:
        code = compile(host().shape(precision), host())
        _write(path, hashlib.sha256(code).digest() + code)
    reason = _verdict(path, code)
    if reason is None:
        try:
            reason = proving.fault(code, precision)
        except OSError as error:
            raise RunError("kernel-broken", reason=str(error)) from error
        _write(_proof(path), f"{hashlib.sha256(code).hexdigest()} {reason}".encode())
    if reason:
        raise RunError("kernel-broken", reason=reason)
    return code


def _bind(precision: str) -> None:
    """Say where the library's functions are; to call one that was not found would end the process, without a word."""
    from llvmlite import binding

    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    for name in LIBRARY:
        name += "f" if precision == "float32" else ""
        try:
            address = ctypes.cast(getattr(library, name), c_void_p).value
        except AttributeError:
            raise RunError("kernel-broken", reason=f"there is no function {name}") from None
        binding.add_symbol(name, address)


def compile(shape: Shape, processor: Processor) -> bytes:
    """The object code."""
    from llvmlite import binding

    from core.engines.kernel.emission import activations, adam, jets, operations, passes, products, step, tapes
    from core.engines.kernel.emission.emission import Module

    target = _target(processor)
    module = Module(shape)
    step.emit_rows(module)
    for part in (products, activations, jets, passes, operations, tapes, step, adam):
        part.emit(module)
    module.ir.triple, module.ir.data_layout = target.triple, str(target.target_data)
    parsed = binding.parse_assembly(str(module.ir))
    options = binding.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False
    builder = binding.create_pass_builder(target, options)
    builder.getModulePassManager().run(parsed, builder)
    found: bytes = target.emit_object(parsed)
    return found


@cache
def host() -> Processor:
    """The processor of this machine."""
    from llvmlite import binding

    try:
        features = binding.get_host_cpu_features().flatten()
    except RuntimeError:  # where LLVM cannot tell
        features = ""
    return Processor(binding.get_host_cpu_name(), features)


def _target(processor: Processor) -> Any:
    """A new target for each use, as an engine destroys its own."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_triple(binding.get_process_triple())
    return target.create_target_machine(cpu=processor.name, features=processor.features, opt=3, jit=True)


def _place(precision: str) -> Path:
    """A file for this source on this processor with this compiler."""
    import llvmlite

    sources = [path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    parts = [precision, llvmlite.__version__, _target(host()).triple, host().name, host().features]
    name = hashlib.sha256(b"\0".join([*sources, *(part.encode() for part in parts)])).hexdigest()[:32]
    return platformdirs.user_cache_path("tangente", appauthor=False) / "native" / f"{precision}-{name}.o"


def _kept(path: Path) -> bytes | None:
    """The code that was kept after its digest; none where that is not there as a whole."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    code = found[DIGEST:]
    return code if hashlib.sha256(code).digest() == found[:DIGEST] else None


def _proof(path: Path) -> Path:
    """The file beside the code that says how its proof went."""
    return path.with_suffix(".proof")


def _verdict(path: Path, code: bytes) -> str | None:
    """The fault that the proof of this code found on this machine, "" for none; None where it was not tried."""
    try:
        digest, _space, reason = _proof(path).read_text(encoding="utf-8").partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return reason if digest == hashlib.sha256(code).hexdigest() else None


def _write(path: Path, data: bytes) -> None:
    """Write a file as a whole; a disk that takes none is no reason to fail."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
