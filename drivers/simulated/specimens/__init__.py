"""Specimens of the papers that patients show, drawn for any persona: fictional people, insurers that do not exist.

The layouts are our own; they hold the labels and items of documents reference 2 to 4, and 見本 across them.
"""

from drivers.simulated.specimens.make import CONDITIONS, LAYOUTS, demand_specimen, specimen, specimen_values

__all__ = ["CONDITIONS", "LAYOUTS", "demand_specimen", "specimen", "specimen_values"]
