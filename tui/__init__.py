"""mailflow: mail trace files in, TLS answers out."""
