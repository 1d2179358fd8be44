"""`kiosk read-document`: what stands on a PDF or picture of an insurance document (design 4.1, 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.documents.reader import FileDocumentReader
from kiosk.app.console import USAGE, CommandFailed, Console
from kiosk.domain.documents import DocumentReading, DocumentType, FieldKey
from kiosk.domain.failures import FailureCode, NeedsStaff


@dataclass(frozen=True, repr=False)
class ReadFile:
    """`file` is the path as it was given."""

    file: str
    reading: DocumentReading

    @property
    def good(self) -> bool:
        """A known document was read."""
        return self.reading.blocked is None and self.reading.type is not DocumentType.UNKNOWN


def read_files(files: Sequence[str], reader: FileDocumentReader | None = None) -> list[ReadFile]:
    """Raises `CommandFailed` naming the first file that cannot be opened, before any is read."""
    for file in files:
        _require_file(file)
    reader = reader or FileDocumentReader()
    return [ReadFile(file, _read(reader, file)) for file in files]


def _require_file(file: str) -> None:
    try:
        with Path(file).open("rb"):
            return
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "?"
        raise CommandFailed(USAGE, "document.cli.missing", file=file, reason=reason) from None


def _read(reader: FileDocumentReader, file: str) -> DocumentReading:
    try:
        return reader.read(Path(file))
    except NeedsStaff as error:
        if error.code is not FailureCode.PICTURE_BROKEN:
            raise
        raise CommandFailed(USAGE, "document.cli.missing", file=file, reason=error.detail) from None


def as_data(read: ReadFile) -> dict[str, Any]:
    """The keys of design 4.4."""
    reading = read.reading
    return {
        "file": read.file,
        "type": reading.type.value,
        "fields": {
            key.value: {
                "value": field.value,
                "source": field.source.value,
                "confidence": field.confidence,
                "warning": field.warning,
            }
            for key, field in reading.fields.items()
        },
        "warnings": list(reading.warnings),
        "blocked": reading.blocked.value if reading.blocked else None,
    }


def as_lines(read: ReadFile, console: Console) -> list[str]:
    reading = read.reading
    if not read.good and not reading.fields:
        return []  # `complaint` says it all
    lines = [console.say("document.cli.heading", file=read.file, type=console.say(f"document.type.{reading.type}"))]
    for key, field in reading.fields.items():
        if key is FieldKey.SEX:  # for machines only (documents reference 2.1)
            continue
        why = console.say(f"document.warning.{field.warning}") if field.warning else ""
        if field.value is None:
            shown = console.say("document.cli.doubtful", why=why)
        else:
            value = console.say("document.cli.percent", n=field.value) if key is FieldKey.RATIO else field.value
            shown = value + (" " + console.say("document.cli.noted", why=why) if why else "")
        lines.append(f"  {console.say(f'document.field.{key}')}: {shown}  [{field.source} {field.confidence:.2f}]")
    return lines + [f"  - {console.say(f'document.warning.{warning}')}" for warning in reading.warnings]


def complaint(read: ReadFile, console: Console) -> str | None:
    """One sentence on why nothing was read."""
    if read.good:
        return None
    reading = read.reading
    if reading.blocked:
        why = f"document.blocked.{reading.blocked}"
    else:
        why = f"document.warning.{'two_documents' if 'two_documents' in reading.warnings else 'no_document'}"
    return console.say("document.cli.heading", file=read.file, type=console.say(why))
