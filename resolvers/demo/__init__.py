"""The demo company Atelier Boréal: `load` fills a new database with three years of its data."""

from resolvers.demo.loading import CompanyNotEmpty, DemoLoaded, load

__all__ = ["CompanyNotEmpty", "DemoLoaded", "load"]
