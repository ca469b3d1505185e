"""Other people's learners, in environments of their own, asked over files."""
