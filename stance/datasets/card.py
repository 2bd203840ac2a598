"""A closed card for every dataset: no unknown field, no empty one, fixed vocabularies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stance.labels import Label

__all__ = ["Card"]

Filled = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Licence = Literal[
    "Apache-2.0",
    "CC-BY-3.0",
    "CC-BY-SA-4.0",
    "CDLA-Sharing-1.0",
    "research-only",
    "none-stated",
    "user",
]
Origin = Literal[
    "language-model", "crowd", "debate-sites", "encyclopedia", "news", "tweets", "user"
]
Annotators = Literal["language-model-passes", "crowd", "authors", "experts", "writers", "user"]


class Card(BaseModel):
    """What a dataset is, where it comes from and what may be done with it.

    Every field must be given and filled; unknown fields are refused.

    Examples
    --------
    >>> from stance.datasets import definition
    >>> definition("argkp").card.licence
    'CDLA-Sharing-1.0'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Filled
    title: Filled
    description: Filled
    origin: Origin
    annotators: Annotators
    agreement: Filled
    licence: Licence
    shipped: bool
    obtain: Filled
    citation: Filled
    languages: tuple[Filled, ...] = Field(min_length=1)
    splits: tuple[Filled, ...] = Field(min_length=1)
    label_map: dict[Filled, Label] = Field(min_length=1)
    label_note: Filled
    known_faults: tuple[Filled, ...]
    shared_texts: Filled | None
    """Why a text may stand in several splits; None where that is leakage."""
