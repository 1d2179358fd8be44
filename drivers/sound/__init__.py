"""Sound through the machine's own programs."""

from drivers.sound.programs import ProgramOutput, SilentOutput

__all__ = ["ProgramOutput", "SilentOutput"]
