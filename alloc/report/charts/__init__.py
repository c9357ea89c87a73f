"""Charts as SVG strings: a module a chart, drawn on `alloc.report.charts.drawing`."""
