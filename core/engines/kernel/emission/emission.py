"""Numbers, addresses and loops as one writes them, made into the intermediate representation of LLVM.

A `Real` is a number or a vector of `lanes` numbers, an `Integer` an index, a `Pointer` the address of one of them. They live in a
`Function` of a `Module`, which gives the loops and branches. All offsets count entries, not bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]

from core.engines.kernel.layout.codes import LIBRARY
from core.engines.kernel.layout.shape import Shape

I64, BIT, ADDRESS = ir.IntType(64), ir.IntType(1), ir.PointerType()
PREDICATES = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


class Module:
    """Functions on numbers of one precision."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.single = shape.precision == "float32"
        self.real = ir.FloatType() if self.single else ir.DoubleType()
        self.vector = ir.VectorType(self.real, shape.lanes)
        self.ir = ir.Module(name=f"tangente_{shape.precision}")
        self.functions: dict[str, Any] = {}

    @contextmanager
    def function(self, name: str, arguments: str, *, public: bool = False) -> Iterator[tuple[Any, ...]]:
        """A function without result; `arguments` tells their kinds: i for integers, p for pointers to numbers, t to integers (tables).

        Gives the `Function` and then its arguments.
        """
        found = ir.Function(self.ir, ir.FunctionType(ir.VoidType(), [I64 if kind == "i" else ADDRESS for kind in arguments]), name)
        found.attributes.add("nounwind")
        if not public:
            found.linkage = "internal"
            found.attributes.add("noinline")
        function = Function(self, found)
        self.functions[name] = found
        values: list[Any] = [function.argument(kind, value) for kind, value in zip(arguments, found.args, strict=True)]
        yield (function, *values)
        function.builder.ret_void()

    def external(self, name: str, count: int) -> Any:
        """A function of the machine's mathematical library on `count` numbers of this precision."""
        if name not in LIBRARY:
            raise ValueError(f"{name} is not among the functions that are bound before the kernel is called")
        name += "f" if self.single else ""
        if name not in self.functions:
            self.functions[name] = ir.Function(self.ir, ir.FunctionType(self.real, [self.real] * count), name)
        return self.functions[name]


class Function:
    """The body of a function: where the next instruction goes."""

    def __init__(self, module: Module, function: Any) -> None:
        self.module, self.shape = module, module.shape
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))

    def argument(self, kind: str, value: Any) -> Any:
        """An argument, of a kind of `Module.function`."""
        return Integer(self, value) if kind == "i" else Pointer(self, value, I64 if kind == "t" else self.module.real)

    def integer(self, value: int | Integer) -> Integer:
        return value if isinstance(value, Integer) else Integer(self, ir.Constant(I64, value))

    def splat(self, value: float) -> Real:
        """A vector with the same number in each lane."""
        return Real(self, ir.Constant(self.module.vector, [value] * self.shape.lanes))

    def number(self, value: float) -> Real:
        return Real(self, ir.Constant(self.module.real, value))

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function of this module."""
        self.builder.call(
            self.module.functions[name], [self.integer(item).value if isinstance(item, int) else item.value for item in arguments]
        )

    def intrinsic(self, name: str, *arguments: Real) -> Real:
        """A function that LLVM knows, such as fma, lane by lane."""
        kind = arguments[0].value.type
        bits = 8 * self.shape.size
        name = f"llvm.{name}.v{self.shape.lanes}f{bits}" if isinstance(kind, ir.VectorType) else f"llvm.{name}.f{bits}"
        functions = self.module.functions
        if name not in functions:
            functions[name] = ir.Function(self.module.ir, ir.FunctionType(kind, [kind] * len(arguments)), name)
        return Real(self, self.builder.call(functions[name], [item.value for item in arguments]))

    def library(self, name: str, *arguments: Real) -> Real:
        """A function of the mathematical library of a number, or of each lane."""
        found = self.module.external(name, len(arguments))
        if not isinstance(arguments[0].value.type, ir.VectorType):
            return Real(self, self.builder.call(found, [item.value for item in arguments]))
        spilled = [self.array(self.shape.lanes, self.module.real) for _ in arguments]
        for place, item in zip(spilled, arguments, strict=True):
            place.write(item)
        with self.loop(0, self.shape.lanes) as lane:
            spilled[0].write(Real(self, self.builder.call(found, [place.at(lane).number().value for place in spilled])), lane)
        return spilled[0].vector()

    def fma(self, a: Real, b: Real | float, c: Real | float) -> Real:
        """a b + c, rounded once where the machine can."""
        return self.intrinsic("fmuladd", a, a.like(b), a.like(c))

    def polynomial(self, x: Real, coefficients: Sequence[float]) -> Real:
        """Σ c_n xⁿ, by Horner's rule."""
        value = x.like(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            value = self.fma(value, x, coefficient)
        return value

    def select(self, condition: Any, yes: Real | float, no: Real | float) -> Real:
        """Lane by lane; one of the two must not be a plain float."""
        like = yes if isinstance(yes, Real) else no
        assert isinstance(like, Real)
        return Real(self, self.builder.select(condition, like.like(yes).value, like.like(no).value))

    def counted(self, count: Integer) -> Any:
        """The mask of the lanes among the first `count`."""
        kind = ir.VectorType(I64, self.shape.lanes)
        lanes = ir.Constant(kind, list(range(self.shape.lanes)))
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), count.value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.shape.lanes), [0] * self.shape.lanes)
        return self.builder.icmp_signed("<", lanes, self.builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros))

    def clear_double(self, place: Pointer) -> None:
        """0.0, in double precision whatever the module's."""
        self.builder.store(ir.Constant(ir.DoubleType(), 0.0), place.value, align=8)

    def add_double(self, place: Pointer, value: Real) -> None:
        """Add to a number that is in double precision whatever the module's."""
        wide = self.builder.fpext(value.value, ir.DoubleType()) if self.module.single else value.value
        self.builder.store(self.builder.fadd(self.builder.load(place.value, typ=ir.DoubleType(), align=8), wide), place.value, align=8)

    def either(self, condition: Any, yes: int, no: int) -> Integer:
        """The integer that a condition chooses of two."""
        return Integer(self, self.builder.select(condition, self.integer(yes).value, self.integer(no).value))

    def array(self, length: int, kind: Any = None) -> Pointer:
        """Scratch memory on the stack, aligned to a line of the cache."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(ir.ArrayType(kind or self.module.real, length))
            place.align = 64
            place.type = ADDRESS  # rather than that of the whole array
        return Pointer(self, place, kind or self.module.real)

    def variable(self, value: Any) -> Variable:
        """Something that changes in a loop; LLVM keeps it in a register."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(value.value.type)
        found = Variable(self, place, type(value), value.value.type)
        found.set(value)
        return found

    @contextmanager
    def loop(self, start: int | Integer, stop: int | Integer, step: int | Integer = 1) -> Iterator[Integer]:
        """Repeat what follows for each number from `start` below `stop`."""
        builder = self.builder
        first, last, stride = self.integer(start), self.integer(stop), self.integer(step)
        before = builder.block
        head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        number = builder.phi(I64)
        number.add_incoming(first.value, before)
        builder.cbranch(builder.icmp_signed("<", number, last.value), body, after)
        builder.position_at_end(body)
        yield Integer(self, number)
        number.add_incoming((Integer(self, number) + stride).value, builder.block)
        builder.branch(head)
        builder.position_at_end(after)

    @contextmanager
    def when(self, condition: Any) -> Iterator[None]:
        """Do what follows only if the condition, one bit, holds."""
        with self.builder.if_then(condition):
            yield

    def choose(self, code: Integer, cases: Sequence[tuple[int, Callable[[], None]]]) -> None:
        """The case whose number is `code`; none where there is no such."""
        builder = self.builder
        after = builder.append_basic_block("chosen")
        switch = builder.switch(code.value, after)
        for number, case in cases:
            block = builder.append_basic_block(f"case{number}")
            switch.add_case(ir.Constant(I64, number), block)
            builder.position_at_end(block)
            case()
            builder.branch(after)
        builder.position_at_end(after)


class _Value:
    def __init__(self, function: Function, value: Any) -> None:
        self.function, self.value = function, value


class Variable:
    """A place on the stack for an integer, number, vector or address."""

    def __init__(self, function: Function, place: Any, kind: Any, of: Any) -> None:
        self._function, self._place, self._kind, self._of = function, place, kind, of

    def get(self) -> Any:
        return self._kind(self._function, self._function.builder.load(self._place, typ=self._of))

    def set(self, value: Any) -> None:
        self._function.builder.store(value.value, self._place)


class Integer(_Value):
    """An index or a size, 64 bits."""

    def _with(self, name: str, other: int | Integer) -> Integer:
        return Integer(self.function, getattr(self.function.builder, name)(self.value, self.function.integer(other).value))

    def __add__(self, other: int | Integer) -> Integer:
        return self._with("add", other)

    __radd__ = __add__

    def __sub__(self, other: int | Integer) -> Integer:
        return self._with("sub", other)

    def __mul__(self, other: int | Integer) -> Integer:
        return self._with("mul", other)

    def __and__(self, other: int | Integer) -> Integer:
        return self._with("and_", other)

    def floor(self, step: int) -> Integer:
        """The multiple of `step`, a power of two, at or below it."""
        return self & -step

    def least(self, other: int | Integer) -> Integer:
        """The smaller one."""
        return Integer(self.function, self.function.builder.select(self.below(other), self.value, self.function.integer(other).value))

    def below(self, other: int | Integer) -> Any:
        return self.function.builder.icmp_signed("<", self.value, self.function.integer(other).value)

    def equals(self, other: int | Integer) -> Any:
        return self.function.builder.icmp_signed("==", self.value, self.function.integer(other).value)

    def differs(self, other: int | Integer) -> Any:
        return self.function.builder.icmp_signed("!=", self.value, self.function.integer(other).value)


class Real(_Value):
    """A number, or a vector of `lanes` numbers."""

    def like(self, other: Real | float) -> Real:
        """A float as a constant of this one's kind."""
        if isinstance(other, Real):
            return other
        return self.function.splat(other) if isinstance(self.value.type, ir.VectorType) else self.function.number(other)

    def _with(self, name: str, other: Real | float) -> Real:
        return Real(self.function, getattr(self.function.builder, name)(self.value, self.like(other).value))

    def __add__(self, other: Real | float) -> Real:
        return self._with("fadd", other)

    def __sub__(self, other: Real | float) -> Real:
        return self._with("fsub", other)

    def __mul__(self, other: Real | float) -> Real:
        return self._with("fmul", other)

    def __truediv__(self, other: Real | float) -> Real:
        return self._with("fdiv", other)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> Real:
        return self.like(other) - self

    def __rtruediv__(self, other: float) -> Real:
        return self.like(other) / self

    def __neg__(self) -> Real:
        return Real(self.function, self.function.builder.fneg(self.value))

    def is_(self, relation: str, other: Real | float) -> Any:
        """Lane by lane, lt, le, gt, ge, eq (false where one is not a number) or ne (true there)."""
        compare = self.function.builder.fcmp_unordered if relation == "ne" else self.function.builder.fcmp_ordered
        return compare(PREDICATES[relation], self.value, self.like(other).value)

    def splat(self) -> Real:
        """A vector with this number in each lane."""
        builder, module = self.function.builder, self.function.module
        one = builder.insert_element(ir.Constant(module.vector, ir.Undefined), self.value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), module.shape.lanes), [0] * module.shape.lanes)
        return Real(self.function, builder.shuffle_vector(one, ir.Constant(module.vector, ir.Undefined), zeros))

    def shuffle(self, other: Real, places: Sequence[int]) -> Real:
        """The entries at these places of this vector and then the other."""
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
        return Real(self.function, self.function.builder.shuffle_vector(self.value, other.value, mask))

    def lane(self, number: int) -> Real:
        return Real(self.function, self.function.builder.extract_element(self.value, ir.Constant(ir.IntType(32), number)))


class Pointer(_Value):
    """The address of numbers or integers."""

    def __init__(self, function: Function, value: Any, kind: Any = None) -> None:
        super().__init__(function, value)
        self.kind = kind or function.module.real

    def at(self, offset: int | Integer) -> Pointer:
        """The pointer moved on by `offset` entries."""
        place = self.function.builder.gep(self.value, [self.function.integer(offset).value], inbounds=True, source_etype=self.kind)
        return Pointer(self.function, place, self.kind)

    def given(self) -> Integer:
        """Zero if this is no address, something else if it is one."""
        return Integer(self.function, self.function.builder.ptrtoint(self.value, I64))

    def integer(self, offset: int | Integer = 0) -> Integer:
        return Integer(self.function, self.function.builder.load(self.at(offset).value, typ=I64, align=8))

    def number(self, offset: int | Integer = 0) -> Real:
        size = self.function.shape.size
        return Real(self.function, self.function.builder.load(self.at(offset).value, typ=self.kind, align=size))

    def vector(self, offset: int | Integer = 0, lanes: int = 0) -> Real:
        """The numbers from here on, as many as a vector holds or `lanes`."""
        kind = ir.VectorType(self.kind, lanes) if lanes else self.function.module.vector
        return Real(self.function, self.function.builder.load(self.at(offset).value, typ=kind, align=self.function.shape.size))

    def pointer(self, offset: int | Integer = 0, *, table: bool = False) -> Pointer:
        """The address that is written here, of numbers or of a table."""
        word = self.integer(offset)
        return Pointer(self.function, self.function.builder.inttoptr(word.value, ADDRESS), I64 if table else self.function.module.real)

    def write(self, value: Real, offset: int | Integer = 0) -> None:
        """Put a number or vector here."""
        self.function.builder.store(value.value, self.at(offset).value, align=self.function.shape.size)
