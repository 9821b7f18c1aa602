"""A linter for contact lists, with a memory for bounces, that decides whether a list may be mailed."""
