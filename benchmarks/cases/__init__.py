"""Generated problems whose truth is known, one file a kind: a module with a function `draw(draws)` that returns a `Case`.

The folders group kinds by what makes them hard. To add a kind, add its file and its line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from benchmarks.tribunal.case import Case
from benchmarks.tribunal.draws import Draws

KINDS: dict[str, tuple[str, int]] = {
    "interface-steady": ("interfaces.steady", 3),
    "interface-kinked": ("interfaces.kinked", 2),
    "interface-nonlinear": ("interfaces.nonlinear", 2),
    "interface-exchange": ("interfaces.exchange", 2),
    "interface-transient": ("interfaces.transient", 3),
    "interface-waves": ("interfaces.waves", 1),
    "interface-plane": ("interfaces.plane", 3),
    "interface-beams": ("interfaces.beams", 3),
    "pulse-ode": ("pulses.ode", 3),
    "pulse-oscillator": ("pulses.oscillator", 3),
    "pulse-doses": ("pulses.doses", 2),
    "pulse-growth": ("pulses.growth", 2),
    "pulse-neuron": ("pulses.neuron", 1),
    "pulse-heat": ("pulses.heat", 4),
    "pulse-echoes": ("pulses.echoes", 2),
    "pulse-narrow": ("pulses.narrow", 4),
    "pulse-stated": ("pulses.stated", 2),
    "several-bratu": ("several.bratu", 2),
    "several-buckling": ("several.buckling", 2),
    "several-scanned": ("several.scanned", 3),
    "several-slopes": ("several.slopes", 3),
    "several-ends": ("several.ends", 2),
    "several-eigenpairs": ("several.eigenpairs", 1),
    "no-one-resonance": ("several.resonance", 3),
    "no-one-balance": ("several.balance", 3),
    "no-one-partings": ("several.partings", 3),
    "none-beyond": ("several.beyond", 3),
    "ill-posed": ("several.illposed", 3),
    "rough-heat": ("rough.heat", 3),
    "rough-pluck": ("rough.pluck", 1),
    "rough-advection": ("rough.advection", 2),
    "rough-options": ("rough.options", 1),
    "rough-sources": ("rough.sources", 2),
    "rough-corners": ("rough.corners", 2),
    "rough-shocks": ("rough.shocks", 1),
    "scale-layers": ("scales.layers", 2),
    "scale-stiff": ("scales.stiff", 2),
    "scale-nearly": ("scales.nearly", 3),
    "scale-units": ("scales.units", 2),
    "smooth-ode": ("smooth.ode", 2),
    "smooth-bvp": ("smooth.bvp", 2),
    "smooth-evolution": ("smooth.evolution", 3),
    "smooth-elliptic": ("smooth.elliptic", 2),
    "smooth-solids": ("smooth.solids", 1),
    "smooth-periodic": ("smooth.periodic", 2),
    "smooth-classics": ("smooth.classics", 2),
    "smooth-orbits": ("smooth.orbits", 2),
    "smooth-reactions": ("smooth.reactions", 2),
}
"""Each kind's module and its weight: its share of the cases of a run."""


def draw(kind: str, seed: int, number: int) -> Case:
    """The case `number` of a kind; equal arguments give equal cases."""
    module = import_module(f"{__name__}.{KINDS[kind][0]}")
    case: Case = module.draw(Draws(kind, seed, number))
    return case


def docket(count: int, seed: int, kinds: Sequence[str]) -> list[str]:
    """The names KIND/SEED/NUMBER of `count` cases, shared among the kinds by weight and mixed, so that a part of them stands for all."""
    total = sum(KINDS[kind][1] for kind in kinds)
    ends = {kind: _shares(count, KINDS[kind][1], total) for kind in kinds}
    spare = count - sum(ends.values())
    for kind in kinds[:spare]:
        ends[kind] += 1
    places = sorted(
        ((number + 0.5) / end, index, f"{kind}/{seed}/{number}") for index, (kind, end) in enumerate(ends.items()) for number in range(end)
    )
    return [name for _, _, name in places]


def _shares(count: int, weight: int, total: int) -> int:
    return count * weight // total
