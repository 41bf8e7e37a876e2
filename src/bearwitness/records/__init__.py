"""The records: who told what, about whom, and what they said yes to. The only ORM code."""
