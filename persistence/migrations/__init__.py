"""The migrations of the tables, one for each version. What a migration does is never edited once it was released. Only
the paths of modules that it imports are, when these modules move.
"""
