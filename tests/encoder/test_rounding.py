"""Matrices of whole multiples that compute nearly the same."""

import pytest

from stance.encoder.rounding import STEPS, rounded

torch = pytest.importorskip("torch")


@pytest.fixture
def weight():
    return torch.randn(30, 150, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def inputs():
    """A hundred and fifty numbers that go together as thirty do, and a little of their own."""
    draw = torch.Generator().manual_seed(1)
    shared = torch.randn(2000, 30, generator=draw) @ torch.randn(30, 150, generator=draw)
    return shared + 0.3 * torch.randn(2000, 150, generator=draw)


def plain(weight):
    step = weight.abs().amax(dim=1, keepdim=True) / STEPS
    return (weight / step).round() * step


def test_it_loses_less_than_rounding_each_weight_for_itself(weight, inputs):
    found = rounded(weight, inputs.T @ inputs)
    lost = [((inputs @ (item - weight).T) ** 2).mean() for item in (found, plain(weight))]
    assert lost[0] < 0.15 * lost[1]


def test_rounding_it_again_changes_nothing(weight, inputs):
    found = rounded(weight, inputs.T @ inputs)
    assert torch.allclose(plain(found), found, rtol=1e-6)
    assert torch.allclose(found.abs().amax(dim=1), weight.abs().amax(dim=1))


def test_inputs_that_never_come_are_rounded_for_themselves(weight, inputs):
    inputs[:, [3, 70]] = 0
    found = rounded(weight, inputs.T @ inputs)
    assert torch.allclose(found[:, [3, 70]], plain(weight)[:, [3, 70]], atol=1e-5)


def test_nothing_to_go_by(weight):
    """All zeros: a row of the matrix, or the whole sample."""
    weight[4] = 0
    found = rounded(weight, torch.zeros(150, 150))
    assert torch.isfinite(found).all()
    assert torch.equal(found[4], weight[4])
