"""All benchmarks in one run: `make bench`."""

from tests.bench import people, start, table

people.main()
print()
start.main()
print()
table.main()
