"""Options of ``python -m analysis index`` by the names that its own page gives them too."""

SESSION_PAGES = "--session-pages"
