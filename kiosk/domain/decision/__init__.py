"""Who is accepted with what, on which day, and how the visit is claimed (documents reference 8)."""
