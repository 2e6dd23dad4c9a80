"""Digests, and alerts on KPIs: what is told at a set time, once, and what it says."""
