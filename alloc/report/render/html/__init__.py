"""A document as one self-contained HTML file: no request to anywhere, fluid with thousands of rows, printable on A4."""

from __future__ import annotations

from alloc.report.render.html.page import page, write

__all__ = ["page", "write"]
