"""Departments that supply the figures of an instance; a column of the schema names its own, with all else it says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alloc.text import Text

SUPPLIERS: Mapping[str, Text] = MappingProxyType({
    "statistics": Text("统计", "statistics"),
    "public_security": Text("公安", "public security"),
    "finance": Text("财政", "finance"),
    "land": Text("自然资源", "land and natural resources"),
    "education": Text("教育", "education"),
    "health": Text("卫生健康", "health"),
    "civil_affairs": Text("民政", "civil affairs"),
    "housing": Text("住房和城乡建设", "housing"),
})  # fmt: skip

# Who supplies rows, where that follows from the service or the pool that they are of.
OF_SERVICE: Mapping[str, str] = MappingProxyType({
    "kindergarten": "education", "primary": "education", "junior_secondary": "education",
    "senior_secondary": "education", "hospital": "health", "elderly_care": "civil_affairs",
    "rental_housing": "housing",
})  # fmt: skip
OF_KIND: Mapping[str, str] = MappingProxyType({"land": "land", "transfer": "finance", "bond": "finance"})
OF_COHORTS = "statistics"  # the columns of cities that count whom a service is for
