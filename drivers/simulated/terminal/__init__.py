"""A simulated eligibility terminal (資格確認端末) that answers through the folders `req`, `res` and `face`."""

from drivers.simulated.terminal.state import TerminalMode, TerminalState
from drivers.simulated.terminal.terminal import SimulatedTerminal

__all__ = ["SimulatedTerminal", "TerminalMode", "TerminalState"]
