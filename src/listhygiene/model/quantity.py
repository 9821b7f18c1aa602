"""Numbers with their noun, in the number that English asks for."""

from __future__ import annotations


def quantity(number: int, noun: str, many: str = "") -> str:
    """Say how many: "1 contact", "1,200 contacts"; `many`: the plural, where it is not noun + s."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
