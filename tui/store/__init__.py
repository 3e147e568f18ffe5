"""The only place that imports duckdb: the engine, the trace file, the query files and who asks them."""
