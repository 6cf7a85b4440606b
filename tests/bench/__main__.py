"""All benchmarks in one run: `make bench`."""

from tests.bench import decode, people, start, table

decode.main()
print()
people.main()
print()
start.main()
print()
table.main()
