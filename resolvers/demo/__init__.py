"""Atelier Boréal, a company to try Carnet with: `demo.load` fills a new database with three years of its life."""

from resolvers.demo.loading import CompanyNotEmpty, DemoLoaded, load

__all__ = ["CompanyNotEmpty", "DemoLoaded", "load"]
