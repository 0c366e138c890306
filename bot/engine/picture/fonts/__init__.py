"""The two fonts of pictures, and how they were made."""
