"""Problems with random equations, as somebody might type them.

Functions get arguments of moderate size: the sine of a large number has no digits to compare.
"""

from hypothesis import strategies as st

from core.errors import TangenteError
from core.problem.problem import Problem
from core.problem.reading.reading import problem_from_table

LEAVES = ("u", "u_x", "u_t", "u_xx", "u_xt", "u_xxx", "u_xxxx", "u_xxtt", "x", "t", "2", "0.5", "3.7")
FUNCTIONS = ("sin", "cos", "exp", "tanh", "atan", "abs", "sqrt", "heaviside")

_terms = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, st.sampled_from(("2", "3", "0.5"))).map(lambda parts: f"(1 + {parts[0]}^2)^{parts[1]}"),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda parts: f"{parts[0]}(1 + atan({parts[1]})^2)"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})/(2 + ({parts[1]})^2)"),
        st.tuples(st.sampled_from(("min", "max", "atan2")), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, 1 + {parts[2]})"),
        st.tuples(st.sampled_from("xt"), inner).map(lambda parts: f"D({parts[1]}, {parts[0]})"),
    ),
    max_leaves=6,
)


def _problem(equation: str) -> Problem | None:
    try:
        return problem_from_table(
            {
                "coordinates": {"x": [0.1, 1], "t": [0.2, 1]},
                "unknowns": ["u"],
                "equations": [f"{equation} + u_t = 0"],
                "conditions": ["u(x, 0.2) = x", "u_x(0.1, t) = 0", "u(1, t) = u(0.1, t)^2"],
            }
        )
    except TangenteError:  # of too high an order, or a division by zero
        return None


def equations() -> st.SearchStrategy[Problem]:
    """Problems in x and t whose equation holds derivatives up to the fourth, and three conditions of different kinds."""
    return _terms.map(_problem).filter(lambda problem: problem is not None)
