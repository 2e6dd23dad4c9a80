"""SLA alerts: one message for each ticket and promise, which follows the ticket to its end."""
