"""Every component of the patient's screens in every state it has: for pictures and for the check."""
