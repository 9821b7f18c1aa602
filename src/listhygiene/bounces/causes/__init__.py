"""The causes of bounces: what they are called, and how a server's words name one.

>>> name_cause("550 5.1.1 <ann@example.com>: user unknown").code
'P3'
"""

from .catalogue import CAUSES, remedy_of, while_temporary
from .naming import Named, name_cause

__all__ = ["CAUSES", "Named", "name_cause", "remedy_of", "while_temporary"]
