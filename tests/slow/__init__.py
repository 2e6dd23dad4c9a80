"""Every KPI read slowly: from KPIS.md, row by row, in plain Python and apart from `kpi`."""
