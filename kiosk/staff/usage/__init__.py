"""The usage report: how the reception is used and where it fails, from the journal alone. No personal data."""
