"""The layouts of each document."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.simulated.specimens import paper, portal
from drivers.simulated.specimens.truth import Layout

LAYOUTS: Mapping[str, Mapping[str, Layout]] = {
    "portal_pdf": {"table": portal.portal_table, "list": portal.portal_list, "stacked": portal.portal_stacked},
    "portal_screen": {"rows": portal.screen_rows, "stacked": portal.screen_stacked, "dark": portal.screen_dark},
    "notice": {"final": paper.notice_final, "slip": paper.notice_slip, "draft": paper.notice_draft},
    "certificate": {"card": paper.certificate_card, "postcard": paper.certificate_postcard, "a4": paper.certificate_a4},
    "old_card": {"company": paper.old_company, "municipal": paper.old_municipal, "paper": paper.old_paper},
}
"""By document and name; the first of each is the one that is made without a name."""
