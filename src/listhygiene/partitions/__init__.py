"""Lists in parts: the same judgement on a scheduler's workers, or in one process part by part."""

from .checking import Parted, check_parts
from .pieces import Piece, pieces_of

__all__ = ["Parted", "Piece", "check_parts", "pieces_of"]
