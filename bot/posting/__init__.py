"""Posting to Slack: the one place that does, and the outbox of what the bot posts by itself, once."""
