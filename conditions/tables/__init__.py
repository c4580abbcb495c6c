"""The tables that are the interfaces of the rooms: their schemas, reading and writing."""
