"""All benchmarks in one run: `make bench`."""

from tests.bench import decode, feed, people, repaint, scan, start, table

decode.main()
print()
feed.main()
print()
people.main()
print()
repaint.main()
print()
scan.main()
print()
start.main()
print()
table.main()
