"""The Mesa model and its agents, one file a kind: who decides what, by which rule."""
