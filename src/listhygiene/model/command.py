"""Commands that a message names, such as a shell takes them when they are copied."""

from __future__ import annotations

import re
import shlex


def shell_word(text: str) -> str:
    """Return a path as one word of a command line.

    Plain names stay as they are; others stand in double quotes, which all shells know, and where a
    shell would read something within those, in the quotes of POSIX.
    """
    if re.fullmatch(r"[\w./\\:@%+=,~-]+", text) and not text.startswith("-"):
        return text
    if text.startswith("-"):
        return shell_word(f"./{text}")
    return shlex.quote(text) if re.search(r'["$`\\!\x00-\x1f]', text) else f'"{text}"'
