"""Use-cases, named by verbs: the only writers."""
