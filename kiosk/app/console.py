"""What the command line says, and its exit codes (design 4.1)."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from kiosk.domain.failures import FailureCode, KioskError
from kiosk.domain.messages import Catalogue, Text

OK, FAILED, USAGE = 0, 1, 2

USAGE_CODES = frozenset(
    {
        FailureCode.SETTINGS_WRONG,
        FailureCode.SCENARIO_WRONG,
        FailureCode.PERSONA_UNKNOWN,
        FailureCode.FORM_TEMPLATE_WRONG,
    }
)
"""Failures that lie in what the user wrote, not in the work."""


class CommandFailed(Exception):
    """A command ends with one sentence of the catalogue and an exit code."""

    def __init__(self, exit_code: int, message_id: str, **values: str) -> None:
        super().__init__(message_id)
        self.exit_code = exit_code
        self.text = Text(message_id, tuple(values.items()))


def place_of(error: BaseException) -> str:
    """Kind and place. The text of a foreign exception may quote data; these do not."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}" if last else type(error).__name__


class Console:
    """Prints catalogue sentences in one language."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.catalogue = catalogue
        self.language = language

    def say(self, message_id: str, **values: str) -> str:
        return self.render(Text(message_id, tuple(values.items())))

    def render(self, text: Text) -> str:
        return self.catalogue.render(text, self.language)

    def print(self, message_id: str, **values: str) -> None:
        print(self.say(message_id, **values), flush=True)

    def complain(self, sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    def sentence(self, error: KioskError) -> str:
        """Cause, remedy, code and detail."""
        code = error.code.value
        return self.say(
            "cli.error",
            cause=self.say(f"failure.{code}.cause"),
            remedy=self.say(f"failure.{code}.remedy"),
            code=code,
            detail=f" {error.detail}" if error.detail else "",
        )
