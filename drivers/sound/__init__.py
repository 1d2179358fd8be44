"""Sound through the machine's own programs."""

from drivers.sound.programs import ProgramOutput, SilentOutput, way_of

__all__ = ["ProgramOutput", "SilentOutput", "way_of"]
