"""The interface under /api/v1, a module for each part of it."""

from alloc.workbench.api import edits, nation, workspaces

ROUTERS = (workspaces.router, nation.router, edits.router)
