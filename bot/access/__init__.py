"""Who may see what: whom a question comes from, and what of its answer that person may see (KPIS.md rule 14).

Figures about one person are for that person and for those who lead. What a reader may not see is never read: a question
is narrowed, or refused, before it is asked.
"""

from bot.access.people import Access, Directory
from bot.access.rules import Permitted, check_customers, permitted
from bot.access.viewer import Viewer

__all__ = ["Access", "Directory", "Permitted", "Viewer", "check_customers", "permitted"]
