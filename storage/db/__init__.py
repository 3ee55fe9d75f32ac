"""The technique of keeping: engines, tables, migrations. No rule of the product stands here."""
