"""From files to rows: find them, unpack and decode them, recognise their format, load them."""
