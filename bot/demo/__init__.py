"""A helpdesk with a story, to try the bot without one; and a prompt to ask it questions."""
