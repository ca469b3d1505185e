"""The second yes: a first one waits until the link in a message of confirmation is followed."""
