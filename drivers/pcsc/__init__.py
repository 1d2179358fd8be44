"""Card readers of the PC/SC service (pcsc-lite)."""

from drivers.pcsc.reader import PcscReader

__all__ = ["PcscReader"]
