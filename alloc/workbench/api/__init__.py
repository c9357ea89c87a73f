"""The interface under /api/v1, a module for each part of it."""

from alloc.workbench.api import cities, edits, files, jobs, nation, tables, uploads, workspaces

ROUTERS = (
    workspaces.router, nation.router, cities.router, edits.router, jobs.router, tables.router, files.router,
    uploads.router,
)  # fmt: skip
