"""The 被保険者資格申立書 as a PDF: the project's own sheet, or a facility's official one with the answers laid over."""
