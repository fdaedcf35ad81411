"""What is done for enterprises and their people, one record a file."""
