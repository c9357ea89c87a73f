"""A linear model held by HiGHS: hand-over, runs that start where earlier ones ended, statuses."""
