"""From statements to positions: where each holder stands on each term, and how sure that is."""

from stance.positioning.asking import positions as positions

__all__ = ["positions"]
