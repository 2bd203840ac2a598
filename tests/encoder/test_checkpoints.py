"""Which machines train in bfloat16 by themselves."""

import pytest

from stance.encoder.checkpoints import has_fast_bfloat16

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [(None, False), ("_is_amx_tile_supported", True), ("_is_avx512_bf16_supported", True)],
)
def test_processors_with_units_for_bfloat16_are_known(monkeypatch, unit, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda name=name: name == unit, raising=False)
    assert has_fast_bfloat16() is expected


def test_a_torch_that_cannot_be_asked_trains_in_float32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert has_fast_bfloat16() is False
