"""The nouns that every part of the house speaks of."""
