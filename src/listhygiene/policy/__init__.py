"""The policy: every threshold of a run, and where each value comes from."""

from .amount import Amount
from .reading import keys, load_policy
from .schema import Policy, RuleLine

__all__ = ["Amount", "Policy", "RuleLine", "keys", "load_policy"]
