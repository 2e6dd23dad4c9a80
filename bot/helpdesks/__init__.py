"""Helpdesks: one folder each, one interface, one line in `registry.py`."""
