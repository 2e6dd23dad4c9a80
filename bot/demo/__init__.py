"""What surrounds the demo helpdesk: its settings, a prompt to ask at, and a Slack to stand in for the real one."""
