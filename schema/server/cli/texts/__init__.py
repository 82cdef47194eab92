"""The texts of the command line in English and French: messages, help, wrong arguments and settings."""
