import numpy as np
import pytest

from core.loss.sampling import SAMPLINGS, generator, in_box, on_edges


@pytest.mark.parametrize("method", SAMPLINGS)
@pytest.mark.parametrize("n", [1, 10, 257])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_points_fill_the_box(method: str, n: int, d: int) -> None:
    points = in_box(method, n, [-1.0] * d, [3.0] * d, generator(0, 0, 0))
    assert points.shape == (n, d)
    assert (points >= -1).all() and (points <= 3).all()
    assert len(np.unique(points, axis=0)) == n


@pytest.mark.parametrize("method", SAMPLINGS)
def test_a_draw_depends_on_seed_purpose_and_step_alone(method: str) -> None:
    def draw(*key: int) -> np.ndarray:
        return in_box(method, 50, [0.0, 0.0], [1.0, 1.0], generator(*key))

    np.testing.assert_array_equal(draw(1, 2, 3), draw(1, 2, 3))
    for other in [(0, 2, 3), (1, 0, 3), (1, 2, 0)]:
        assert not np.array_equal(draw(1, 2, 3), draw(*other))


def test_latin_hypercube_has_one_point_in_each_slice() -> None:
    points = in_box("latin-hypercube", 64, [0.0, 0.0], [1.0, 1.0], generator(0, 0, 0))
    for axis in range(2):
        assert sorted(np.floor(points[:, axis] * 64).astype(int)) == list(range(64))


def test_sobol_fills_more_evenly_than_uniform() -> None:
    def worst_gap(method: str) -> float:
        counts, *_ = np.histogram2d(*in_box(method, 1024, [0.0, 0.0], [1.0, 1.0], generator(0, 0, 0)).T, bins=8, range=[[0, 1], [0, 1]])
        return float(np.abs(counts - 16).max())

    assert worst_gap("sobol") <= 1 < worst_gap("uniform")


def test_points_on_edges_have_the_fixed_coordinates() -> None:
    points = on_edges("sobol", 10, [(None, 0.0), (-1.0, None)], [-1.0, 0.0], [1.0, 2.0], generator(0, 1, 0))
    assert points.shape == (10, 2)
    assert (points[:5, 1] == 0).all() and (points[5:, 0] == -1).all()
    assert (points[5:, 1] >= 0).all() and (points[5:, 1] <= 2).all()


def test_a_single_point_is_drawn_once_and_every_edge_at_least_once() -> None:
    assert on_edges("uniform", 100, [(0.5,)], [0.0], [1.0], generator(0, 1, 0)).tolist() == [[0.5]]
    assert len(on_edges("uniform", 1, [(None, 0.0), (None, 1.0)], [0.0, 0.0], [1.0, 1.0], generator(0, 1, 0))) == 2
