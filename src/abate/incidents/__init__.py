"""What was recorded: crime groups, harm, and the quality of the record."""
