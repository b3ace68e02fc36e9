"""What is to be selected, and how, as a value."""
