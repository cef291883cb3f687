"""Reports: what an incident leaves behind, as documents, tables and one chart."""
