"""The interface under /api/v1, a module for each part of it."""

from alloc.workbench.api import (
    cities,
    edits,
    files,
    jobs,
    limits,
    nation,
    scenarios,
    tables,
    uploads,
    workbook,
    workspaces,
)

ROUTERS = (
    workspaces.router, nation.router, cities.router, edits.router, jobs.router, tables.router,
    scenarios.router, limits.router, workbook.router, files.router, uploads.router,
)  # fmt: skip
