"""Databricks query profiles: JSON to :class:`ProfileReading`."""

from clusop.plan.profile.document import looks_like_query_profile, read_query_profile, read_query_profile_json
from clusop.plan.profile.reading import ProfileReading

__all__ = ["ProfileReading", "looks_like_query_profile", "read_query_profile", "read_query_profile_json"]
